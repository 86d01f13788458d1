"""The approval queue: each submitted document with its warnings, who approved it already, and whether one may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ApprovalSettings, ReturnReason
from invoicing.invoices.queries import awaiting_approval
from invoicing.invoices.queries.approval import approval_settings, approvers_of, authors_of
from invoicing.invoices.queries.warnings import warnings_by_document
from invoicing.invoices.rules.approval import approval_problems, wanted_approvals
from invoicing.invoices.rules.warnings import Warned
from members.people.models import User


@dataclass(frozen=True)
class QueueItem:
    """A submitted document; `problems` is why the person who looks does not approve it, in French sentences."""

    invoice: Invoice
    warnings: tuple[Warned, ...]
    approvers: tuple[User, ...]
    wanted: int
    problems: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Whether it may be approved with others, unseen: nothing warns, nothing hinders."""
        return not self.warnings and not self.problems


@dataclass(frozen=True)
class ApprovalQueue:
    """The submitted documents, the one that waits longest first."""

    items: tuple[QueueItem, ...]

    def position_of(self, pk: int) -> int | None:
        """The rank of a document, from zero; None when it is not in the queue (any more)."""
        return next((i for i, item in enumerate(self.items) if item.invoice.pk == pk), None)

    def at(self, position: int) -> QueueItem | None:
        """The document of a rank, or None outside the queue."""
        return self.items[position] if 0 <= position < len(self.items) else None

    @property
    def clear(self) -> tuple[QueueItem, ...]:
        """Those without warning that the person may approve."""
        return tuple(item for item in self.items if item.is_clear)


def approval_queue(user: User, on: date) -> ApprovalQueue:
    """What waits for approval, as this person sees it that day: fourteen queries, however long it is."""
    invoices = list(awaiting_approval(user))
    settings = approval_settings()
    warnings = warnings_by_document(invoices, on=on, settings=settings)
    approvers, authors = approvers_of(invoices), authors_of(invoices)
    return ApprovalQueue(
        items=tuple(
            _item(
                invoice,
                user,
                warnings=warnings[invoice.pk],
                approvers=approvers[invoice.pk],
                authors=authors[invoice.pk],
                settings=settings,
            )
            for invoice in invoices
        )
    )


def _item(
    invoice: Invoice,
    user: User,
    *,
    warnings: tuple[Warned, ...],
    approvers: list[User],
    authors: set[int],
    settings: ApprovalSettings,
) -> QueueItem:
    return QueueItem(
        invoice=invoice,
        warnings=warnings,
        approvers=tuple(approvers),
        wanted=wanted_approvals(invoice, settings),
        problems=tuple(approval_problems(user, authors=authors, approvers=approvers, settings=settings)),
    )


def offered_reasons() -> list[str]:
    """The reasons for a return that are ready to be chosen."""
    return list(ReturnReason.objects.filter(is_offered=True).values_list("text", flat=True))
