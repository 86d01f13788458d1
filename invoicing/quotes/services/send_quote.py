"""Sending a quote: from here on it binds the cooperative until the end of its validity."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction
from procrastinate.contrib.django import app

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote, QuoteLine, QuoteSnapshot
from invoicing.quotes.queries.material import quote_material
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.rules import OPEN_TO_REVISION, may_send
from invoicing.quotes.services.document import build_quote, legal_problems
from invoicing.quotes.services.number import next_quote_number
from invoicing.quotes.services.transition import move, refuse_unless
from invoicing.rendering.quote import quote_to_json
from members.people.models import User

RENDER_TASK = "invoicing.render_quote_pdf"
WRITTEN = ("state", "number", "issued_on", "conditions", "sent_by")


@transaction.atomic
def send_quote(*, quote: Quote, by: User, on: date) -> Quote:
    """Give the quote its number and freeze it, with the general conditions and the
    legal texts of that day; a new version replaces the
    one before, whose number it keeps.

    Refused with every reason: a quote already sent, no customer, no line, no validity or one that is over, a former
    version that the customer accepted meanwhile, and whatever a quote must say by law and lacks. Its PDF is rendered
    by a job.
    """
    current = locked_quote(quote)
    refuse_unless(allowed=may_send(by, current), verb="envoyer", quote=current)
    former = locked_quote(current.replaces) if current.replaces else None
    material = quote_material(current, on)
    if reasons := [*_problems(current, former, material.lines, on), *legal_problems(material)]:
        raise RefusalError(list(dict.fromkeys(reasons)))
    if former:
        move(former, to=QuoteState.REPLACED, action="quote.replaced", by=by, changes={"version": current.version})
    current.state = QuoteState.SENT
    current.number = former.number if former else next_quote_number(on=on)
    current.issued_on = on
    current.conditions = material.conditions
    current.sent_by = by
    current.save(update_fields=WRITTEN)
    QuoteSnapshot.objects.create(quote=current, content=quote_to_json(build_quote(material)))
    app.configure_task(RENDER_TASK).defer(quote_id=current.pk, user_id=by.pk)
    amounts = {"number": current.reference, "net": current.net, "gross": current.gross}
    audit.record(by=by, action="quote.sent", subject=current, changes=amounts)
    return current


def _problems(quote: Quote, former: Quote | None, lines: Sequence[QuoteLine], on: date) -> Iterator[str]:
    if quote.customer is None:
        yield "Choisissez le client."
    if not lines:
        yield "Écrivez au moins une ligne."
    if lines and quote.gross < 0:
        yield "Le total d’un devis n’est pas négatif."
    if quote.valid_until is None:
        yield "Indiquez jusqu’à quel jour le devis est valable."
    elif quote.valid_until < on:
        yield f"La validité du devis est déjà passée ({quote.valid_until:%d/%m/%Y})."
    if former and former.state not in OPEN_TO_REVISION:
        state = QuoteState(former.state).label.lower()
        yield f"La version précédente est «\u00a0{state}\u00a0»\u00a0: elle ne peut plus être remplacée."
