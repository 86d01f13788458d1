"""Approving and issuing one's own document, under the personal right that the cooperative granted."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import Approval
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.queries.approval import approval_settings, self_approval_of
from invoicing.invoices.queries.warnings import warnings_by_document
from invoicing.invoices.rules.approval import may_self_approve, self_approval_problems
from invoicing.invoices.rules.warnings import blocking
from invoicing.invoices.services.issue_invoice import issue_invoice
from invoicing.invoices.services.submit_invoice import submit_invoice
from invoicing.invoices.services.transition import move, refuse_unless
from members.people.models import User


@transaction.atomic
def issue_own_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Submit, approve and issue a draft of an activity that one carries, in one act and by the same services.

    Refused without a right in force that day, above its ceiling or above the threshold of two approvers, when a
    warning blocks, and for everything for which submission and issue are refused.
    """
    current = locked_invoice(invoice)
    right = self_approval_of(by, on)
    refuse_unless(allowed=may_self_approve(by, current, right), verb="émettre", invoice=current)
    assert right is not None  # noqa: S101  refused otherwise
    settings = approval_settings()
    warned = warnings_by_document([current], on=on, settings=settings)[current.pk]
    problems = self_approval_problems(current, right, settings) + [warning.sentence for warning in blocking(warned)]
    if problems:
        raise RefusalError(problems)
    submit_invoice(invoice=current, by=by, on=on)
    Approval.objects.create(invoice=current, approved_by=by, under=right)
    move(current, to=InvoiceState.APPROVED, action="invoice.approved", by=by)
    return issue_invoice(invoice=current, by=by, on=on)
