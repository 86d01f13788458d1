"""Giving the quotes of one customer that are only drafts to another."""

from django.db import transaction

from cae_backoffice.core import audit
from invoicing.customers.models import Customer
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from members.people.models import User


@transaction.atomic
def hand_over_quotes(*, source: Customer, target: Customer, by: User) -> None:
    """Name the other customer on every draft of a quote; what was sent keeps the one it was sent to."""
    drafts = Quote.objects.select_for_update(of=("self",)).filter(customer=source, state=QuoteState.DRAFT)
    for draft in drafts.order_by("pk"):
        draft.customer = target
        draft.save(update_fields=["customer"])
        audit.record(by=by, action="quote.changed", subject=draft, changes={"customer_id": [source.pk, target.pk]})
