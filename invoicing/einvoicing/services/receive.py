"""Reading what the platform holds for us: statuses of our documents, invoices of suppliers."""

import hashlib

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from pypdf.errors import PyPdfError

from cae_backoffice.core.errors import RefusalError
from invoicing.einvoicing.enums import (
    MAX_COMMENT,
    NEEDS_REASON,
    LifecycleStatus,
    StatusReason,
    StatusSource,
    TransmissionKind,
    TransmissionState,
)
from invoicing.einvoicing.models import DocumentStatus, ReceivedInvoice, Transmission
from invoicing.einvoicing.queries import activity_of, last_status
from invoicing.einvoicing.rules import status_errors
from invoicing.einvoicing.services.channel import the_channel
from invoicing.einvoicing.services.port import IncomingFile
from invoicing.einvoicing.services.record_status import locked_document
from invoicing.invoices.models import Invoice
from invoicing.rendering.facturx import embedded_xml
from invoicing.rendering.status_message import (
    MOST_BYTES,
    InvoiceRead,
    StatusRead,
    UnreadableError,
    read_invoice,
    read_statuses,
)

MAX_PROBLEM = 500


def receive_statuses() -> int:
    """Log the statuses that wait at the platform; how many messages were read. The rest is put aside with why."""
    channel, read = the_channel(), 0
    for file in channel.poll():
        try:
            with transaction.atomic():
                for status in read_statuses(file.content):
                    _log(status, file.name)
        except (UnreadableError, RefusalError) as error:
            channel.refuse(file, str(error))
        else:
            channel.take(file)
            read += 1
    return read


def _log(read: StatusRead, reference: str) -> None:
    """One status of one document; one that is said again changes nothing."""
    invoice = Invoice.objects.filter(number=read.number).first()
    if invoice is None:
        raise RefusalError(f"Le document {read.number} n’est pas de cette coopérative.")
    locked, last = locked_document(invoice), last_status(invoice)
    if read.code not in LifecycleStatus.values:
        raise RefusalError(f"Le statut {read.code} n’est pas connu.")
    if DocumentStatus.objects.filter(invoice=locked, code=read.code, happened_on=read.happened_on).exists():
        return
    reason = read.reason if read.reason in StatusReason.values else ""
    errors = status_errors(last=last, code=read.code, reason=reason, comment=read.comment[:MAX_COMMENT])
    if read.code == last == LifecycleStatus.DEPOSITED:
        errors = []
    if errors:
        raise RefusalError(errors)
    DocumentStatus.objects.create(
        invoice=locked,
        code=read.code,
        reason=reason,
        comment=read.comment[:MAX_COMMENT],
        source=StatusSource.PLATFORM,
        reference=reference[:64],
        happened_on=read.happened_on,
    )
    _acknowledge(locked, read, reason)


def _acknowledge(invoice: Invoice, read: StatusRead, reason: str) -> None:
    """The platform has the document; a rejection stops it and the accountant sees why."""
    sent = Transmission.objects.filter(invoice=invoice, kind=TransmissionKind.INVOICE)
    if read.code in {LifecycleStatus.REJECTED, LifecycleStatus.INADMISSIBLE} and read.code in NEEDS_REASON:
        why = f"{LifecycleStatus(read.code).label}\u00a0: {StatusReason(reason).label} {read.comment}".strip()
        sent.update(state=TransmissionState.STUCK, next_try_at=None, last_error=why[:MAX_PROBLEM])
    else:
        sent.filter(state=TransmissionState.SENT).update(state=TransmissionState.ACKNOWLEDGED)


def receive_invoices() -> int:
    """Store the invoices of suppliers that wait at the platform, each once; how many were new."""
    channel, stored = the_channel(), 0
    for file in channel.fetch():
        if len(file.content) > MOST_BYTES:
            channel.refuse(file, f"Ce fichier dépasse {MOST_BYTES // 1024 // 1024} Mo.")
            continue
        stored += _store(file)
        channel.take(file)
    return stored


def _store(file: IncomingFile) -> bool:
    sha256 = hashlib.sha256(file.content).hexdigest()
    if ReceivedInvoice.objects.filter(sha256=sha256).exists():
        return False
    received = ReceivedInvoice(name=file.name[:200], sha256=sha256, size=len(file.content))
    try:
        _fill(received, read_invoice(_xml_of(file.content)))
    except UnreadableError as error:
        received.problem = str(error)[:MAX_PROBLEM]
    suffix = ".pdf" if file.content.startswith(b"%PDF-") else ".xml"
    received.file.save(f"{sha256}{suffix}", ContentFile(file.content), save=False)
    try:
        with transaction.atomic():
            received.save(force_insert=True)
    except IntegrityError:
        received.file.delete(save=False)
        return False
    return True


def _fill(received: ReceivedInvoice, read: InvoiceRead) -> None:
    received.number, received.issued_on, received.gross = read.number[:60], read.issued_on, read.gross
    received.seller_name, received.seller_siren = read.seller_name[:200], read.seller_siren
    received.address = read.address[:125]
    received.activity = activity_of(read.address)
    if received.activity is None:
        received.problem = "L’adresse de réception ne nomme aucune activité\u00a0: à rattacher."


def _xml_of(content: bytes) -> bytes:
    if not content.startswith(b"%PDF-"):
        return content
    try:
        xml = embedded_xml(content)
    except (PyPdfError, RecursionError, ValueError) as error:
        raise UnreadableError(f"Ce PDF est illisible\u00a0: {str(error)[:200]}") from error
    if xml is None:
        raise UnreadableError("Ce PDF ne contient pas de facture électronique.")
    return xml
