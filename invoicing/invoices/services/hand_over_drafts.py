"""Giving the documents that are not issued of one customer to another."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from members.people.models import User


@transaction.atomic
def hand_over_drafts(*, source: Customer, target: Customer, by: User) -> list[int]:
    """Name the other customer on every document not yet issued; answers their ids.

    What is issued keeps its customer: nothing of it changes (CGI 289); a credit note that waits keeps that of its
    invoice, whose account it settles. Refused between two activities.
    """
    if source.activity_id != target.activity_id:
        raise RefusalError("Ces deux clients ne sont pas ceux d’une même activité.")
    drafts = Invoice.objects.select_for_update(of=("self",)).filter(customer=source).exclude(state=InvoiceState.ISSUED)
    moved = list(drafts.exclude(kind=InvoiceKind.CREDIT_NOTE).order_by("pk"))
    for draft in moved:
        draft.customer = target
        draft.save(update_fields=["customer"])
        audit.record(by=by, action="invoice.changed", subject=draft, changes={"customer_id": [source.pk, target.pk]})
    return [draft.pk for draft in moved]
