"""Taking back what was submitted."""

from django.db import transaction

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules import may_withdraw
from invoicing.invoices.services.transition import move, refuse_unless, set_approvals_aside
from members.people.models import User


@transaction.atomic
def withdraw_invoice(*, invoice: Invoice, by: User) -> Invoice:
    """Make a submitted document a draft again, by its author or someone of the activity."""
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_withdraw(by, current), verb="retirer", invoice=current)
    set_approvals_aside(current)
    return move(current, to=InvoiceState.DRAFT, action="invoice.withdrawn", by=by, submitted_at=None)
