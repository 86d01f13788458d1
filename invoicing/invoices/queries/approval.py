"""What the approval of a document asks: the cooperative's settings, earlier approvals, authors, the personal right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import Approval, ApprovalSettings, SelfApproval
from members.activities.queries import in_force
from members.people.models import User

WRITING = ("invoice.drafted", "invoice.submitted")
"""What makes someone an author of a document, in the audit trail."""


def approval_settings() -> ApprovalSettings:
    """How the cooperative approves; what stands at first when it chose nothing."""
    return ApprovalSettings.objects.first() or ApprovalSettings(pk=1)


def approvers_of(invoices: Iterable[Invoice]) -> dict[int, list[User]]:
    """Who approved each document since it was last submitted, first to last: one query."""
    approvals = (
        Approval.objects.filter(invoice__in=[invoice.pk for invoice in invoices], set_aside_at=None)
        .select_related("approved_by")
        .order_by("pk")
    )
    found: dict[int, list[User]] = defaultdict(list)
    for approval in approvals:
        found[approval.invoice_id].append(approval.approved_by)
    return found


def authors_of(invoices: Iterable[Invoice]) -> dict[int, set[int]]:
    """The accounts that wrote or submitted each document, from the audit trail: one query."""
    events = AuditEvent.objects.filter(
        subject_type=Invoice._meta.label_lower,
        subject_id__in=[invoice.pk for invoice in invoices],
        action__in=WRITING,
    )
    found: dict[int, set[int]] = defaultdict(set)
    for invoice_id, author_id in events.order_by().values_list("subject_id", "author_id").distinct():
        found[invoice_id].add(author_id)
    return found


def self_approval_of(user: User, on: date) -> SelfApproval | None:
    """The right to approve one's own documents that this account's person has that day."""
    return SelfApproval.objects.filter(in_force(on), person__user=user).select_related("person").first()


def is_self_approved(invoice: Invoice, user: User) -> bool:
    """Whether this person approved this document under a personal right, and may therefore issue it."""
    if invoice.state != InvoiceState.APPROVED:
        return False
    approvals = Approval.objects.filter(invoice=invoice, approved_by=user, set_aside_at=None, under__isnull=False)
    return approvals.exists()
