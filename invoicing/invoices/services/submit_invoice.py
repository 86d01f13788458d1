"""Handing a draft in."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import document_material, locked_invoice
from invoicing.invoices.rules import may_submit
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.transition import move, refuse_unless
from members.people.models import User


@transaction.atomic
def submit_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Ask for approval. Refused with every reason for which the document could not be issued that day."""
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_submit(by, current), verb="soumettre", invoice=current)
    checked_document(document_material(current, on))
    return move(
        current,
        to=InvoiceState.SUBMITTED,
        action="invoice.submitted",
        by=by,
        submitted_at=Now(),
        return_reason="",
    )
