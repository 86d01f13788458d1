"""Approving what was submitted."""

from datetime import date

from django.db import transaction

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import document_material, locked_invoice
from invoicing.invoices.rules import may_approve
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.transition import move, refuse_unless
from members.people.models import User


@transaction.atomic
def approve_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Say that the document may be issued. Refused with every reason for which it could not be issued that day."""
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_approve(by, current), verb="valider", invoice=current)
    checked_document(document_material(current, on))
    return move(current, to=InvoiceState.APPROVED, action="invoice.approved", by=by)
