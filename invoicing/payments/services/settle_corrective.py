"""Letting a corrective invoice take over what was paid of the one that it replaced."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.invoices.models import Invoice
from invoicing.payments.models import Allocation
from invoicing.payments.queries import documents_with_paid, locked_documents
from invoicing.payments.services.offset_credit_note import offset_credit_note
from members.people.models import User


@transaction.atomic
def settle_corrective(*, corrective: Invoice, by: User, on: date) -> list[Allocation]:
    """Set the cancellation that an issued corrective invoice contains off: first against what the original still waited
    for, then, as far as that was paid, against the corrective invoice. What is over is owed to the customer, as with
    any credit note. Nothing happens the second time.
    """
    cancellation = Invoice.objects.select_related("corrects").get(within=corrective)
    assert cancellation.corrects is not None  # noqa: S101  the database refuses a credit note that corrects nothing
    targets = (cancellation.corrects, corrective)
    locked_documents([cancellation.pk, *(target.pk for target in targets)])
    written = []
    for target in targets:
        amount = min(-_remaining(cancellation), _remaining(target))
        if amount > 0:
            written.append(offset_credit_note(credit_note=cancellation, invoice=target, amount=amount, by=by, on=on))
    return written


def _remaining(document: Invoice) -> Decimal:
    left: Decimal = documents_with_paid(Invoice.objects.filter(pk=document.pk)).get().remaining  # type: ignore[attr-defined]  # annotated
    return left
