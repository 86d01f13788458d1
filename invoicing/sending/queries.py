"""Reading what was sent, and what a message would say."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import Attachment
from invoicing.customers.enums import Purpose
from invoicing.customers.models import Customer
from invoicing.customers.queries import Recipient, recipients
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, IssuedFile
from invoicing.mailing.queries import words_for
from invoicing.mailing.rules import Words, filled_words
from invoicing.sending.models import DocumentSending, SendingPreference
from invoicing.sending.rules import occasion_of, values_of
from members.activities.models import Activity
from members.cooperative.models import Cooperative
from members.cooperative.queries import the_cooperative


@dataclass(frozen=True)
class Proposal:
    """A document ready to be sent: to whom it usually goes, to whom else it may, and the words, without the link."""

    usual: tuple[Recipient, ...]
    others: tuple[Recipient, ...]
    words: Words


def seller() -> Cooperative:
    """The cooperative in whose name one writes; RefusalError before the first set-up."""
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError("L’identité de la coopérative n’est pas encore enregistrée.")
    return cooperative


def proposal(invoice: Invoice) -> Proposal:
    """What the person who sends an issued document sees first."""
    if invoice.customer is None:
        raise RefusalError("Ce document n’a pas de client.")
    usual = recipients(invoice.customer, Purpose.INVOICES)
    words = words_for(occasion_of(invoice), invoice.activity)
    return Proposal(
        usual=usual,
        others=tuple(one for one in _reachable(invoice.customer) if one.email not in {other.email for other in usual}),
        words=filled_words(words, values_of(invoice, seller())),
    )


def _reachable(customer: Customer) -> list[Recipient]:
    contacts = customer.contacts.exclude(email="").order_by("name", "pk")
    own = [Recipient(customer.contact_name or customer.name, customer.email)] if customer.email else []
    found = [Recipient(contact.name, contact.email) for contact in contacts] + own
    return list({one.email.casefold(): one for one in reversed(found)}.values())[::-1]


def pdf_of(invoice: Invoice) -> Attachment:
    """The stored PDF as a file to join; RefusalError while the worker has not made it."""
    file = IssuedFile.objects.filter(invoice_id=invoice.pk).first()
    if file is None:
        raise RefusalError("Le PDF de ce document est en préparation\u00a0: réessayez dans un instant.")
    name = f"{invoice.number}.pdf".replace("/", "-")
    return Attachment(
        name=name, content_type="application/pdf", path=file.pdf.name or "", sha256=file.sha256, size=file.size
    )


def sendings_of(invoice: Invoice) -> QuerySet[DocumentSending]:
    """When a document was sent, to whom, what became of it and whether its link was opened; the latest first."""
    return (
        DocumentSending.objects.filter(invoice=invoice)
        .select_related("message__author", "link", "invoice")
        .order_by("-id")
    )


def preference_of(activity: Activity) -> SendingPreference | None:
    """What the activity chose; None when it never did, and then it sends by hand."""
    return SendingPreference.objects.filter(activity=activity).select_related("set_by").first()


def documents_to_send(*, limit: int = 200) -> QuerySet[Invoice]:
    """Issued documents whose PDF is stored and whose activity sends by itself, never sent so far; the oldest first.

    Only those issued, and whose PDF came, after the activity's choice: what was issued before it stays as it is.
    """
    sent = DocumentSending.objects.filter(invoice=OuterRef("pk"))
    return (
        Invoice.objects.filter(
            state=InvoiceState.ISSUED,
            activity__sending_preference__is_automatic=True,
            issued_on__gte=TruncDate("activity__sending_preference__since"),
            file__rendered_at__gte=F("activity__sending_preference__since"),
        )
        .filter(~Exists(sent))
        .select_related("customer", "activity__sending_preference__set_by")
        .order_by("file__rendered_at", "pk")[:limit]
    )


def may_be_resent(sending: DocumentSending, at: datetime) -> bool:
    """Whether the same message may leave again: it is no longer waiting, and its link still opens."""
    return sending.message.state != MessageState.QUEUED and sending.link.opens(at)
