"""Writing to the customer: the words of the activity, the private link, the PDF."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import Attachment, queue_mail
from cae_backoffice.core.models import OutgoingMessage
from cae_backoffice.core.money import format_euros
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.queries import words_for
from invoicing.mailing.rules import filled_words
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.services.open_link import open_link
from invoicing.quotes.services.store_pdf import store_pdf
from members.cooperative.queries import the_cooperative
from members.people.models import User


def mail_quote(
    *, quote: Quote, to: Sequence[str], address_of: Callable[[str], str], by: User, at: datetime
) -> OutgoingMessage:
    """Queue the message with a new private link and the PDF, in the activity's words; answers go to the activity.

    `address_of` makes the link's address of its secret. Refused: a quote that is no longer on offer, an address that
    is none, words that lack.
    """
    if quote.state != QuoteState.SENT:
        raise RefusalError("Seul un devis envoyé et encore valable part par courriel.")
    store_pdf(quote=quote, by=by)
    return _queued(quote=quote, to=to, address_of=address_of, by=by, at=at)


@transaction.atomic
def _queued(
    *, quote: Quote, to: Sequence[str], address_of: Callable[[str], str], by: User, at: datetime
) -> OutgoingMessage:
    secret = open_link(quote=quote, by=by, at=at)
    current = locked_quote(quote)
    cooperative = the_cooperative()
    if current.customer is None or cooperative is None:
        raise RefusalError("La coopérative ou le client du devis manque.")
    values = {
        "numero": current.reference,
        "objet": current.subject,
        "date": f"{current.issued_on:%d/%m/%Y}",
        "montant": format_euros(current.gross),
        "validite": f"{current.valid_until:%d/%m/%Y}",
        "client": current.customer.name,
        "enseigne": current.activity.name,
        "cooperative": cooperative.legal_name,
        "lien": address_of(secret),
    }
    words = filled_words(words_for(TemplateKind.QUOTE, current.activity), values)
    message = queue_mail(
        to=to,
        subject=words.subject,
        body=words.body,
        about=current,
        by=by,
        at=at,
        reply_to=current.activity.email,
        from_name=current.activity.name,
        attachments=[_pdf_of(current)],
    )
    audit.record(by=by, action="quote.mailed", subject=current, changes={"destinataires": list(message.recipients)})
    return message


def _pdf_of(quote: Quote) -> Attachment:
    file = quote.file
    return Attachment(
        name=f"Devis {quote.reference}.pdf",
        content_type="application/pdf",
        path=str(file.pdf),
        sha256=file.sha256,
        size=file.size,
    )
