"""What the services that move a quote from one state to another share."""

from collections.abc import Mapping

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from members.people.models import User


def refuse_unless(*, allowed: bool, verb: str, quote: Quote) -> None:
    """Raise RefusalError, naming the quote's state, when a rule said no."""
    if not allowed:
        state = QuoteState(quote.state).label
        raise RefusalError(f"Vous ne pouvez pas {verb} ce devis dans son état actuel («\u00a0{state}\u00a0»).")


def move(quote: Quote, *, to: QuoteState, action: str, by: User, changes: Mapping[str, object] | None = None) -> Quote:
    """Write the new state of a locked quote, and the event."""
    before = quote.state
    Quote.objects.filter(pk=quote.pk).update(state=to)
    quote.state = to
    audit.record(by=by, action=action, subject=quote, changes={"state": [before, to.value], **(changes or {})})
    return quote
