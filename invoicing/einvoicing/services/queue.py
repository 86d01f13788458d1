"""What has to reach the platform, written in the transaction that causes it."""

from collections.abc import Iterable

from django.db.models.functions import Now

from invoicing.einvoicing.enums import TransmissionKind
from invoicing.einvoicing.models import DocumentStatus, Transmission
from invoicing.einvoicing.rules import goes_to_platform
from invoicing.invoices.models import Invoice
from invoicing.rendering.document import FrozenDocument


def queue_document(*, invoice: Invoice, document: FrozenDocument) -> None:
    """Let a document that is being issued go to the platform, when the reform sends it there (`DOCUMENT_ISSUED`)."""
    if goes_to_platform(document):
        Transmission.objects.create(kind=TransmissionKind.INVOICE, invoice=invoice, next_try_at=Now())


def queue_statuses(statuses: Iterable[DocumentStatus]) -> None:
    """Let these statuses follow their documents, those that go to the platform."""
    rows = list(statuses)
    sent = Transmission.objects.filter(kind=TransmissionKind.INVOICE, invoice__in=[row.invoice_id for row in rows])
    concerned = set(sent.values_list("invoice_id", flat=True))
    Transmission.objects.bulk_create(
        Transmission(kind=TransmissionKind.STATUS, invoice_id=row.invoice_id, status=row, next_try_at=Now())
        for row in rows
        if row.invoice_id in concerned
    )
