"""Who may approve a document: the personal right, four eyes, two approvers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.money import format_euros
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ApprovalSettings, SelfApproval
from members.activities.models import Activity
from members.people.models import User


def wanted_approvals(invoice: Invoice, settings: ApprovalSettings) -> int:
    """How many different people approve this document: two above the cooperative's threshold."""
    threshold = settings.two_approvers_from
    return 2 if threshold is not None and abs(invoice.net) > threshold else 1


def approval_problems(
    user: User,
    *,
    authors: Collection[int],
    approvers: Sequence[User],
    settings: ApprovalSettings,
) -> list[str]:
    """Why this person, who may approve, does not approve this very document, in French sentences."""
    problems = []
    if settings.four_eyes and user.pk in authors:
        problems.append("Vous avez rédigé ou soumis ce document\u00a0: une autre personne le valide (quatre yeux).")
    if user in approvers:
        problems.append("Vous avez déjà validé ce document\u00a0: une autre personne le valide aussi.")
    return problems


def may_self_approve(user: User, invoice: Invoice, right: SelfApproval | None) -> bool:
    """Whether this is a draft that the user may issue without the cooperative: one of an activity they carry, and not
    a credit note. The ceiling is `self_approval_problems`.
    """
    return (
        right is not None
        and has_right(user, Right.DRAFT_INVOICES)
        and invoice.state == InvoiceState.DRAFT
        and invoice.kind in {InvoiceKind.INVOICE, InvoiceKind.DEPOSIT}
        and Activity.objects.carried_by(user.pk).filter(pk=invoice.activity_id).exists()
    )


def self_approval_problems(invoice: Invoice, right: SelfApproval, settings: ApprovalSettings) -> list[str]:
    """Why a personal right does not reach this document, in French sentences."""
    problems = []
    if invoice.net > right.ceiling:
        problems.append(
            f"Le total HT ({format_euros(invoice.net)}) dépasse votre plafond d’autovalidation "
            f"({format_euros(right.ceiling)})\u00a0: soumettez le document à la coopérative."
        )
    if wanted_approvals(invoice, settings) > 1:
        problems.append("Un document de ce montant est validé par deux personnes\u00a0: soumettez-le à la coopérative.")
    return problems
