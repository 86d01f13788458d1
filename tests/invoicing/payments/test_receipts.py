"""Receipts: the exact entries, what is left, what becomes due, and the letters."""

from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.audit import history_of
from invoicing.ledger.queries import balances_apart
from invoicing.payments.enums import PaymentState
from invoicing.payments.models import PaymentEvent
from invoicing.payments.queries import (
    outstanding_invoices,
    paid_amount,
    payment_state,
    receipt_left,
    unallocated_receipts,
    verify_payment_chain,
)
from invoicing.payments.services import allocate_receipt, refund_customer
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import (
    GOODS,
    PAID_ON,
    allocations_of,
    balance,
    check_deferred,
    due_vat,
    expected,
    invoice_of,
    letters,
    lines_of,
    receive,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
LATER = date(2026, 12, 15)


def test_one_transfer_pays_two_invoices_and_a_half() -> None:
    """One entry: the bank, each invoice on 411, the VAT that became due."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    first, second, third = (invoice_of(customer, net) for net in ("100", "200", "300"))
    receipt = receive(customer, "540", (first, "120"), (second, "240"), (third, "180"), reference="VIR 8841")
    check_deferred()
    assert lines_of(receipt.entry) == expected(
        ("512", None, "540"),
        ("411", activity, "-120"),
        ("411", activity, "-240"),
        ("411", activity, "-180"),
        ("44574", activity, "90"),
        ("44571", activity, "-90"),
    )
    assert (receipt.number, receipt.entry.voucher_number, receipt.entry.entry_on) == ("E2026-00001",) * 2 + (PAID_ON,)
    assert (receipt.entry.source_type, receipt.entry.source_id) == ("invoicing.receipt", receipt.pk)
    assert [payment_state(invoice, on=PAID_ON) for invoice in (first, second, third)] == [
        PaymentState.PAID,
        PaymentState.PAID,
        PaymentState.PART_PAID,
    ]
    assert letters() == ["A", "B", "", "A", "B", ""]
    assert receipt_left(receipt) == 0
    (left,) = outstanding_invoices(accountant(), on=LATER)
    assert (left, left.paid, left.remaining, left.days_late) == (third, Decimal(180), Decimal(180), 13)  # type: ignore[attr-defined]
    assert list(PaymentEvent.objects.order_by("position").values_list("kind", "amount")) == [
        ("RECEIVED", Decimal(540)),
        ("ALLOCATED", Decimal(120)),
        ("ALLOCATED", Decimal(240)),
        ("ALLOCATED", Decimal(180)),
    ]
    assert verify_payment_chain().is_whole
    assert history_of(receipt)[0].action == "receipt.recorded"
    assert balances_apart() == []


def test_the_rest_of_an_invoice_clears_every_rate_and_its_letter() -> None:
    """20 %, 5.5 % and exempt on one invoice, paid in three times: each rate ends exactly where it should."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    lines = [make_line("a", "1", "100"), make_line("b", "1", "33.33", "FR5.5"), make_line("c", "1", "47.11", "FR10")]
    invoice = make_issued(activity, customer=customer, lines=lines)
    assert invoice.gross == Decimal("206.98")
    receipts = [receive(customer, part, (invoice, part)) for part in ("66.66", "0.01", "140.31")]
    check_deferred()
    due = [due_vat(receipt.allocations.get()) for receipt in receipts]
    for rate, pending in ((20, "20.00"), (10, "4.71"), ("5.5", "1.83")):
        assert sum(vat for rows in due for r, vat in rows if r == Decimal(rate)) == Decimal(pending)
    assert due[0] == [
        (Decimal("20.00"), Decimal("6.44")),
        (Decimal("10.00"), Decimal("1.52")),
        (Decimal("5.50"), Decimal("0.59")),
    ]
    assert (balance("44574"), balance("44571"), balance("411")) == (0, Decimal("-26.54"), 0)
    assert letters() == ["A"] * 4


def test_vat_on_debits_and_on_goods_was_due_at_issue() -> None:
    """The payment moves no VAT: goods, and everything when the cooperative opted for débits."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    goods = invoice_of(customer, nature=GOODS)
    receipt = receive(customer, "120", (goods, "120"))
    assert lines_of(receipt.entry) == expected(("512", None, "120"), ("411", activity, "-120"))
    Cooperative.objects.update(vat_on_debits=True)
    receipt = receive(customer, "120", (invoice_of(customer), "120"))
    check_deferred()
    assert lines_of(receipt.entry) == expected(("512", None, "120"), ("411", activity, "-120"))
    assert (balance("44574"), balance("44571")) == (0, Decimal(-40))


def test_goods_and_services_of_one_rate_make_due_the_services_part_only() -> None:
    """100 € of goods and 100 € of services at 20 %: half of each payment's VAT was due already."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    lines = [make_line("bois", "1", "100", nature=GOODS), make_line("pose", "1", "100")]
    invoice = make_issued(activity, customer=customer, lines=lines)
    receipt = receive(customer, "120", (invoice, "120"))
    assert due_vat(receipt.allocations.get()) == [(Decimal(20), Decimal(10))]
    assert balance("44574") == Decimal(-10)


def test_one_company_pays_two_activities_at_once() -> None:
    """The same SIREN is the same customer; lines and VAT go to each activity and account."""
    carpenter, editor = make_selling_activity(), make_selling_activity()
    customer = make_customer(carpenter)
    same = make_customer(editor, siren=customer.siren)
    receipt = receive(customer, "200", (invoice_of(customer), "120"), (invoice_of(same, "50"), "60"))
    check_deferred()
    assert lines_of(receipt.entry) == expected(
        ("512", None, "200"),
        ("411", carpenter, "-120"),
        ("411", editor, "-60"),
        ("411", carpenter, "-20"),
        ("44574", carpenter, "20"),
        ("44571", carpenter, "-20"),
        ("44574", editor, "10"),
        ("44571", editor, "-10"),
    )
    assert len(set(receipt.entry.lines.exclude(auxiliary=None).values_list("auxiliary", flat=True))) == 2


def test_an_over_payment_pays_the_next_invoice_then_is_refunded() -> None:
    """It stays on the customer's account: then only VAT moves, and the rest goes back; all gets one letter."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    first = invoice_of(customer)
    receipt = receive(customer, "200", (first, "120"))
    assert lines_of(receipt.entry)[1:3] == expected(("411", activity, "-120"), ("411", activity, "-80"))
    assert (receipt_left(receipt), list(unallocated_receipts(accountant()))) == (Decimal(80), [receipt])
    second = invoice_of(customer, "50")
    allocate_receipt(receipt=receipt, allocations=[(second, Decimal(60))], by=accountant(), on=LATER)
    allocation = allocations_of(second).get()
    assert lines_of(allocation.entry) == expected(("44574", activity, "10"), ("44571", activity, "-10"))
    assert letters() == ["A", "A", "", ""]
    refund = refund_customer(
        customer=customer, amount=Decimal(20), refunded_on=LATER, method="TRANSFER", by=accountant(), receipt=receipt
    )
    check_deferred()
    assert lines_of(refund.entry) == expected(("411", activity, "20"), ("512", None, "-20"))
    assert (refund.number, receipt_left(receipt), balance("411")) == ("RB2026-0001", 0, 0)
    assert letters() == ["A", "A", "B", "B", "B"]
    assert PaymentEvent.objects.get(kind="REFUNDED").amount == Decimal(-20)


def test_over_payment_of_goods_allocates_without_an_entry() -> None:
    """Nothing moves in the books, yet the invoice is paid and lettered."""
    customer = make_customer(make_selling_activity())
    receipt = receive(customer, "120")
    invoice = invoice_of(customer, nature=GOODS)
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=LATER)
    assert (allocations_of(invoice).get().entry, paid_amount(invoice), letters()) == (None, Decimal(120), ["A", "A"])


def test_a_receipt_of_an_unknown_payer_waits_on_471_until_it_is_known() -> None:
    """Resolved in two times; both accounts get their letters."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    first, second = invoice_of(customer), invoice_of(customer, "50")
    receipt = receive(None, "180", payer="VIR INST 0442")
    assert lines_of(receipt.entry) == expected(("512", None, "180"), ("471", None, "-180"))
    allocate_receipt(receipt=receipt, allocations=[(first, Decimal(120))], by=accountant(), on=LATER)
    assert lines_of(allocations_of(first).get().entry) == expected(
        ("411", activity, "-120"), ("471", None, "120"), ("44574", activity, "20"), ("44571", activity, "-20")
    )
    assert (receipt_left(receipt), letters("471")) == (Decimal(60), ["", ""])
    allocate_receipt(receipt=receipt, allocations=[(second, Decimal(60))], by=accountant(), on=LATER)
    check_deferred()
    assert (balance("471"), letters("471"), letters()) == (0, ["A"] * 3, ["A", "B", "A", "B"])


def test_cash_and_cheques_have_their_accounts() -> None:
    customer = make_customer(make_selling_activity())
    assert lines_of(receive(customer, "10", method="CASH").entry)[0][0] == "530"
    assert lines_of(receive(customer, "10", method="CHEQUE").entry)[0][0] == "5112"
    assert lines_of(receive(customer, "10", method="CARD").entry)[0][0] == "512"
    assert lines_of(receive(customer, "10", method="DEBIT").entry)[0][0] == "512"


def test_an_entrepreneur_sees_what_pays_her_invoices_and_nothing_else() -> None:
    """Receipts by the invoices they pay."""
    mine, other = make_selling_activity(), make_selling_activity()
    customer, stranger = make_customer(mine), make_customer(other)
    seen = receive(customer, "120", (invoice_of(customer), "120"))
    receive(stranger, "120", (invoice_of(stranger), "120"))
    receive(None, "5")
    user = entrepreneur_of(mine)
    assert list(type(seen).objects.visible_to(user)) == [seen]
    assert list(seen.allocations.model.objects.visible_to(user)) == list(seen.allocations.all())
    assert list(PaymentEvent.objects.visible_to(user)) == []
    assert type(seen).objects.visible_to(accountant()).count() == 3
