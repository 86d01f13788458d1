"""Approving and issuing in one act."""

from datetime import date

from django.db import transaction

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.services.approve_invoice import approve_invoice
from invoicing.invoices.services.issue_invoice import issue_invoice
from members.people.models import User


@transaction.atomic
def approve_and_issue(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Approve a submitted document and issue it the same day, or neither; the first of two approvals issues nothing."""
    approved = approve_invoice(invoice=invoice, by=by, on=on)
    if approved.state != InvoiceState.APPROVED:
        return approved
    return issue_invoice(invoice=approved, by=by, on=on)
