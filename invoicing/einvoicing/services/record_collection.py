"""« Encaissée »: the status that follows the money, in the transaction of the payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.einvoicing.enums import LifecycleStatus, StatusSource
from invoicing.einvoicing.models import CollectedAmount, DocumentStatus
from invoicing.einvoicing.rules import CollectedPart
from invoicing.einvoicing.services.queue import queue_statuses
from invoicing.invoices.models import Invoice
from members.people.models import User


@dataclass(frozen=True)
class Collection:
    """What money that came in, or went back, paid of one document, VAT row by VAT row."""

    invoice: Invoice
    parts: tuple[CollectedPart, ...]


def record_collections(*, collections: Sequence[Collection], on: date, reference: str, by: User) -> None:
    """Log 212 for each document that is paid, with the amounts of its VAT rows; the caller holds the transaction.

    A payment that is undone is logged with negative amounts: the sum of a document's 212 is what was collected of it.
    """
    statuses = DocumentStatus.objects.bulk_create(
        DocumentStatus(
            invoice=collection.invoice,
            code=LifecycleStatus.COLLECTED,
            source=StatusSource.OURS,
            reference=reference,
            happened_on=on,
            author=by,
        )
        for collection in collections
    )
    CollectedAmount.objects.bulk_create(
        CollectedAmount(status=status, category=part.category, rate=part.rate, net=part.net, vat=part.vat)
        for status, collection in zip(statuses, collections, strict=True)
        for part in collection.parts
    )
    queue_statuses(statuses)
