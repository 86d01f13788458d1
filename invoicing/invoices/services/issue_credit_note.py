"""Giving back all or a part of an issued invoice by a credit note."""

from datetime import date

from django.db import transaction
from django.db.models import Sum

from cae_backoffice.core import audit
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.text import tidy
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine, InvoiceVat, RetentionRelease
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.queries.credits import credit_content
from invoicing.invoices.rules import may_credit
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services.credit_document import CreditNoteParts, credit_note_parts
from invoicing.invoices.services.freeze import freeze, freeze_within
from invoicing.invoices.services.release_retention import write_release
from invoicing.invoices.services.transition import refuse_unless
from members.cooperative.models import Cooperative
from members.people.models import User


@transaction.atomic
def issue_credit_note(
    *, invoice: Invoice, reason: str, by: User, on: date, content: CreditContent | None = None
) -> Invoice:
    """Issue a credit note of an issued invoice at once: of what `content` asks, or of all that is left of it.

    It is made from the invoice's frozen copy, so that both sum to zero per VAT row whatever was changed since, and it
    may be issued after the member has left. Once no more than the retention is left of the invoice, the retention is
    released: the customer keeps nothing back of what is not owed. Refused: see `credit_note_parts`.
    """
    original = locked_invoice(invoice)
    refuse_unless(allowed=may_credit(by, original), verb="corriger par un avoir", invoice=original)
    cooperative, reason = Cooperative.objects.get(), tidy(reason)
    parts = credit_note_parts(original=original, content=content, reason=reason, cooperative=cooperative, on=on)
    credit_note = credit_note_of(original, reason=reason, by=by)
    credit_note.save(force_insert=True)
    return _issue(credit_note, original, parts, cooperative, by)


def issue_requested_credit_note(*, credit_note: Invoice, by: User, on: date) -> Invoice:
    """Issue an approved credit note, which is locked: what it asks for is reckoned anew on what is left by now."""
    assert credit_note.corrects is not None  # noqa: S101  the database refuses a credit note that corrects nothing
    original = locked_invoice(credit_note.corrects)
    cooperative = Cooperative.objects.get()
    parts = credit_note_parts(
        original=original,
        content=credit_content(credit_note),
        reason=credit_note.correction_reason,
        cooperative=cooperative,
        on=on,
    )
    InvoiceLine.objects.filter(invoice=credit_note).delete()
    InvoiceAdjustment.objects.filter(invoice=credit_note).delete()
    return _issue(credit_note, original, parts, cooperative, by)


def cancel_within(*, original: Invoice, corrective: Invoice, cooperative: Cooperative, by: User) -> Invoice:
    """Cancel a locked invoice whole by the corrective one that was just issued in its place."""
    assert corrective.issued_on is not None  # noqa: S101  it was just issued
    reason, on = corrective.correction_reason, corrective.issued_on
    parts = credit_note_parts(original=original, content=None, reason=reason, cooperative=cooperative, on=on)
    cancellation = credit_note_of(original, reason=reason, by=by)
    cancellation.save(force_insert=True)
    write_lines(cancellation, parts)
    freeze_within(
        credit_note=cancellation, corrective=corrective, document=parts.document, posting=parts.posting, by=by
    )
    release_what_is_not_owed(original, on=on, by=by)
    changes = {"rectificative": corrective.number}
    audit.record(by=by, action="invoice.replaced", subject=original, changes=changes)
    return cancellation


def credit_note_of(original: Invoice, *, reason: str, by: User) -> Invoice:
    """A credit note of this invoice, not written yet, without its lines."""
    return Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        activity=original.activity,
        customer=original.customer,
        delivery_address=original.delivery_address,
        corrects=original,
        correction_reason=reason,
        order=original.order,
        subject=original.subject,
        supplied_on=original.supplied_on,
        purchase_order=original.purchase_order,
        payment_terms=original.payment_terms,
        created_by=by,
    )


def write_lines(credit_note: Invoice, parts: CreditNoteParts) -> None:
    """Give the credit note its lines, and the discounts and charges that it takes back with them."""
    for line in parts.lines:
        line.invoice = credit_note
    for adjustment in parts.adjustments:
        adjustment.invoice = credit_note
    InvoiceLine.objects.bulk_create(parts.lines)
    InvoiceAdjustment.objects.bulk_create(parts.adjustments)


def release_what_is_not_owed(original: Invoice, *, on: date, by: User) -> None:
    """Release the retention of a locked invoice of which credit notes leave no more than it."""
    back = InvoiceVat.objects.filter(invoice__corrects=original, invoice__kind=InvoiceKind.CREDIT_NOTE)
    credited = back.aggregate(gross=Sum("net") + Sum("vat"))["gross"] or ZERO
    is_kept = original.retention and not RetentionRelease.objects.filter(invoice=original).exists()
    if is_kept and original.gross + credited <= original.retention:
        write_release(invoice=original, on=on, due_on=on, by=by)


def _issue(
    credit_note: Invoice, original: Invoice, parts: CreditNoteParts, cooperative: Cooperative, by: User
) -> Invoice:
    write_lines(credit_note, parts)
    freeze(invoice=credit_note, document=parts.document, posting=parts.posting, cooperative=cooperative, by=by)
    release_what_is_not_owed(original, on=parts.document.issued_on, by=by)
    changes = {
        "number": [None, credit_note.number],
        "corrects": original.number,
        "gross": credit_note.gross,
        "motif": credit_note.correction_reason,
    }
    audit.record(by=by, action="invoice.credited", subject=original, changes={"avoir": credit_note.number})
    audit.record(by=by, action="invoice.issued", subject=credit_note, changes=changes)
    return credit_note
