"""Approving what was submitted."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import Approval
from invoicing.invoices.queries import document_material, locked_invoice
from invoicing.invoices.queries.approval import approval_settings, approvers_of, authors_of
from invoicing.invoices.rules import may_approve
from invoicing.invoices.rules.approval import approval_problems, wanted_approvals
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.transition import move, refuse_unless
from members.people.models import User


@transaction.atomic
def approve_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Say that the document may be issued; above the cooperative's threshold the first of two says it and it waits on.

    Refused with every reason for which it could not be issued that day, to whoever wrote or submitted it when the
    cooperative wants four eyes, and to whoever approved it already.
    """
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_approve(by, current), verb="valider", invoice=current)
    settings = approval_settings()
    approvers = approvers_of([current])[current.pk]
    problems = approval_problems(by, authors=authors_of([current])[current.pk], approvers=approvers, settings=settings)
    if problems:
        raise RefusalError(problems)
    checked_document(document_material(current, on))
    Approval.objects.create(invoice=current, approved_by=by)
    if len(approvers) + 1 < wanted_approvals(current, settings):
        changes = {"validations": [len(approvers), len(approvers) + 1]}
        audit.record(by=by, action="invoice.first_approved", subject=current, changes=changes)
        return current
    return move(current, to=InvoiceState.APPROVED, action="invoice.approved", by=by)
