"""Sending a document back to its author."""

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules import may_return
from invoicing.invoices.services.transition import move, refuse_unless, set_approvals_aside
from members.people.models import User


@transaction.atomic
def return_invoice(*, invoice: Invoice, reason: str, by: User) -> Invoice:
    """Make a submitted or approved document a draft again, with a reason that its author will read."""
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_return(by, current), verb="renvoyer", invoice=current)
    reason = tidy(reason)
    if not reason:
        raise RefusalError("Indiquez le motif du renvoi.")
    if control_characters(reason):
        raise RefusalError("Le motif du renvoi contient un caractère de contrôle.")
    set_approvals_aside(current)
    return move(
        current,
        to=InvoiceState.DRAFT,
        action="invoice.returned",
        by=by,
        submitted_at=None,
        return_reason=reason,
    )
