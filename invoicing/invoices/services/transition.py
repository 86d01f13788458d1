"""What the services that move a document from one state to another share."""

from django.db.models.functions import Now

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import Approval
from members.people.models import User


def refuse_unless(*, allowed: bool, verb: str, invoice: Invoice) -> None:
    """Raise RefusalError, naming the document's state, when a rule said no."""
    if not allowed:
        state = InvoiceState(invoice.state).label
        raise RefusalError(f"Vous ne pouvez pas {verb} ce document dans son état actuel («\u00a0{state}\u00a0»).")


def set_approvals_aside(invoice: Invoice) -> None:
    """What was approved goes back to draft: those who approved it approve it anew, or not."""
    Approval.objects.filter(invoice=invoice, set_aside_at=None).update(set_aside_at=Now())


def move(invoice: Invoice, *, to: InvoiceState, action: str, by: User, **fields: object) -> Invoice:
    """Write the new state and fields of a locked document, and the event."""
    before = invoice.state
    Invoice.objects.filter(pk=invoice.pk).update(state=to, **fields)
    invoice.refresh_from_db(fields=["state", *fields])
    reasons = {"return_reason": invoice.return_reason} if fields.get("return_reason") else {}
    audit.record(by=by, action=action, subject=invoice, changes={"state": [before, to.value], **reasons})
    return invoice
