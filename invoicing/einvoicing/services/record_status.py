"""Logging what became of an issued document."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.einvoicing.enums import LifecycleStatus, StatusSource
from invoicing.einvoicing.models import DocumentStatus
from invoicing.einvoicing.queries import last_status
from invoicing.einvoicing.rules import may_record_status, status_errors
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from members.people.models import User


@transaction.atomic
def record_status(
    *, invoice: Invoice, code: str, happened_on: date, by: User, reason: str = "", comment: str = "", on: date
) -> DocumentStatus:
    """Write a status by hand, on the day `on`: what the customer answered by another way than the platform.

    Refused: a draft, a status that cannot follow the last, no reason where one is due, a day before the issue or after
    `on`, « Encaissée », which follows the payments, and whoever does not keep the books.
    """
    if not may_record_status(by):
        raise RefusalError("Seule la comptabilité enregistre un statut.")
    locked = locked_document(invoice)
    comment = tidy(comment)
    errors = status_errors(last=last_status(locked), code=code, reason=reason, comment=comment)
    if locked.issued_on and not locked.issued_on <= happened_on <= on:
        errors.append(f"La date est comprise entre le {locked.issued_on:%d/%m/%Y} et le {on:%d/%m/%Y}.")
    if errors:
        raise RefusalError(errors)
    status = DocumentStatus.objects.create(
        invoice=locked,
        code=code,
        reason=reason,
        comment=comment,
        source=StatusSource.HAND,
        happened_on=happened_on,
        author=by,
    )
    changes = {"statut": f"{code} {LifecycleStatus(code).label}", "motif": reason, "commentaire": comment}
    audit.record(by=by, action="invoice.status", subject=locked, changes=changes)
    return status


def locked_document(invoice: Invoice) -> Invoice:
    """The issued document as it stands, locked so that its statuses follow one another; a draft is refused."""
    locked = Invoice.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice.pk)
    if locked.state != InvoiceState.ISSUED:
        raise RefusalError("Seul un document émis a un cycle de vie.")
    return locked
