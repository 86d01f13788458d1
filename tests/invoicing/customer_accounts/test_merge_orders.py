"""Orders, corrections and later documents of a customer that was merged into another."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cae_backoffice.core.audit import history_of
from invoicing.billing.services import draft_final
from invoicing.customer_accounts.services import merge_customers
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.services import (
    approve_invoice,
    draft_corrective,
    issue_invoice,
    request_credit_note,
    save_draft,
)
from invoicing.orders.models import Order
from invoicing.orders.services import cancel_remainder, order_of_quote
from invoicing.quotes.services import duplicate_quote, revise_quote
from tests.invoicing.billing.orders import deposit, issued, make_order
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_content,
    make_customer,
    make_delivery_address,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.quotes.books import accept, sent_quote

pytestmark = pytest.mark.django_db

NOW, TODAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC), date(2026, 11, 22)


@pytest.fixture
def kept() -> Customer:
    """The customer that is kept."""
    return make_customer(make_selling_activity(), CustomerKind.CONSUMER, name="Marie Dupont")


@pytest.fixture
def merged(kept: Customer) -> Customer:
    """The same person, typed twice."""
    return make_customer(kept.activity, CustomerKind.CONSUMER, name="Marie Dupond")


def merge(kept: Customer, merged: Customer) -> None:
    """By the accountant."""
    merge_customers(kept=kept, merged=merged, at=NOW, by=accountant())
    kept.refresh_from_db()
    merged.refresh_from_db()


def test_open_orders_are_handed_over_and_invoiced_to_the_end(kept: Customer, merged: Customer) -> None:
    """A deposit of 525 € was issued to the merged record: the final invoice takes it off, for the kept one, and asks
    for the 1 225 € that remain. An order whose rest is cancelled stays where it is.
    """
    place = make_delivery_address(merged)
    begun = make_order(kept.activity, customer=merged, delivery_address=place)
    first = deposit(begun, "30")
    fresh, over = (make_order(kept.activity, customer=merged) for _ in range(2))
    cancel_remainder(order=over, reason="Chantier abandonné", on=TODAY, by=accountant())
    theirs = make_order(kept.activity, customer=make_customer(kept.activity))
    merge(kept, merged)
    assert set(Order.objects.filter(customer=kept)) == {begun, fresh}
    assert list(Order.objects.filter(customer=merged)) == [over]
    assert history_of(begun)[0].changes == {"customer_id": [merged.pk, kept.pk]}
    assert history_of(theirs)[0].action == "order.placed"
    last = issued(draft_final(order=begun, by=accountant()))
    first.refresh_from_db()
    assert (first.customer, last.customer) == (merged, kept)
    assert (first.gross, last.gross) == (Decimal(525), Decimal(1225))


def test_the_database_takes_an_invoiced_order_to_no_other_customer(kept: Customer, merged: Customer) -> None:
    """Not to a third one, nor to the kept one before they are merged."""
    order = make_order(kept.activity, customer=merged)
    deposit(order, "30")
    other = make_customer(kept.activity)
    for customer in (kept, other):
        with pytest.raises(IntegrityError, match="change refused"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(customer=customer)
    merge(kept, merged)
    with pytest.raises(IntegrityError, match="change refused"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(customer=other)
    order.refresh_from_db()
    assert order.customer == kept


def test_a_credit_note_that_waits_settles_the_account_of_its_invoice(kept: Customer, merged: Customer) -> None:
    """It keeps the customer of the invoice, and is issued though its place of delivery is the kept one's."""
    place = make_delivery_address(merged)
    invoice = make_issued(kept.activity, customer=merged, delivery_address=place)
    credit_note = request_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY)
    merge(kept, merged)
    credit_note.refresh_from_db()
    approve_invoice(invoice=credit_note, by=accountant(), on=DAY)
    assert issue_invoice(invoice=credit_note, by=accountant(), on=DAY).customer == merged


def test_a_corrective_invoice_names_the_kept_customer(kept: Customer, merged: Customer) -> None:
    """Begun before or after the merge; for anyone else it is refused as ever."""
    invoice = make_issued(kept.activity, customer=merged)
    draft = draft_corrective(invoice=invoice, reason="Erreur", by=accountant())
    merge(kept, merged)
    content = make_content(kept.activity, customer=kept, lines=[make_line("Pose", "1", "90")])
    corrective = issued(save_draft(invoice=draft, content=content, by=accountant()))
    assert (corrective.kind, corrective.customer, corrective.gross) == (InvoiceKind.CORRECTIVE, kept, Decimal(108))


def test_what_comes_of_a_quote_sent_before_is_the_kept_customers(kept: Customer, merged: Customer) -> None:
    """Its order, its next version and its copy; the quote itself keeps the customer it was sent to."""
    place = make_delivery_address(merged)
    accepted, sent = (
        sent_quote(kept.activity, customer=merged, delivery_address=place, execution="Sous un mois") for _ in range(2)
    )
    accept(accepted)
    merge(kept, merged)
    sent.refresh_from_db()
    for document in (
        order_of_quote(quote=accepted, on=TODAY, by=accountant()),
        revise_quote(quote=sent, by=accountant(), on=TODAY),
        duplicate_quote(quote=sent, by=accountant(), on=TODAY),
    ):
        assert (document.customer, document.delivery_address) == (kept, place)
    sent.refresh_from_db()
    assert sent.customer == merged
