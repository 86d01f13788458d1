"""What is issued, validated, paid or closed is out of reach of the application itself, whatever SQL it sends.

The tests speak as a role that owns nothing and may write every table: what the application's own role is in production.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone
from psycopg import sql

from cae_backoffice.core.mail import deliver, keep_attachment, queue_mail
from invoicing.activity_accounts.services import import_openings, publish_pooled_account, record_provision
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note, release_retention
from invoicing.ledger.models import FiscalYear
from invoicing.ledger.services import close_fiscal_year, lock_period
from invoicing.payments.enums import ClosingKind, PaymentMethod
from invoicing.payments.services import (
    bounce_receipt,
    close_payments,
    declare_doubtful,
    refund_customer,
    remit_cheques,
    write_off,
)
from invoicing.pricing.rules import TypedAdjustment
from invoicing.reminders.models import Reminder
from invoicing.reminders.services import stop_reminder
from members.activities.models import Activity
from tests.invoicing.activity_accounts.books import book
from tests.invoicing.contributions.books import adopted_example, run
from tests.invoicing.factories import accountant, make_attachment, make_customer, make_issued, make_selling_activity
from tests.invoicing.payments.books import invoice_of, receive
from tests.invoicing.sending.books import make_sent
from tests.members.factories import make_cooperative

ROLE = "cae_application"
FINAL = {
    "invoicing_invoice": "state = 'ISSUED'",
    "invoicing_invoiceline": "true",
    "invoicing_invoiceadjustment": "true",
    "invoicing_invoicevat": "true",
    "invoicing_documentattachment": "invoice_id IN (SELECT id FROM invoicing_invoice WHERE state = 'ISSUED')",
    "invoicing_issuedsnapshot": "true",
    "invoicing_retentionrelease": "true",
    "invoicing_entry": "state = 'VALIDATED'",
    "invoicing_entryline": "true",
    "invoicing_period": "state = 'CLOSED'",
    "invoicing_fiscalyear": "closed_on IS NOT NULL",
    "invoicing_receipt": "true",
    "invoicing_allocation": "true",
    "invoicing_allocationvat": "true",
    "invoicing_bounce": "true",
    "invoicing_refund": "true",
    "invoicing_chequeremittance": "true",
    "invoicing_doubtfulreceivable": "true",
    "invoicing_writeoff": "true",
    "invoicing_paymentevent": "true",
    "invoicing_paymentclosing": "true",
    "invoicing_contributionrule": "state = 'IN_FORCE'",
    "invoicing_contributionrun": "state = 'POSTED'",
    "invoicing_contributionstatement": "true",
    "invoicing_contributionline": "true",
    "invoicing_provision": "true",
    "invoicing_openingbalance": "true",
    "invoicing_pooledaccount": "true",
    "invoicing_documentstatus": "true",
    "invoicing_collectedamount": "true",
    "core_auditevent": "true",
    "invoicing_documentsending": "true",
    "invoicing_reminder": "state = 'STOPPED'",
    "core_outgoingmessage": "state = 'SENT'",
    "core_messageattachment": "true",
    "core_messageevent": "true",
}
"""The rows of each table that never change."""

CHANGES = {
    "invoicing_invoice": "net = net + 1, gross = gross + 1",
    "invoicing_invoiceline": "net = net + 1",
    "invoicing_invoiceadjustment": "reason = 'autre'",
    "invoicing_invoicevat": "vat = vat + 1",
    "invoicing_documentattachment": "name = 'autre'",
    "invoicing_issuedsnapshot": "content = '{}'",
    "invoicing_retentionrelease": "due_on = due_on + 1",
    "invoicing_entry": "label = 'autre'",
    "invoicing_entryline": "debit = credit, credit = debit",
    "invoicing_period": "state = 'OPEN'",
    "invoicing_fiscalyear": "closed_on = NULL",
    "invoicing_receipt": "amount = amount + 1",
    "invoicing_allocation": "amount = amount + 1",
    "invoicing_allocationvat": "due_vat = due_vat + 1",
    "invoicing_bounce": "reason = 'autre'",
    "invoicing_refund": "amount = amount + 1",
    "invoicing_chequeremittance": "total = total + 1",
    "invoicing_doubtfulreceivable": "amount = amount + 1",
    "invoicing_writeoff": "amount = amount + 1",
    "invoicing_paymentevent": "amount = amount + 1",
    "invoicing_paymentclosing": "total = total + 1",
    "invoicing_contributionrule": "toml = 'autre'",
    "invoicing_contributionrun": "total = total + 1",
    "invoicing_contributionstatement": "amount = amount + 1",
    "invoicing_contributionline": "due = due + 1, amount = amount + 1",
    "invoicing_provision": "amount = amount + 1",
    "invoicing_openingbalance": "amount = amount + 1",
    "invoicing_pooledaccount": "content = '[]'",
    "invoicing_documentstatus": "comment = 'autre'",
    "invoicing_collectedamount": "net = net + 1",
    "core_auditevent": "action = 'autre'",
    "invoicing_documentsending": "kind = 'QUOTE'",
    "invoicing_reminder": "reason = 'autre'",
    "core_outgoingmessage": "state = 'QUEUED', sent_at = NULL, next_try_at = now()",
    "core_messageattachment": "name = 'autre'",
    "core_messageevent": "detail = 'autre'",
}


@contextmanager
def as_the_application() -> Iterator[None]:
    """Speak as a role that reads and writes every table and owns none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER NOLOGIN").format(sql.Identifier(ROLE)))
        for kind in ("TABLES", "SEQUENCES"):
            grant = sql.SQL("GRANT ALL ON ALL {} IN SCHEMA public TO {}")
            cursor.execute(grant.format(sql.SQL(kind), sql.Identifier(ROLE)))
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(ROLE)))
        yield
        cursor.execute("RESET ROLE")


def make_books() -> None:
    """One row at least of each kind: a closed year, and payments of every sort in the next."""
    make_cooperative()
    by = accountant()
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    make_attachment(invoice)
    cheque = receive(customer, "100", (invoice, "100"), method="CHEQUE", on=date(2026, 11, 3))
    remit_cheques(receipts=[cheque], on=date(2026, 11, 4), by=by)
    bounce_receipt(receipt=cheque, on=date(2026, 11, 5), reason="Sans provision", by=by)
    over = receive(customer, "50", on=date(2026, 11, 5))
    refund_customer(
        customer=customer,
        receipt=over,
        amount=Decimal(50),
        refunded_on=date(2026, 11, 6),
        method=PaymentMethod.TRANSFER,
        by=by,
    )
    terms = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2))
    discount = TypedAdjustment("Remise", percent=Decimal(5))
    kept = make_issued(customer.activity, customer=customer, terms=terms, adjustments=[discount])
    release_retention(invoice=kept, on=date(2026, 11, 7), due_on=date(2026, 11, 7), by=by)
    declare_doubtful(invoice=kept, on=date(2026, 11, 8), reason="Liquidation", by=by)
    write_off(invoice=kept, amount=Decimal(10), on=date(2026, 11, 9), reason="Liquidation", by=by)
    issue_credit_note(invoice=invoice, reason="Annulée", by=by, on=date(2026, 11, 9))
    close_payments(kind=ClosingKind.DAY, day=date(2026, 11, 3), by=by)
    adopted_example("forfait-et-marge")
    run(date(2026, 10, 1))
    first = FiscalYear.objects.order_by("starts_on")[0]
    lock_period(period=first.periods.order_by("starts_on")[0], by=by)
    close_fiscal_year(year=first, on=date(2026, 11, 9), by=by)


def make_accounts() -> None:
    """A provision, an opening balance and a published account of the pooled services."""
    by, activity = accountant(), Activity.objects.order_by("pk")[0]
    record_provision(activity=activity, kind="OTHER", amount=Decimal(5), on=date(2026, 11, 9), reason="Litige", by=by)
    import_openings(text=f"activity;balance\n{activity.code};5\n", on=date(2026, 11, 9), by=by)
    book(("613", None, "80"), ("512", None, "-80"), on=date(2025, 6, 1))
    publish_pooled_account(fiscal_year=FiscalYear.objects.get(starts_on__year=2025), on=date(2026, 3, 1), by=by)


def make_message() -> None:
    """A message with a file, sent; an invoice that was, and whose reminder was stopped."""
    file = keep_attachment(name="a.txt", content_type="text/plain", content=b"a")
    by, at = accountant(), timezone.now()
    message = queue_mail(
        to=["client@example.org"], subject="Objet", body="Texte", about=by, by=by, at=at, attachments=[file]
    )
    deliver(message_id=message.pk, at=at)
    sending = make_sent(Activity.objects.order_by("pk")[0], on=date(2026, 11, 9))
    reminder = Reminder.objects.create(invoice=sending.invoice, level="FRIENDLY", proposed_on=date(2026, 12, 14))
    stop_reminder(reminder=reminder, reason="Client appelé", on=date(2026, 12, 15), by=by)


def attempt(statement: str) -> str:
    """What the database answers to a statement: the name of its refusal, or how many rows changed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return f"{cursor.rowcount} rows changed"
    except Error as error:
        return type(error).__name__


@pytest.mark.django_db
def test_the_application_changes_nothing_that_is_final() -> None:
    make_books()
    make_accounts()
    make_message()
    connection.check_constraints()  # TRUNCATE waits for no deferred trigger
    with as_the_application():
        for table, final in FINAL.items():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {final}")
                assert cursor.fetchone()[0] > 0, table
            assert attempt(f"UPDATE {table} SET {CHANGES[table]} WHERE {final}") == "IntegrityError", table
            assert attempt(f"DELETE FROM {table} WHERE {final}") == "IntegrityError", table
            assert attempt(f"TRUNCATE {table} CASCADE") == "IntegrityError", table


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE invoicing_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER invoicing_entry_guard ON invoicing_entry",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP TABLE invoicing_paymentevent CASCADE",
    ],
)
def test_the_application_cannot_put_the_guards_aside(statement: str) -> None:
    with as_the_application():
        assert attempt(statement) == "ProgrammingError"


@pytest.mark.django_db
def test_the_owner_could() -> None:
    """What the tests above see is the refusal of the role, not of the statement."""
    with transaction.atomic():
        assert attempt("ALTER TABLE invoicing_entry DISABLE TRIGGER invoicing_entry_guard").endswith("rows changed")
        transaction.set_rollback(True)
