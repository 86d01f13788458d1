"""Giving a customer the private address of a quote."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import digest_of, new_secret
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote, QuoteLink
from invoicing.quotes.queries.quotes import locked_quote
from members.people.models import User


@transaction.atomic
def open_link(*, quote: Quote, by: User, at: datetime) -> str:
    """A new private address of a sent quote, open until the end of its last day; the secret is given once.

    Earlier addresses go on opening. Refused: a quote that is no longer on offer.
    """
    current = locked_quote(quote)
    ends = end_of_validity(current)
    if current.state != QuoteState.SENT or ends is None or ends <= at:
        raise RefusalError("Seul un devis envoyé et encore valable a un lien privé.")
    secret = new_secret()
    QuoteLink.objects.create(quote=current, digest=digest_of(secret), expires_at=ends, created_by=by, created_at=at)
    audit.record(by=by, action="quote.link_opened", subject=current, changes={"expire": ends})
    return secret


def end_of_validity(quote: Quote) -> datetime | None:
    """The midnight that follows the last day of validity."""
    if quote.valid_until is None:
        return None
    return timezone.make_aware(datetime.combine(quote.valid_until + timedelta(days=1), time.min))
