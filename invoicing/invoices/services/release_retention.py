"""Releasing a retention: what the customer kept as a guarantee becomes owed like the rest."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, RetentionRelease
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.services.post_document import CUSTOMERS, RETENTIONS
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.ledger.services.match_settled import match_if_settled
from members.people.models import User


@transaction.atomic
def release_retention(*, invoice: Invoice, on: date, due_on: date, by: User) -> RetentionRelease:
    """Move the retention of an issued invoice from 4117 back to 411, owed on `due_on` (loi 71-584, art. 2).

    It may be before the planned day, when the buyer releases it. Refused: no retention, released before, a due date in
    the past of the release, a release before the issue.
    """
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Vous ne tenez pas les comptes de la coopérative.")
    locked = locked_invoice(invoice)
    _refuse_wrong(locked, on, due_on)
    return write_release(invoice=locked, on=on, due_on=due_on, by=by)


def write_release(*, invoice: Invoice, on: date, due_on: date, by: User) -> RetentionRelease:
    """Post and write the release of a locked invoice's retention: also what its credit note brings about."""
    entry = _post(invoice, on, due_on, by)
    release = RetentionRelease.objects.create(
        invoice=invoice, released_on=on, due_on=due_on, entry=entry, released_by=by
    )
    match_if_settled(_retention_lines(invoice), on=on, by=by)
    changes = {"released_on": on, "due_on": due_on, "retention": invoice.retention}
    audit.record(by=by, action="invoice.retention_released", subject=invoice, changes=changes)
    return release


def _refuse_wrong(invoice: Invoice, on: date, due_on: date) -> None:
    if invoice.state != InvoiceState.ISSUED or invoice.retention <= 0:
        raise RefusalError(f"{invoice} ne porte pas de retenue de garantie.")
    released = RetentionRelease.objects.filter(invoice=invoice).first()
    if released:
        raise RefusalError(f"La retenue de {invoice} est déjà libérée depuis le {released.released_on:%d/%m/%Y}.")
    if invoice.issued_on and on < invoice.issued_on:
        raise RefusalError(f"{invoice} n’est émise que le {invoice.issued_on:%d/%m/%Y}.")
    if due_on < on:
        raise RefusalError("L’échéance ne peut pas précéder la libération.")


def _post(invoice: Invoice, on: date, due_on: date, by: User) -> Entry:
    (kept,) = EntryLine.objects.filter(pk__in=_retention_lines(invoice))
    label = f"{invoice.number} retenue de garantie libérée"
    of_customer = {"label": label, "activity_id": invoice.activity_id, "auxiliary_id": kept.auxiliary_id}
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number=invoice.number or "",
            voucher_on=invoice.issued_on or on,
            label=label,
            lines=(
                LineDraft(CUSTOMERS, debit=invoice.retention, due_on=due_on, **of_customer),  # type: ignore[arg-type]
                LineDraft(RETENTIONS, credit=invoice.retention, due_on=invoice.retention_due_on, **of_customer),  # type: ignore[arg-type]
            ),
            source_type=Invoice._meta.label_lower,
            source_id=invoice.pk,
        ),
        by=by,
    )


def _retention_lines(invoice: Invoice) -> list[int]:
    """The lines of 4117 of the invoice's entries."""
    lines = EntryLine.objects.filter(
        account__number=RETENTIONS,
        entry__source_type=Invoice._meta.label_lower,
        entry__source_id=invoice.pk,
    )
    return list(lines.values_list("pk", flat=True))
