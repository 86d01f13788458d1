"""Throwing a draft away."""

from django.db import transaction

from cae_backoffice.core import audit
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules import may_delete, may_draft_for
from invoicing.invoices.services.remove_attachment import delete_files_later
from invoicing.invoices.services.transition import refuse_unless
from members.people.models import User


@transaction.atomic
def delete_draft(*, invoice: Invoice, by: User) -> None:
    """Delete a draft, its lines and files; it never had a number. The audit trail keeps that it existed."""
    current = locked_invoice(invoice)
    allowed = may_delete(by, current) and may_draft_for(by, current.activity)
    refuse_unless(allowed=allowed, verb="supprimer", invoice=current)
    delete_files_later(list(current.attachments.values_list("file", flat=True)))
    Invoice.objects.filter(pk=current.pk).delete()
    changes = {"subject": [current.subject, ""], "gross": [current.gross, None]}
    audit.record(by=by, action="invoice.deleted", subject=current, changes=changes)
