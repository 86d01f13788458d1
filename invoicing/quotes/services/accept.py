"""The customer's agreement, signed online or noted from a signed document."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.quotes.enums import AnswerChannel, QuoteState, SignatureKind
from invoicing.quotes.models import ChosenOption, Quote, QuoteAcceptance, QuoteLink
from invoicing.quotes.queries.quotes import adjustments_of, lines_of, locked_quote
from invoicing.quotes.rules import (
    Visitor,
    may_answer_online,
    may_record_answer,
    quote_totals,
    signature_png,
    signed_file_extension,
)
from invoicing.quotes.services.transition import move, refuse_unless
from members.people.models import User

MAX_NAME = 120


@transaction.atomic
def accept_online(
    *,
    link: QuoteLink,
    name: str,
    options: Collection[int],
    drawing: bytes | None,
    visitor: Visitor,
    at: datetime,
) -> QuoteAcceptance:
    """Accept a quote by its private link: with the name typed, and a signature drawn when there is a `drawing`.

    Of two customers who click at once, the first is kept. Refused: a link that is closed, a quote no longer on offer
    or whose validity is over, no name, options it does not have, a drawing that is none. The event is written in the
    name of whoever opened the link, since the customer has no account.
    """
    current = locked_quote(link.quote)
    on = timezone.localdate(at)
    if not link.opens(at) or not may_answer_online(current, on):
        raise RefusalError("Ce devis n’attend plus de réponse.")
    png = signature_png(drawing) if drawing is not None else None
    acceptance = QuoteAcceptance(
        quote=current,
        channel=AnswerChannel.ONLINE,
        answered_on=on,
        recorded_at=at,
        name=signer_name(name),
        ip_address=visitor.ip_address,
        user_agent=visitor.user_agent,
        signature_kind=SignatureKind.TYPED if png is None else SignatureKind.DRAWN,
        signature_png=png,
        sha256="" if png is None else hashlib.sha256(png).hexdigest(),
    )
    return _accepted(current, acceptance, options, by=link.created_by)


def accept_by_hand(
    *,
    quote: Quote,
    name: str,
    options: Collection[int],
    answered_on: date,
    signed: bytes,
    by: User,
    at: datetime,
) -> QuoteAcceptance:
    """Note an agreement received on paper or by mail, with the signed document (PDF, PNG or JPEG).

    Refused: a day outside the validity or in the future, a file that is no such document, and as `accept_online`.
    """
    name_on_disk = f"{hashlib.sha256(signed).hexdigest()}.{signed_file_extension(signed)}"
    path = default_storage.save(f"signed/{answered_on:%Y/%m}/{name_on_disk}", ContentFile(signed))
    try:
        return _accept_signed(
            quote=quote, name=name, options=options, answered_on=answered_on, signed=signed, path=path, by=by, at=at
        )
    except BaseException:
        default_storage.delete(path)
        raise


@transaction.atomic
def _accept_signed(
    *,
    quote: Quote,
    name: str,
    options: Collection[int],
    answered_on: date,
    signed: bytes,
    path: str,
    by: User,
    at: datetime,
) -> QuoteAcceptance:
    current = locked_quote(quote)
    refuse_unless(allowed=may_record_answer(by, current), verb="noter l’accord sur", quote=current)
    refuse_day(current, answered_on, at)
    acceptance = QuoteAcceptance(
        quote=current,
        channel=AnswerChannel.BY_HAND,
        answered_on=answered_on,
        recorded_at=at,
        name=signer_name(name),
        recorded_by=by,
        signature_kind=SignatureKind.FILE,
        signed_file=path,
        sha256=hashlib.sha256(signed).hexdigest(),
    )
    return _accepted(current, acceptance, options, by=by)


def signer_name(name: str) -> str:
    """The name of who answers, tidied. Refused: none, one too long, or with control characters."""
    name = " ".join(tidy(name).split())
    if not name:
        raise RefusalError("Indiquez le nom de la personne qui répond.")
    if len(name) > MAX_NAME or control_characters(name):
        raise RefusalError(f"Le nom a au plus {MAX_NAME} caractères, sans caractère de contrôle.")
    return name


def refuse_day(quote: Quote, answered_on: date, at: datetime) -> None:
    """Raise RefusalError for an answer dated before the quote, after its validity, or in the future."""
    if quote.issued_on is None or quote.valid_until is None or not quote.issued_on <= answered_on <= quote.valid_until:
        raise RefusalError(
            f"La réponse est datée entre l’envoi du devis ({quote.issued_on:%d/%m/%Y}) "
            f"et la fin de sa validité ({quote.valid_until:%d/%m/%Y})."
        )
    if answered_on > timezone.localdate(at):
        raise RefusalError("La réponse ne peut pas être datée dans le futur.")


def _accepted(quote: Quote, acceptance: QuoteAcceptance, options: Collection[int], *, by: User) -> QuoteAcceptance:
    lines = lines_of(quote)
    chosen = [line for line in lines if line.is_option and line.pk in options]
    if len(chosen) < len(set(options)):
        raise RefusalError("Ce devis n’a pas cette option.")
    amounts = quote_totals(lines, frozenset(options), adjustments_of(quote))
    acceptance.net, acceptance.vat, acceptance.gross = amounts.net, amounts.vat, amounts.gross
    acceptance.save(force_insert=True)
    ChosenOption.objects.bulk_create(ChosenOption(acceptance=acceptance, line=line) for line in chosen)
    changes = {
        "nom": acceptance.name,
        "date": acceptance.answered_on,
        "canal": acceptance.channel,
        "options": [line.position for line in chosen],
        "gross": acceptance.gross,
        "ip": acceptance.ip_address,
    }
    move(quote, to=QuoteState.ACCEPTED, action="quote.accepted", by=by, changes=changes)
    return acceptance
