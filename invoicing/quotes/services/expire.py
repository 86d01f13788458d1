"""Ending the quotes that nobody answered in time."""

from datetime import date

from django.db import transaction

from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.quotes import outlived_quotes
from invoicing.quotes.services.transition import move


def expire_quotes(*, on: date) -> int:
    """Mark as expired what waits for an answer after its last day of validity, in the name of who sent it; how many.

    Each quote in a transaction of its own; one that is being answered meanwhile is left to its answer.
    """
    return sum(_expire(quote, on) for quote in outlived_quotes(on))


@transaction.atomic
def _expire(quote: Quote, on: date) -> int:
    current = (
        outlived_quotes(on)
        .select_related("sent_by")
        .select_for_update(of=("self",), skip_locked=True)
        .filter(pk=quote.pk)
        .first()
    )
    if current is None or current.sent_by is None:
        return 0
    move(current, to=QuoteState.EXPIRED, action="quote.expired", by=current.sent_by, changes={"on": on})
    return 1
