"""Issuing: the act after which a document exists for the law."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import document_material, locked_invoice
from invoicing.invoices.queries.approval import is_self_approved
from invoicing.invoices.rules import may_issue, retention_of, shares_of
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.freeze import freeze
from invoicing.invoices.services.issue_credit_note import cancel_within, issue_requested_credit_note
from invoicing.invoices.services.post_document import posting_of
from invoicing.invoices.services.transition import refuse_unless
from invoicing.orders.queries import locked_order
from members.people.models import User


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: User, on: date) -> Invoice:
    """Issue an approved document on a day: number, frozen copy, ledger entry, and a job for its PDF.

    A corrective invoice cancels the one that it replaces in the same act: both entries have its number for voucher.
    Everything asked at submission is asked again. Refused also when a document of the sequence has a later date,
    and on a day for which the books are not open.
    """
    current = locked_invoice(invoice)
    allowed = may_issue(by, current) or is_self_approved(current, by)
    refuse_unless(allowed=allowed, verb="émettre", invoice=current)
    if current.kind == InvoiceKind.CREDIT_NOTE:
        return issue_requested_credit_note(credit_note=current, by=by, on=on)
    _lock_deposits(current)
    if current.order:
        locked_order(current.order)
    original = locked_invoice(current.corrects) if current.corrects else None
    material = document_material(current, on)
    document = checked_document(material)
    assert material.cooperative is not None  # noqa: S101  checked_document refused otherwise
    current.retention = retention_of(document.gross, current.retention_percent)
    posting = posting_of(
        kind=current.kind,
        lines=material.lines,
        shares=shares_of(material.adjustments, material.lines),
        rows=document.vat_rows,
        on_debits=material.cooperative.vat_on_debits,
    )
    freeze(invoice=current, document=document, posting=posting, cooperative=material.cooperative, by=by)
    if original:
        cancel_within(original=original, corrective=current, cooperative=material.cooperative, by=by)
    changes = {
        "state": ["APPROVED", current.state],
        "number": [None, current.number],
        "issued_on": [None, current.issued_on],
        "due_on": [None, current.due_on],
        "gross": current.gross,
    }
    audit.record(by=by, action="invoice.issued", subject=current, changes=changes)
    return current


def _lock_deposits(invoice: Invoice) -> None:
    """Two final invoices never take the same deposit off: the second waits, then finds it taken."""
    deposits = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=invoice.lines.values("deducts"))
    list(deposits.order_by("pk"))
