"""The year 2026 of « Bois & Cie », a joiner's activity, as its accountant would read it, to the final trial balance.

Amounts are in euros. VAT on the joiner's work is due when it is paid, on the furniture when it is delivered.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Entry, EntryLine, FiscalYear
from invoicing.ledger.queries import analytic_balance, balances_apart, trial_balance
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import close_fiscal_year, match_lines, post_entry, save_auxiliary
from invoicing.payments.enums import PaymentState
from invoicing.payments.models import Receipt
from invoicing.payments.queries import outstanding_invoices, payment_state, verify_payment_chain
from invoicing.payments.services import (
    bounce_receipt,
    declare_doubtful,
    offset_credit_note,
    record_receipt,
    refund_customer,
    remit_cheques,
    write_off,
)
from invoicing.pricing.enums import SupplyNature
from members.activities.models import Activity
from tests.invoicing.factories import (
    accountant,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
    open_books,
)
from tests.members.factories import make_cooperative


def day(month: int, number: int) -> date:
    """A day of 2026."""
    return date(2026, month, number)


@dataclass
class Joiner:
    """The activity and its three customers."""

    activity: Activity
    hotel: Customer
    agency: Customer
    neighbour: Customer


@pytest.fixture
def joiner(db: None) -> Joiner:
    """« Bois & Cie », under CESA since 2025, in a cooperative whose books are open."""
    make_cooperative()
    open_books()
    activity = make_selling_activity(name="Bois & Cie")
    return Joiner(
        activity,
        hotel=make_customer(activity, name="Hôtel du Port"),
        agency=make_customer(activity, name="Agence Lune"),
        neighbour=make_customer(activity, CustomerKind.CONSUMER, name="Élodie Bernard"),
    )


def received(customer: Customer, on: date, method: str, amount: str, *paid: tuple[Invoice, str]) -> Receipt:
    """Money that came in and what it pays."""
    return record_receipt(
        method=method,
        received_on=on,
        amount=Decimal(amount),
        payer=customer.name,
        customer=customer,
        allocations=[(invoice, Decimal(part)) for invoice, part in paid],
        by=accountant(),
    )


def entered(journal: JournalCode, on: date, label: str, *lines: LineDraft) -> None:
    """An entry typed by the accountant."""
    entry = EntryDraft(journal, on, f"P{on:%m%d}", on, label, tuple(lines))
    post_entry(entry=entry, by=accountant())


def lettered(account: str, on: date) -> None:
    """The open lines of an account settle one another: the accountant puts a letter on them."""
    match_lines(lines=EntryLine.objects.filter(account__number=account, matching=None), on=on, by=accountant())


def read(*accounts: str) -> dict[str, Decimal]:
    """Balances as they stand: debits are positive."""
    rows = trial_balance(starts_on=day(1, 1), ends_on=day(12, 31))
    return {row.number: row.balance for row in rows if row.number in accounts}


def euros(**balances: str) -> dict[str, Decimal]:
    """Balances as a reader writes them: `_411="840"`."""
    return {account.removeprefix("_"): Decimal(balance) for account, balance in balances.items()}


def january_a_deposit_is_asked_for_and_paid(joiner: Joiner) -> Invoice:
    """The associates brought 10 000 €. The hotel orders and pays 30 % in advance: 3 000 € and 600 € of VAT."""
    entered(
        JournalCode.MISCELLANEOUS,
        day(1, 5),
        "Capital libéré",
        LineDraft("512", debit=Decimal(10_000)),
        LineDraft("1013", credit=Decimal(10_000)),
    )
    deposit = make_issued(
        joiner.activity,
        on=day(1, 12),
        customer=joiner.hotel,
        lines=[make_line("Acompte de 30 %", "1", "3000")],
        terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
    )
    assert deposit.number == "F2026-00001"
    assert read("411", "4191", "44574") == euros(_411="3600", _4191="-3000", _44574="-600")
    received(joiner.hotel, day(1, 20), "TRANSFER", "3600", (deposit, "3600"))
    assert read("411", "44571", "44574", "512") == euros(_411="0", _44571="-600", _44574="0", _512="13600")
    return deposit


def march_wood_is_bought_and_the_work_is_invoiced(joiner: Joiner, deposit: Invoice) -> Invoice:
    """8 000 € of work and 2 000 € of furniture, less the deposit; the hotel keeps 5 % of 8 400 € for a year."""
    supplier = save_auxiliary(kind=AuxiliaryKind.SUPPLIER, owner_id=1, label="Scierie du Bocage")
    entered(
        JournalCode.PURCHASES,
        day(3, 3),
        "Chêne, facture 7712",
        LineDraft("601", debit=Decimal(1200), activity_id=joiner.activity.pk),
        LineDraft("44566", debit=Decimal(240), activity_id=joiner.activity.pk),
        LineDraft("401", credit=Decimal(1440), auxiliary_id=supplier.pk),
    )
    entered(
        JournalCode.BANK,
        day(3, 10),
        "Virement Scierie du Bocage",
        LineDraft("401", debit=Decimal(1440), auxiliary_id=supplier.pk),
        LineDraft("512", credit=Decimal(1440)),
    )
    lettered("401", day(3, 10))
    final = make_issued(
        joiner.activity,
        on=day(3, 28),
        customer=joiner.hotel,
        lines=[
            make_line("Agencement du bar", "1", "8000"),
            make_line("Comptoir", "1", "2000", nature=SupplyNature.GOODS),
        ],
        terms=SaleTerms(deposits=[deposit], retention_percent=Decimal(5), retention_due_on=date(2027, 3, 28)),
    )
    assert (final.net, final.vat, final.gross, final.retention) == (7000, 1400, 8400, 420)
    assert read("411", "4117", "4191", "706", "707", "44571", "44574") == euros(
        _411="7980", _4117="420", _4191="0", _706="-8000", _707="-2000", _44571="-1000", _44574="-1000"
    )
    return final


def spring_a_cheque_bounces_and_the_hotel_pays_too_much(joiner: Joiner, final: Invoice) -> None:
    """A cheque of 5 000 € makes 595,24 € of VAT due; without cover, it takes them back."""
    cheque = received(joiner.hotel, day(4, 30), "CHEQUE", "5000", (final, "5000"))
    assert read("411", "5112", "44571", "44574") == euros(
        _411="2980", _5112="5000", _44571="-1595.24", _44574="-404.76"
    )
    remit_cheques(receipts=[cheque], on=day(5, 5), by=accountant())
    bounce_receipt(receipt=cheque, on=day(5, 12), reason="Sans provision", by=accountant())
    assert read("411", "5112", "44571", "44574") == euros(_411="7980", _5112="0", _44571="-1000", _44574="-1000")
    assert payment_state(final, on=day(5, 12)) == PaymentState.OVERDUE
    transfer = received(joiner.hotel, day(6, 2), "TRANSFER", "8000", (final, "7980"))
    refund_customer(
        customer=joiner.hotel,
        receipt=transfer,
        amount=Decimal(20),
        refunded_on=day(6, 15),
        method="TRANSFER",
        by=accountant(),
    )
    assert read("411", "44571", "44574") == euros(_411="0", _44571="-1950", _44574="-50")
    assert payment_state(final, on=day(6, 15)) == PaymentState.RETAINED


def summer_a_repair_is_part_paid_and_an_invoice_cancelled(joiner: Joiner) -> Invoice:
    """The neighbour pays 200 € of 495 € in cash; what the agency was invoiced by mistake is credited in full."""
    repair = make_issued(
        joiner.activity,
        on=day(7, 1),
        customer=joiner.neighbour,
        lines=[make_line("Réparation d’un escalier", "1", "450", "FR10")],
    )
    received(joiner.neighbour, day(7, 3), "CASH", "200", (repair, "200"))
    mistake = make_issued(
        joiner.activity, on=day(7, 20), customer=joiner.agency, lines=[make_line("Étagères", "1", "1000")]
    )
    credit_note = issue_credit_note(invoice=mistake, reason="Commande annulée", by=accountant(), on=day(9, 1))
    assert credit_note.number == "F2026-00005"
    offset_credit_note(credit_note=credit_note, invoice=mistake, amount=Decimal(1200), by=accountant(), on=day(9, 1))
    assert read("411", "44571", "44574", "530", "706") == euros(
        _411="295", _44571="-1968.18", _44574="-76.82", _530="200", _706="-8450"
    )
    return repair


def autumn_wages_are_paid(joiner: Joiner) -> None:
    """The payroll journal of September, by activity."""
    person = joiner.activity.conventions.get().shares.get().person
    member = save_auxiliary(kind=AuxiliaryKind.MEMBER, owner_id=person.pk, label=str(person))
    entered(
        JournalCode.PAYROLL,
        day(9, 30),
        "Paie de septembre",
        LineDraft("641", debit=Decimal(3000), activity_id=joiner.activity.pk),
        LineDraft("645", debit=Decimal(900), activity_id=joiner.activity.pk),
        LineDraft("421", credit=Decimal(2400), auxiliary_id=member.pk),
        LineDraft("431", credit=Decimal(1500)),
    )
    entered(
        JournalCode.BANK,
        day(10, 5),
        "Virement du salaire",
        LineDraft("421", debit=Decimal(2400), auxiliary_id=member.pk),
        LineDraft("512", credit=Decimal(2400)),
    )
    lettered("421", day(10, 5))


def december_what_is_lost_is_written_off(repair: Invoice) -> None:
    """The neighbour left without an address: 295 € incl. VAT, 268,18 € excl.; their VAT is never owed."""
    declare_doubtful(invoice=repair, on=day(12, 1), reason="Partie sans laisser d’adresse", by=accountant())
    assert read("411", "416") == euros(_411="0", _416="295")
    write_off(invoice=repair, amount=Decimal(295), on=day(12, 15), reason="Recherches infructueuses", by=accountant())
    assert read("416", "654", "44574") == euros(_416="0", _654="268.18", _44574="-50")
    entered(
        JournalCode.BANK,
        day(12, 31),
        "Frais de tenue de compte",
        LineDraft("627", debit=Decimal(36)),
        signed("512", Decimal(-36)),
    )


def the_trial_balance_of_the_year() -> None:
    """Account by account: debits, credits."""
    rows = trial_balance(starts_on=day(1, 1), ends_on=day(12, 31))
    assert [(row.number, row.debit, row.credit) for row in rows] == [
        ("1013", Decimal(0), Decimal(10_000)),
        ("401", Decimal(1440), Decimal(1440)),
        ("411", Decimal(18_295), Decimal(18_295)),
        ("4117", Decimal(420), Decimal(0)),
        ("416", Decimal(295), Decimal(295)),
        ("4191", Decimal(3000), Decimal(3000)),
        ("421", Decimal(2400), Decimal(2400)),
        ("431", Decimal(0), Decimal(1500)),
        ("44566", Decimal(240), Decimal(0)),
        ("44571", Decimal("595.24"), Decimal("2563.42")),
        ("44574", Decimal("2390.24"), Decimal("2440.24")),
        ("5112", Decimal(5000), Decimal(5000)),
        ("512", Decimal(26_600), Decimal(8896)),
        ("530", Decimal(200), Decimal(0)),
        ("601", Decimal(1200), Decimal(0)),
        ("627", Decimal(36), Decimal(0)),
        ("641", Decimal(3000), Decimal(0)),
        ("645", Decimal(900), Decimal(0)),
        ("654", Decimal("268.18"), Decimal(0)),
        ("706", Decimal(1000), Decimal(9450)),
        ("707", Decimal(0), Decimal(2000)),
    ]
    assert sum(row.debit for row in rows) == sum(row.credit for row in rows) == Decimal("67279.66")


def the_activity_earned(joiner: Joiner) -> None:
    """10 450 € sold, 1 200 € bought, 3 900 € of wages, 268,18 € lost: 5 081,82 €."""
    rows = analytic_balance(starts_on=day(1, 1), ends_on=day(12, 31), activity_id=joiner.activity.pk)
    result = {row.number: row.balance for row in rows if row.number[0] in "67"}
    assert result == euros(_601="1200", _641="3000", _645="900", _654="268.18", _706="-8450", _707="-2000")
    assert -sum(result.values()) == Decimal("5081.82")


def the_year_is_closed_and_the_next_one_opens() -> None:
    """Nothing but the retention is open with the customers; the profit of 5 045,82 € waits for the assembly."""
    for year in FiscalYear.objects.filter(ends_on__lte=day(12, 31)).order_by("starts_on"):
        close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant())
    opening = Entry.objects.get(journal__code=JournalCode.OPENING, entry_on=date(2027, 1, 1))
    lines = (
        EntryLine.objects.filter(entry=opening)
        .order_by("account__number")
        .values_list("account__number", "debit", "credit")
    )
    assert list(lines) == [
        ("1013", Decimal(0), Decimal(10_000)),
        ("120", Decimal(0), Decimal("5045.82")),
        ("4117", Decimal(420), Decimal(0)),
        ("431", Decimal(0), Decimal(1500)),
        ("44566", Decimal(240), Decimal(0)),
        ("44571", Decimal(0), Decimal("1968.18")),
        ("44574", Decimal(0), Decimal(50)),
        ("512", Decimal(17_704), Decimal(0)),
        ("530", Decimal(200), Decimal(0)),
    ]


def test_a_year_of_one_activity(joiner: Joiner) -> None:
    deposit = january_a_deposit_is_asked_for_and_paid(joiner)
    final = march_wood_is_bought_and_the_work_is_invoiced(joiner, deposit)
    spring_a_cheque_bounces_and_the_hotel_pays_too_much(joiner, final)
    repair = summer_a_repair_is_part_paid_and_an_invoice_cancelled(joiner)
    autumn_wages_are_paid(joiner)
    december_what_is_lost_is_written_off(repair)
    the_trial_balance_of_the_year()
    the_activity_earned(joiner)
    assert not outstanding_invoices(accountant(), on=day(12, 31)).exists()
    assert verify_payment_chain().is_whole
    the_year_is_closed_and_the_next_one_opens()
    assert balances_apart() == []
