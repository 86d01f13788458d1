"""Taking an offer back before it is answered."""

from django.db import transaction

from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.rules import may_withdraw
from invoicing.quotes.services.transition import move, refuse_unless
from members.people.models import User


@transaction.atomic
def withdraw_quote(*, quote: Quote, reason: str, by: User) -> Quote:
    """End a sent quote that nobody answered; its link then says so. Refused once it is answered or over."""
    current = locked_quote(quote)
    refuse_unless(allowed=may_withdraw(by, current), verb="retirer", quote=current)
    return move(current, to=QuoteState.WITHDRAWN, action="quote.withdrawn", by=by, changes={"motif": reason.strip()})
