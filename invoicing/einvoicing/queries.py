"""Reading the life of electronic invoices."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO
from invoicing.einvoicing.enums import LifecycleStatus, StatusReason, StatusSource
from invoicing.einvoicing.models import DocumentStatus
from invoicing.einvoicing.rules import suffix_of
from invoicing.invoices.models import Invoice, IssuedSnapshot
from invoicing.rendering.status_message import StatusMessage
from members.activities.models import Activity


@dataclass(frozen=True)
class StatusStep:
    """One line of a document's timeline, as a person reads it."""

    code: str
    label: str
    reason: str
    comment: str
    source: str
    author: str
    reference: str
    happened_on: date
    amounts: tuple[tuple[Decimal, Decimal], ...]
    """Rate and amount incl. VAT."""

    @property
    def total(self) -> Decimal:
        """What was collected, incl. VAT."""
        return sum((amount for _, amount in self.amounts), ZERO)


def timeline(invoice: Invoice) -> list[StatusStep]:
    """The statuses of a document in the order of their recording, in two queries."""
    statuses = DocumentStatus.objects.filter(invoice=invoice).select_related("author").prefetch_related("amounts")
    return [
        StatusStep(
            code=status.code,
            label=LifecycleStatus(status.code).label,
            reason=StatusReason(status.reason).label if status.reason else "",
            comment=status.comment,
            source=StatusSource(status.source).label,
            author=str(status.author) if status.author else "",
            reference=status.reference,
            happened_on=status.happened_on,
            amounts=tuple((amount.rate, amount.net + amount.vat) for amount in status.amounts.all()),
        )
        for status in statuses.order_by("pk")
    ]


def last_status(invoice: Invoice) -> str:
    """The status that says what may come next; empty before any. « Encaissée » stands beside."""
    rows = DocumentStatus.objects.filter(invoice=invoice).exclude(code=LifecycleStatus.COLLECTED)
    return rows.order_by("-pk").values_list("code", flat=True).first() or ""


def message_of(status: DocumentStatus) -> StatusMessage:
    """The message that tells the platform a status of ours."""
    snapshot = IssuedSnapshot.objects.get(invoice_id=status.invoice_id)
    content = snapshot.content
    return StatusMessage(
        number=content["number"],
        kind=content["kind"],
        issued_on=date.fromisoformat(content["issued_on"]),
        seller_siren=content["seller"]["siren"],
        code=status.code,
        label=status.get_code_display(),
        happened_on=status.happened_on,
        reason=status.reason,
        comment=status.comment,
        amounts=tuple((amount.rate, amount.net + amount.vat) for amount in status.amounts.all()),
    )


def activity_of(address: str) -> Activity | None:
    """The activity that the suffix of an electronic address names by its analytic code."""
    suffix = suffix_of(address)
    return Activity.objects.filter(code=suffix).first() if suffix else None
