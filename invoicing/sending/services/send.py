"""Sending a document: the message with its PDF, and a private link for who would rather download it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from cae_backoffice.core import audit, mail
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import Attachment, queue_mail
from cae_backoffice.core.models import OutgoingMessage
from cae_backoffice.core.tokens import digest_of, new_secret
from invoicing.customers.enums import Purpose
from invoicing.customers.queries import recipients
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.queries import words_for
from invoicing.mailing.rules import Words, filled_words, placeholder_problems
from invoicing.sending.models import DocumentSending, DownloadLink
from invoicing.sending.queries import may_be_resent, pdf_of, seller
from invoicing.sending.rules import LINK_DAYS, may_send, occasion_of, values_of
from members.cooperative.models import Cooperative
from members.people.models import User


@transaction.atomic
def send_document(*, invoice: Invoice, words: Words, to: Sequence[str], by: User, at: datetime) -> DocumentSending:
    """Send an issued document with the words that the sender read; the PDF is joined, `{lien}` becomes its link.

    Raises RefusalError for who may not, a document that is not issued, a PDF that is not there yet, an unknown
    placeholder and whatever `queue_mail` refuses.
    """
    invoice = locked_invoice(invoice)
    if not may_send(by, invoice):
        raise RefusalError(
            "Ce document ne peut pas être envoyé\u00a0: il n’est pas émis, ou vous n’en avez pas le droit."
        )
    return _send(invoice, occasion_of(invoice), words, to, by=by, at=at)


@transaction.atomic
def send_automatically(*, invoice: Invoice, by: User, at: datetime) -> DocumentSending:
    """Send a document in the name of who chose that the activity's documents leave by themselves; once."""
    invoice = locked_invoice(invoice)
    if invoice.sendings.exists():
        raise RefusalError("Ce document est déjà parti.")
    kind = occasion_of(invoice)
    words = filled_words(words_for(kind, invoice.activity), values_of(invoice, seller()))
    to = [one.email for one in recipients(invoice.customer, Purpose.INVOICES)] if invoice.customer else []
    return _send(invoice, kind, words, to, by=by, at=at, is_automatic=True)


@transaction.atomic
def send_about(
    *,
    invoice: Invoice,
    kind: TemplateKind,
    words: Words,
    to: Sequence[str],
    by: User,
    at: datetime,
    files: Iterable[Attachment] = (),
) -> DocumentSending:
    """Write about an issued document on another occasion (a reminder), with further files beside its PDF.

    The room that calls has asked who may.
    """
    return _send(locked_invoice(invoice), kind, words, to, by=by, at=at, files=files)


@transaction.atomic
def resend_document(*, sending: DocumentSending, by: User, at: datetime) -> DocumentSending:
    """The same message once more, as long as its link opens; with another text, one sends the document anew."""
    sending = (
        DocumentSending.objects.select_for_update(of=("self",))
        .select_related("invoice", "message", "link")
        .get(pk=sending.pk)
    )
    if not may_send(by, sending.invoice):
        raise RefusalError("Vous ne pouvez pas renvoyer ce document.")
    if not may_be_resent(sending, at):
        raise RefusalError(
            "Ce message attend encore, ou son lien ne s’ouvre plus\u00a0: envoyez le document à nouveau."
        )
    message = mail.resend(message=sending.message, by=by, at=at)
    copy = DocumentSending.objects.create(
        invoice=sending.invoice, kind=sending.kind, message=message, link=sending.link
    )
    audit.record(by=by, action="invoice.sent", subject=sending.invoice, changes=_trace(message))
    return copy


@transaction.atomic
def revoke_link(*, link: DownloadLink, by: User, at: datetime) -> DownloadLink:
    """Close a link before its time: whoever follows it is told that it no longer opens."""
    link = DownloadLink.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=link.pk)
    if not may_send(by, link.invoice):
        raise RefusalError("Vous ne pouvez pas fermer ce lien.")
    if not link.opens(at):
        raise RefusalError("Ce lien ne s’ouvre déjà plus.")
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    audit.record(by=by, action="invoice.link_revoked", subject=link.invoice, changes={"lien": link.pk})
    return link


def _send(
    invoice: Invoice,
    kind: TemplateKind,
    words: Words,
    to: Sequence[str],
    *,
    by: User,
    at: datetime,
    files: Iterable[Attachment] = (),
    is_automatic: bool = False,
) -> DocumentSending:
    reasons = placeholder_problems(kind, words.subject, words.body)
    if reasons:
        raise RefusalError(reasons)
    attachments = [pdf_of(invoice), *files]
    cooperative = seller()
    link, address = _new_link(invoice, by=by, at=at)
    words = filled_words(words, {"lien": address})
    message = queue_mail(
        to=to,
        subject=words.subject,
        body=words.body,
        about=invoice,
        by=by,
        at=at,
        reply_to=invoice.activity.email or cooperative.email,
        from_name=_sender_name(invoice, cooperative),
        attachments=attachments,
    )
    sending = DocumentSending.objects.create(
        invoice=invoice, kind=kind, message=message, link=link, is_automatic=is_automatic
    )
    audit.record(by=by, action="invoice.sent", subject=invoice, changes=_trace(message))
    return sending


def _new_link(invoice: Invoice, *, by: User, at: datetime) -> tuple[DownloadLink, str]:
    """The link's row and its address, which nothing else will ever say again."""
    secret = new_secret()
    link = DownloadLink.objects.create(
        invoice=invoice,
        digest=digest_of(secret),
        expires_at=at + timedelta(days=LINK_DAYS),
        created_at=at,
        created_by=by,
    )
    return link, f"{settings.SITE_ADDRESS}{reverse('document-download', args=[secret])}"


def _sender_name(invoice: Invoice, cooperative: Cooperative) -> str:
    return f"{invoice.activity.name} ({cooperative.short_name})"[:120]


def _trace(message: OutgoingMessage) -> dict[str, object]:
    return {"message": message.pk, "destinataires": message.recipients}
