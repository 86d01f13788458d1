"""Bounces, refunds, credit notes and remittances: what takes money back, and what follows it across years."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.models import FiscalYear
from invoicing.ledger.queries import aged_receivables, balances_apart, open_items
from invoicing.ledger.services import close_fiscal_year
from invoicing.payments.models import PaymentEvent
from invoicing.payments.queries import (
    cheques_to_remit,
    open_credit_notes,
    outstanding_invoices,
    paid_amount,
    recorded_parts,
    verify_payment_chain,
)
from invoicing.payments.rules import Part
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    offset_credit_note,
    refund_customer,
    remit_cheques,
    store_slip,
)
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_selling_activity
from tests.invoicing.payments.books import (
    GOODS,
    PAID_ON,
    allocations_of,
    balance,
    check_deferred,
    expected,
    invoice_of,
    letters,
    lines_of,
    receive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
LATER = date(2026, 12, 15)


def test_a_cheque_is_remitted_then_bounces_then_is_paid_at_last() -> None:
    """5112, 512, and back; the invoice is owed again and its VAT pending; the letters follow."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    invoice = invoice_of(customer)
    cheque = receive(customer, "120", (invoice, "120"), method="CHEQUE", bank_name="Crédit", cheque_number="778")
    assert list(cheques_to_remit(accountant())) == [cheque]
    remittance = remit_cheques(receipts=[cheque], on=date(2026, 11, 25), by=accountant())
    assert (remittance.number, remittance.total, list(cheques_to_remit(accountant()))) == ("R2026-0001", 120, [])
    assert lines_of(remittance.entry) == expected(("512", None, "120"), ("5112", None, "-120"))
    assert (letters("5112"), letters()) == (["A", "A"], ["A", "A"])

    bounce = bounce_receipt(receipt=cheque, on=LATER, reason="Provision insuffisante", by=accountant())
    check_deferred()
    assert lines_of(bounce.entry) == expected(
        ("411", activity, "120"), ("512", None, "-120"), ("44574", activity, "-20"), ("44571", activity, "20")
    )
    assert (paid_amount(invoice), balance("512"), balance("44574"), balance("44571")) == (0, 0, -20, 0)
    assert (letters(), letters("5112")) == ([""] * 3, ["A", "A"])
    reversal = allocations_of(invoice).get(amount__lt=0)
    assert (reversal.amount, reversal.reverses) == (Decimal(-120), allocations_of(invoice).get(amount__gt=0))
    assert PaymentEvent.objects.get(kind="BOUNCED").amount == Decimal(-120)

    receive(customer, "120", (invoice, "120"), on=LATER)
    assert (letters(), balance("411"), balance("44574"), balance("44571")) == (["B"] * 4, 0, 0, -20)
    assert verify_payment_chain().is_whole
    assert balances_apart() == []


def test_a_cheque_that_never_reached_the_bank_leaves_5112() -> None:
    """With an over-payment on it: the rest is taken back too."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    cheque = receive(customer, "150", (invoice_of(customer), "120"), method="CHEQUE")
    bounce = bounce_receipt(receipt=cheque, on=LATER, reason="Perdu", by=accountant())
    assert lines_of(bounce.entry)[:3] == expected(
        ("411", activity, "120"), ("411", activity, "30"), ("5112", None, "-150")
    )
    assert (letters("5112"), letters()) == (["A", "A"], ["", "", "B", "", "B"])


def test_a_waiting_receipt_bounces_half_resolved() -> None:
    activity = make_selling_activity()
    customer = make_customer(activity)
    invoice = invoice_of(customer, nature=GOODS)
    receipt = receive(None, "200", payer="Inconnu", method="DEBIT")
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=PAID_ON)
    bounce = bounce_receipt(receipt=receipt, on=LATER, reason="Compte clos", by=accountant())
    check_deferred()
    assert lines_of(bounce.entry) == expected(("411", activity, "120"), ("471", None, "80"), ("512", None, "-200"))
    assert (balance("471"), letters("471")) == (0, ["A"] * 3)


def test_a_full_credit_note_of_an_unpaid_invoice_clears_it() -> None:
    """Nothing is posted but the two documents; both are settled under one letter and all accounts are at zero."""
    customer = make_customer(make_selling_activity())
    invoice = make_issued(
        customer.activity, customer=customer, lines=[make_line(), make_line("b", "1", "9.99", "FR5.5")]
    )
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=PAID_ON)
    assert list(open_credit_notes()) == [credit_note]
    allocation = offset_credit_note(
        credit_note=credit_note, invoice=invoice, amount=invoice.gross, by=accountant(), on=PAID_ON
    )
    check_deferred()
    assert (allocation.entry, letters()) == (None, ["A", "A"])
    assert (paid_amount(invoice), paid_amount(credit_note)) == (invoice.gross, credit_note.gross)
    assert [balance(account) for account in ("411", "706", "44574", "44571")] == [0] * 4
    assert not open_credit_notes().exists()
    assert not outstanding_invoices(accountant(), on=LATER).exists()


def test_a_credit_note_of_a_part_paid_invoice_is_offset_and_refunded() -> None:
    """Half was paid: half is set off, half goes back with its VAT; the customer and the VAT end at zero."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    invoice = invoice_of(customer)
    receive(customer, "60", (invoice, "60"))
    credit_note = issue_credit_note(invoice=invoice, reason="Litige", by=accountant(), on=PAID_ON)
    offset_credit_note(credit_note=credit_note, invoice=invoice, amount=Decimal(60), by=accountant(), on=LATER)
    assert (balance("411"), balance("44574"), balance("44571")) == (-60, 10, -10)
    refund = refund_customer(
        customer=customer,
        amount=Decimal(60),
        refunded_on=LATER,
        method="TRANSFER",
        by=accountant(),
        credit_note=credit_note,
    )
    check_deferred()
    assert lines_of(refund.entry) == expected(
        ("411", activity, "60"), ("512", None, "-60"), ("44574", activity, "-10"), ("44571", activity, "10")
    )
    assert [balance(account) for account in ("411", "512", "706", "44574", "44571")] == [0] * 5
    assert letters() == ["A"] * 4


def test_a_cent_of_vat_between_a_part_paid_invoice_and_its_credit_note_is_posted() -> None:
    """Five cents were paid: the shares of both documents differ by a cent, and everything still ends at zero."""
    customer = make_customer(make_selling_activity())
    lines = [make_line("a", "1", "100"), make_line("b", "1", "33.33", "FR5.5"), make_line("c", "1", "47.11", "FR10")]
    invoice = make_issued(customer.activity, customer=customer, lines=lines)
    receive(customer, "0.05", (invoice, "0.05"))
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=PAID_ON)
    allocation = offset_credit_note(
        credit_note=credit_note, invoice=invoice, amount=Decimal("206.93"), by=accountant(), on=LATER
    )
    activity = customer.activity
    assert lines_of(allocation.entry) == expected(("44574", activity, "-0.01"), ("44571", activity, "0.01"))
    refund_customer(
        customer=customer,
        amount=Decimal("0.05"),
        refunded_on=LATER,
        method="CASH",
        by=accountant(),
        credit_note=credit_note,
    )
    check_deferred()
    assert [balance(account) for account in ("411", "706", "44574", "44571")] == [0] * 4
    assert letters() == ["A"] * 4


def test_several_cheques_go_on_one_slip_whose_bytes_stay() -> None:
    """The PDF names each cheque, the total and the account; it is stored with its hash and served ever after."""
    customer = make_customer(make_selling_activity())
    cheques = [
        receive(customer, amount, method="CHEQUE", payer=payer, bank_name="Banque de l’Ouest", cheque_number=number)
        for amount, payer, number in (("1234.56", "Léa Œuvrard", "0001"), ("80", "Dupont SARL", "0002"))
    ]
    remittance = remit_cheques(receipts=cheques, on=LATER, by=accountant())
    assert lines_of(remittance.entry) == expected(
        ("512", None, "1314.56"), ("5112", None, "-1234.56"), ("5112", None, "-80")
    )
    slip = store_slip(remittance=remittance, by=accountant())
    with slip.pdf.open() as file:
        content = file.read()
    assert (slip.sha256, slip.size) == (hashlib.sha256(content).hexdigest(), len(content))
    with slip.pdf.open() as file:
        text = " ".join(page.extract_text() for page in PdfReader(file).pages)
    for words in ("R2026-0001", "Léa Œuvrard", "0002", "Banque de l’Ouest", "15/12/2026", "Total de 2 chèques"):
        assert words in text
    assert "1\u202f314,56\u00a0€" in text
    assert store_slip(remittance=remittance, by=accountant()) == slip


def test_what_a_closed_year_left_open_is_settled_in_the_next() -> None:
    """The opening lines stand for those of the closed year: paid, bounced and paid again, 2027 is clean."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    unpaid, settled = invoice_of(customer), invoice_of(customer, "50")
    late = receive(customer, "60", (settled, "60"), method="DEBIT")
    for year in FiscalYear.objects.filter(ends_on__lt=date(2027, 1, 1)).order_by("starts_on"):
        close_fiscal_year(year=year, on=date(2027, 3, 1), by=accountant())
    new_year = date(2027, 3, 5)
    receive(customer, "120", (unpaid, "120"), on=new_year)
    assert not open_items().exists()
    bounce_receipt(receipt=late, on=new_year, reason="Rejet tardif", by=accountant())
    assert [line.debit for line in open_items()] == [Decimal(60)]
    aged = aged_receivables(on=date(2027, 3, 1), by_activity=True)  # the 120 € were only paid on the 5th
    assert [(row.late_90, row.total) for row in aged] == [(Decimal(120), Decimal(120))]
    receive(customer, "60", (settled, "60"), on=new_year)
    check_deferred()
    assert not open_items().exists()


PARTS = st.lists(st.tuples(st.integers(1, 30_000), st.sampled_from(["keep", "bounce"])), min_size=1, max_size=5)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS)
def test_receivables_equal_unpaid_invoices_whatever_happens(parts: list[tuple[int, str]]) -> None:
    """411 holds what is unpaid less what is over-paid; 44571 what the allocations made due; every entry balances."""
    customer = make_customer(make_selling_activity())
    lines = [make_line("a", "1", "123.45"), make_line("b", "1", "67.89", "FR5.5"), make_line("c", "1", "3.01", "FR10")]
    invoice = make_issued(customer.activity, customer=customer, lines=lines)
    activity, over = customer.activity, Decimal(0)
    for cents, fate in parts:
        amount = Decimal(cents) / 100
        part = min(amount, invoice.gross - paid_amount(invoice))
        receipt = receive(customer, str(amount), *([(invoice, str(part))] if part else []), method="DEBIT")
        if fate == "bounce":
            bounce_receipt(receipt=receipt, on=LATER, reason="Rejet", by=accountant())
        else:
            over += amount - part
    check_deferred()
    assert balance("411", activity) == invoice.gross - paid_amount(invoice) - over
    due = sum((part.due_vat for part in recorded_parts(invoice).values()), Decimal(0))
    assert (balance("44571", activity), balance("44574", activity)) == (-due, due - invoice.vat)
    if paid_amount(invoice) < invoice.gross:
        rest = str(invoice.gross - paid_amount(invoice))
        receive(customer, rest, (invoice, rest))
    for row in invoice.vat_rows.all():
        key = (row.category, row.rate)
        assert recorded_parts(invoice)[key] == Part(*key, net=row.net, vat=row.vat, due_vat=row.pending)
    assert verify_payment_chain().is_whole
