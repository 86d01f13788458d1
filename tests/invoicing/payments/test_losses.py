"""Receivables that are doubtful, kept as a guarantee, or lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note, release_retention
from invoicing.ledger.queries import balances_apart
from invoicing.payments.enums import PaymentEventKind, PaymentState
from invoicing.payments.models import DoubtfulReceivable, PaymentEvent, WriteOff
from invoicing.payments.queries import outstanding_invoices, payment_state, verify_payment_chain
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    declare_doubtful,
    offset_credit_note,
    write_off,
)
from members.people.models import User
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_selling_activity
from tests.invoicing.payments.books import (
    GOODS,
    PAID_ON,
    balance,
    expected,
    invoice_of,
    letters,
    lines_of,
    receive,
    written,
)

pytestmark = pytest.mark.django_db
LATER = date(2027, 3, 1)
REASON = "Liquidation judiciaire"


@pytest.fixture
def customer(db: None) -> Customer:
    """A professional customer of a new activity."""
    return make_customer(make_selling_activity())


class TestDoubtful:
    """416: still owed, no longer counted on."""

    def test_what_is_left_moves_to_416(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        receive(customer, "20", (invoice, "20"))
        doubt = declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        assert lines_of(doubt.entry) == expected(("416", customer.activity, "100"), ("411", customer.activity, "-100"))
        assert letters("411") == ["A", "A", "A"]
        assert letters("416") == [""]

    def test_what_is_paid_afterwards_settles_416(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        receipt = receive(customer, "120", (invoice, "120"), on=LATER)
        assert lines_of(receipt.entry)[1] == ("416", customer.activity.code, Decimal(-120))
        assert letters("416") == ["A", "A"]
        assert payment_state(invoice, on=LATER) == PaymentState.PAID

    def test_an_over_payment_and_a_credit_note_bring_it_back_to_411(self, customer: Customer) -> None:
        """Money that is on 411 already settles the invoice there."""
        first, second = invoice_of(customer, "100"), invoice_of(customer, "50")
        receipt = receive(customer, "120", on=PAID_ON)
        for invoice in (first, second):
            declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        allocate_receipt(receipt=receipt, allocations=[(first, Decimal(120))], by=accountant(), on=LATER)
        credit_note = issue_credit_note(invoice=second, reason="Geste", by=accountant(), on=LATER)
        offset_credit_note(credit_note=credit_note, invoice=second, amount=Decimal(60), by=accountant(), on=LATER)
        assert balance("411") == balance("416") == Decimal(0)
        assert all(letters("411"))
        assert all(letters("416"))

    def test_a_payment_that_bounces_is_doubtful_too(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        receipt = receive(customer, "70", (invoice, "70"), method="CHEQUE")
        declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        bounce_receipt(receipt=receipt, on=LATER, reason="Sans provision", by=accountant())
        assert balance("416") == Decimal(120)
        assert balance("411") == Decimal(0)
        (left,) = outstanding_invoices(accountant(), on=LATER)
        assert left.remaining == Decimal(120)  # type: ignore[attr-defined]  # annotated

    def test_once_with_a_reason_and_while_something_is_owed(self, customer: Customer) -> None:
        invoice, paid = invoice_of(customer, "100"), invoice_of(customer, "10")
        receive(customer, "12", (paid, "12"))
        declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        before = written()
        for document, reason, message in (
            (invoice, REASON, "est déjà douteuse depuis le 01/03/2027"),
            (paid, REASON, "n’attend plus rien"),
            (invoice_of(customer, "10"), "  ", "Motif"),
        ):
            before = written()
            with pytest.raises(RefusalError, match=message):
                declare_doubtful(invoice=document, on=LATER, reason=reason, by=accountant())
            assert written() == before
        assert DoubtfulReceivable.objects.count() == 1


class TestLosses:
    """654 bears the loss excl. VAT; the VAT goes back where it came from."""

    def test_services_unpaid_never_owed_their_vat(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        loss = write_off(invoice=invoice, amount=Decimal(120), on=LATER, reason=REASON, by=accountant())
        assert lines_of(loss.entry) == expected(
            ("411", customer.activity, "-120"), ("654", customer.activity, "100"), ("44574", customer.activity, "20")
        )
        assert payment_state(invoice, on=LATER) == PaymentState.LOST
        assert letters("411") == ["A", "A"]
        assert balance("44574") == balance("44571") == Decimal(0)

    def test_goods_take_back_the_vat_that_was_paid(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100", nature=GOODS)
        loss = write_off(invoice=invoice, amount=Decimal(120), on=LATER, reason=REASON, by=accountant())
        assert lines_of(loss.entry) == expected(
            ("411", customer.activity, "-120"), ("654", customer.activity, "100"), ("44571", customer.activity, "20")
        )

    def test_the_rest_of_a_doubtful_invoice_part_paid(self, customer: Customer) -> None:
        """120 € incl. VAT, 48 € paid: 72 € lost, 60 € of them excl. VAT; the VAT of what was paid stays owed."""
        invoice = invoice_of(customer, "100")
        receive(customer, "48", (invoice, "48"))
        declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        loss = write_off(invoice=invoice, amount=Decimal(72), on=LATER, reason=REASON, by=accountant())
        assert lines_of(loss.entry) == expected(
            ("416", customer.activity, "-72"), ("654", customer.activity, "60"), ("44574", customer.activity, "12")
        )
        assert balance("44571") == Decimal(-8)
        assert balance("416") == balance("411") == Decimal(0)
        assert balances_apart() == []

    def test_it_is_recorded_in_the_chain_without_changing_what_was_received(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        loss = write_off(invoice=invoice, amount=Decimal(50), on=LATER, reason=REASON, by=accountant())
        event = PaymentEvent.objects.order_by("position").last()
        assert event is not None
        assert (event.kind, event.amount, event.details["write_off"]) == (PaymentEventKind.LOST, Decimal(50), loss.pk)
        assert verify_payment_chain().is_whole

    def test_what_is_refused(self, customer: Customer) -> None:
        invoice = invoice_of(customer, "100")
        for amount, reason, by, message in (
            ("120.01", REASON, accountant(), "n’a plus que 120,00"),
            ("0", REASON, accountant(), "Un montant est positif"),
            ("10", "", accountant(), "Motif"),
            ("10", REASON, User(), "Vous ne tenez pas les comptes"),
        ):
            before = written()
            with pytest.raises(RefusalError, match=message):
                write_off(invoice=invoice, amount=Decimal(amount), on=LATER, reason=reason, by=by)
            assert written() == before
        assert not WriteOff.objects.exists()

    @pytest.mark.parametrize("table", ["writeoff", "doubtfulreceivable", "retentionrelease"])
    def test_nothing_of_it_changes(self, customer: Customer, table: str) -> None:
        """By trigger."""
        invoice = retained_of(customer)
        release_retention(invoice=invoice, on=LATER, due_on=LATER, by=accountant())
        declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
        write_off(invoice=invoice, amount=Decimal(1), on=LATER, reason=REASON, by=accountant())
        for statement in (f"UPDATE invoicing_{table} SET id = id", f"DELETE FROM invoicing_{table}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def retained_of(customer: Customer) -> Invoice:
    """1 000 € incl. VAT of which 50 € are kept."""
    return make_issued(
        customer.activity,
        customer=customer,
        lines=[make_line("Chantier", "1", "1000", "EXO-FORMATION")],
        terms=SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2)),
    )


class TestRetentions:
    """A retention is not waited for before its release."""

    def test_all_but_the_retention_is_owed_first(self, customer: Customer) -> None:
        invoice = retained_of(customer)
        with pytest.raises(RefusalError, match="n’attend plus que 950,00"):
            receive(customer, "1000", (invoice, "1000"))
        receive(customer, "950", (invoice, "950"))
        assert payment_state(invoice, on=LATER) == PaymentState.RETAINED
        assert letters("411") == ["A", "A"]
        assert letters("4117") == [""]
        assert not outstanding_invoices(accountant(), on=LATER).exists()

    def test_once_released_it_falls_due_on_its_own_day(self, customer: Customer) -> None:
        invoice = retained_of(customer)
        receive(customer, "950", (invoice, "950"))
        release_retention(invoice=invoice, on=date(2027, 11, 2), due_on=date(2027, 12, 2), by=accountant())
        invoice.refresh_from_db()
        assert payment_state(invoice, on=date(2027, 12, 2)) == PaymentState.PART_PAID
        assert payment_state(invoice, on=date(2027, 12, 3)) == PaymentState.OVERDUE
        receive(customer, "50", (invoice, "50"), on=date(2027, 12, 3))
        assert payment_state(invoice, on=date(2027, 12, 3)) == PaymentState.PAID
        assert all(letters("411"))
        assert balance("411") == balance("4117") == Decimal(0)


class TestPages:
    """The accountant declares them on pages of their own."""

    def test_a_doubtful_invoice_and_its_loss(self, customer: Customer, accountant_client: Client) -> None:
        invoice = invoice_of(customer, "100")
        page = accountant_client.get("/gestion/invoicing/doubtfulreceivable/add/")
        assert f"{invoice.number} · {customer} · reste 120,00\u00a0€" in page.text
        answer = accountant_client.post(
            "/gestion/invoicing/doubtfulreceivable/add/",
            {"invoice": invoice.pk, "declared_on": "01/03/2027", "reason": REASON},
        )
        assert (answer.status_code, DoubtfulReceivable.objects.get().amount) == (302, Decimal(120))
        typed = {"invoice": invoice.pk, "amount": "120,01", "written_off_on": "01/03/2027", "reason": REASON}
        answer = accountant_client.post("/gestion/invoicing/writeoff/add/", typed)
        assert "n’a plus que 120,00\u00a0€ de libre" in answer.text
        assert not WriteOff.objects.exists()
        answer = accountant_client.post("/gestion/invoicing/writeoff/add/", typed | {"amount": "120"})
        assert (answer.status_code, WriteOff.objects.get().amount) == (302, Decimal(120))
        listed = accountant_client.get("/gestion/invoicing/writeoff/").text
        assert str(customer) in listed
        assert "120,00\u00a0€" in listed

    def test_a_retention_is_released(self, customer: Customer, accountant_client: Client) -> None:
        invoice = retained_of(customer)
        page = accountant_client.get("/gestion/invoicing/retentionrelease/add/")
        assert f"{invoice.number} · {customer} · 50,00\u00a0€ libérables le 02/11/2027" in page.text
        typed = {"invoice": invoice.pk, "released_on": "02/11/2027", "due_on": "01/11/2027"}
        answer = accountant_client.post("/gestion/invoicing/retentionrelease/add/", typed)
        assert "L’échéance ne peut pas précéder la libération." in answer.text
        answer = accountant_client.post("/gestion/invoicing/retentionrelease/add/", typed | {"due_on": "02/12/2027"})
        assert answer.status_code == 302
        assert invoice.release.due_on == date(2027, 12, 2)

    @pytest.mark.parametrize("page", ["doubtfulreceivable", "writeoff"])
    def test_the_lists_take_the_same_queries_whatever_their_length(
        self,
        customer: Customer,
        accountant_client: Client,
        page: str,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for count in (1, 2):
            for _ in range(count):
                invoice = invoice_of(customer, "100")
                declare_doubtful(invoice=invoice, on=LATER, reason=REASON, by=accountant())
                write_off(invoice=invoice, amount=Decimal(1), on=LATER, reason=REASON, by=accountant())
            with django_assert_num_queries(6):
                accountant_client.get(f"/gestion/invoicing/{page}/")
