"""The unalterable record (CGI 286-I-3° bis): append-only, chained, closed; the same by SQL."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.payments.models import PaymentClosing, PaymentEvent, Receipt
from invoicing.payments.queries import verify_payment_chain
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    close_payments,
    refund_customer,
    remit_cheques,
    store_slip,
)
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.invoicing.payments.books import PAID_ON, allocations_of, check_deferred, invoice_of, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
LATER = date(2026, 12, 15)
TABLES = {
    "paymentevent": "amount = 0",
    "paymentclosing": "total = 0",
    "allocation": "amount = amount - 1",
    "allocationvat": "vat = 0",
    "bounce": "reason = 'x'",
    "refund": "amount = 1",
    "chequeremittance": "total = 1",
    "remittanceslip": "sha256 = ''",
    "receipt": "amount = 1",
}


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def receipt() -> Receipt:
    """A row in every table: a cheque, remitted, that pays an invoice and bounced; a refund; a closing."""
    by = accountant()
    customer = make_customer(make_selling_activity())
    cheque = receive(customer, "150", (invoice_of(customer), "120"), method="CHEQUE")
    refund_customer(customer=customer, amount=Decimal(5), refunded_on=PAID_ON, method="CARD", by=by, receipt=cheque)
    store_slip(remittance=remit_cheques(receipts=[cheque], on=PAID_ON, by=by), by=by)
    bounce_receipt(receipt=cheque, on=PAID_ON, reason="Impayé", by=by)
    close_payments(kind="DAY", day=PAID_ON, by=by)
    check_deferred()
    cheque.refresh_from_db()
    return cheque


@pytest.mark.parametrize(("table", "change"), TABLES.items())
def test_nothing_changes_even_by_sql(receipt: Receipt, table: str, change: str) -> None:
    for sql in (
        f"UPDATE invoicing_{table} SET {change}",
        f"DELETE FROM invoicing_{table}",
        f"TRUNCATE invoicing_{table} CASCADE",
    ):
        with pytest.raises(IntegrityError, match="never change"):
            execute(sql)


def test_a_receipts_remittance_is_set_once(receipt: Receipt) -> None:
    for value in ("NULL", str(receipt.remittance_id)):
        with pytest.raises(IntegrityError, match="never changes"):
            execute(f"UPDATE invoicing_receipt SET remittance_id = {value}")
    other = receive(None, "5", method="CHEQUE", on=LATER)
    with pytest.raises(IntegrityError, match="never changes"):
        execute(
            f"UPDATE invoicing_receipt SET remittance_id = {receipt.remittance_id}, payer = 'x' WHERE id = {other.pk}"
        )
    execute(f"UPDATE invoicing_receipt SET remittance_id = {receipt.remittance_id} WHERE id = {other.pk}")


def test_more_than_there_is_is_refused_by_the_database_too(receipt: Receipt) -> None:
    customer = make_customer(make_selling_activity())
    invoice, paid = invoice_of(customer), receive(customer, "100", on=LATER)
    columns = "INSERT INTO invoicing_allocation (receipt_id, invoice_id, amount, allocated_on) VALUES"
    for amount, constraint in ((101, "receipt"), (-1, "receipt"), (0, "not_zero")):
        with pytest.raises(IntegrityError, match=constraint):
            execute(f"{columns} ({paid.pk}, {invoice.pk}, {amount}, '2026-12-15')")
    big = receive(customer, "500", on=LATER)
    with pytest.raises(IntegrityError, match="allocated of 120"):
        execute(f"{columns} ({big.pk}, {invoice.pk}, 121, '2026-12-15')")


def test_no_event_is_dated_in_a_closed_period(receipt: Receipt) -> None:
    values = f"('RECEIVED', '2026-11-20', 10, '{{}}', {accountant().pk})"
    with pytest.raises(IntegrityError, match="payments of 2026-11-20 are closed"):
        execute(f"INSERT INTO invoicing_paymentevent (kind, happened_on, amount, details, author_id) VALUES {values}")


def test_whatever_is_inserted_is_chained_and_a_forged_link_is_found(receipt: Receipt) -> None:
    """Position, instant and hash are the database's; a change past the triggers shows."""
    author = accountant().pk
    execute(
        "INSERT INTO invoicing_paymentevent (position, hash, kind, happened_on, amount, details, author_id) "
        f"VALUES (999, 'forged', 'RECEIVED', '2026-12-01', 10, '{{}}', {author})"
    )
    count = PaymentEvent.objects.count()
    last = PaymentEvent.objects.get(position=count)
    assert (len(last.hash), last.previous_hash) == (64, PaymentEvent.objects.get(position=count - 1).hash)
    check = verify_payment_chain()
    assert (check.events, check.closings, check.is_whole) == (count, 1, True)
    execute(
        "SET LOCAL session_replication_role = replica; UPDATE invoicing_paymentevent SET amount = 1 WHERE position = 2"
    )
    check = verify_payment_chain()
    assert (check.first_broken_event, check.is_whole) == (2, False)
    execute("UPDATE invoicing_paymentclosing SET total = 7; SET LOCAL session_replication_role = DEFAULT")
    assert verify_payment_chain().first_broken_closing == 1


def test_closings_hold_the_totals_of_their_period_and_since_ever(receipt: Receipt) -> None:
    """What bounced or went back is deducted; allocations and remittances are the same money and do not count."""
    receive(None, "40", on=date(2026, 11, 21))
    by = accountant()
    month = close_payments(kind="MONTH", day=PAID_ON, by=by)
    receive(None, "1000", on=date(2026, 12, 3))
    year = close_payments(kind="YEAR", day=PAID_ON, by=by)
    rows = PaymentClosing.objects.order_by("position").values_list(
        "kind", "starts_on", "ends_on", "event_count", "total", "running_total", "last_position"
    )
    assert list(rows) == [
        ("DAY", PAID_ON, PAID_ON, 5, Decimal(-5), Decimal(-5), 5),
        ("MONTH", date(2026, 11, 1), date(2026, 11, 30), 6, Decimal(35), Decimal(35), 6),
        ("YEAR", date(2026, 1, 1), date(2026, 12, 31), 7, Decimal(1035), Decimal(1035), 7),
    ]
    assert (year.previous_hash, month.position) == (month.hash, 2)
    assert verify_payment_chain().is_whole


def test_services_alone_write_the_chain() -> None:
    with pytest.raises(TypeError, match="are written by"):
        PaymentEvent(kind="RECEIVED").save()


def test_allocations_are_events_too() -> None:
    customer = make_customer(make_selling_activity())
    receipt, invoice = receive(customer, "60"), invoice_of(customer)
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(60))], by=accountant(), on=LATER)
    event = PaymentEvent.objects.get(kind="ALLOCATED")
    assert (event.happened_on, event.author, event.details) == (
        LATER,
        accountant(),
        {"receipt": receipt.pk, "allocation": allocations_of(invoice).get().pk, "invoice": invoice.pk},
    )
