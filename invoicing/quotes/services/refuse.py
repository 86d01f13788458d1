"""The customer's no, online or noted by hand."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.quotes.enums import AnswerChannel, QuoteState
from invoicing.quotes.models import Quote, QuoteLink, QuoteRefusal
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.rules import Visitor, may_answer_online, may_record_answer
from invoicing.quotes.services.accept import refuse_day, signer_name
from invoicing.quotes.services.transition import move, refuse_unless
from members.people.models import User

MAX_REASON = 500


@transaction.atomic
def refuse_online(*, link: QuoteLink, name: str, reason: str, visitor: Visitor, at: datetime) -> QuoteRefusal:
    """Refuse a quote by its private link, with a reason if one is given. Refused as `accept_online`."""
    current = locked_quote(link.quote)
    on = timezone.localdate(at)
    if not link.opens(at) or not may_answer_online(current, on):
        raise RefusalError("Ce devis n’attend plus de réponse.")
    refusal = QuoteRefusal(
        quote=current,
        channel=AnswerChannel.ONLINE,
        answered_on=on,
        recorded_at=at,
        name=signer_name(name),
        ip_address=visitor.ip_address,
        user_agent=visitor.user_agent,
    )
    return _refused(current, refusal, reason, by=link.created_by)


@transaction.atomic
def refuse_by_hand(*, quote: Quote, name: str, reason: str, answered_on: date, by: User, at: datetime) -> QuoteRefusal:
    """Note that the customer declined. Refused: a day outside the validity, a quote that waits for no answer."""
    current = locked_quote(quote)
    refuse_unless(allowed=may_record_answer(by, current), verb="noter le refus sur", quote=current)
    refuse_day(current, answered_on, at)
    refusal = QuoteRefusal(
        quote=current,
        channel=AnswerChannel.BY_HAND,
        answered_on=answered_on,
        recorded_at=at,
        name=signer_name(name),
        recorded_by=by,
    )
    return _refused(current, refusal, reason, by=by)


def _refused(quote: Quote, refusal: QuoteRefusal, reason: str, *, by: User) -> QuoteRefusal:
    refusal.reason = " ".join(tidy(reason).split())
    if len(refusal.reason) > MAX_REASON or control_characters(refusal.reason):
        raise RefusalError(f"Le motif a au plus {MAX_REASON} caractères, sans caractère de contrôle.")
    refusal.save(force_insert=True)
    changes = {
        "nom": refusal.name,
        "date": refusal.answered_on,
        "canal": refusal.channel,
        "motif": refusal.reason,
        "ip": refusal.ip_address,
    }
    move(quote, to=QuoteState.REFUSED, action="quote.refused", by=by, changes=changes)
    return refusal
