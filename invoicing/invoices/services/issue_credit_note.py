"""Cancelling an issued invoice by its full credit note."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine, RetentionRelease
from invoicing.invoices.queries import locked_invoice, open_deposits
from invoicing.invoices.rules import may_credit, missing_of_seller, unprintable_texts
from invoicing.invoices.services.document import seller_of
from invoicing.invoices.services.freeze import freeze
from invoicing.invoices.services.post_document import opposite_posting
from invoicing.invoices.services.release_retention import write_release
from invoicing.invoices.services.transition import refuse_unless
from invoicing.rendering.document import Correction, FrozenDocument, from_json, opposite
from invoicing.rendering.reform import completed
from members.cooperative.models import Cooperative
from members.people.models import User

MAX_REASON = 300


@transaction.atomic
def issue_credit_note(*, invoice: Invoice, reason: str, by: User, on: date) -> Invoice:
    """Issue the full credit note of an issued invoice: the same document with every quantity and amount negated.

    It is made from the invoice's frozen copy, so that both sum to zero per VAT row whatever was changed since, and it
    may be issued after the member has left. A retention that the customer still keeps is released: nothing is owed any
    more. Refused: a second one, a credit note's, a day before the invoice, a deposit that a final invoice takes off.
    """
    original = locked_invoice(invoice)
    refuse_unless(allowed=may_credit(by, original), verb="corriger par un avoir", invoice=original)
    _refuse_taken_off(original)
    cooperative = Cooperative.objects.get()
    document = _mirror(from_json(original.snapshot.content), cooperative, tidy(reason), on)
    _refuse_if_wrong(original, document)
    credit_note = _copy(original, by)
    posting = opposite_posting(original)
    freeze(invoice=credit_note, document=document, posting=posting, cooperative=cooperative, by=by)
    if original.retention and not RetentionRelease.objects.filter(invoice=original).exists():
        write_release(invoice=original, on=on, due_on=on, by=by)
    changes = {
        "number": [None, credit_note.number],
        "corrects": original.number,
        "gross": credit_note.gross,
        "motif": tidy(reason),
    }
    audit.record(by=by, action="invoice.credited", subject=original, changes={"avoir": credit_note.number})
    audit.record(by=by, action="invoice.issued", subject=credit_note, changes=changes)
    return credit_note


def _refuse_taken_off(original: Invoice) -> None:
    if original.kind != InvoiceKind.DEPOSIT or open_deposits().filter(pk=original.pk).exists():
        return
    final = Invoice.objects.filter(lines__deducts=original, state=InvoiceState.ISSUED).order_by("pk").last()
    if final and final.kind != InvoiceKind.CREDIT_NOTE:
        raise RefusalError(f"Cet acompte est déduit par {final}\u00a0: établissez d’abord l’avoir de cette facture.")


def _refuse_if_wrong(original: Invoice, document: FrozenDocument) -> None:
    existing = Invoice.objects.filter(corrects=original).first()
    if existing:
        raise RefusalError(f"Cette facture a déjà son avoir\u00a0: {existing.number}.")
    reasons = [*missing_of_seller(document.seller), *unprintable_texts(document)]
    if document.corrects is None or not document.corrects.reason:
        reasons.append("Indiquez le motif de l’avoir.")
    elif len(document.corrects.reason) > MAX_REASON:
        reasons.append(f"Le motif de l’avoir a au plus {MAX_REASON} caractères.")
    if original.issued_on and document.issued_on < original.issued_on:
        reasons.append("L’avoir ne peut pas précéder la facture qu’il corrige.")
    if reasons:
        raise RefusalError(reasons)


def _mirror(document: FrozenDocument, cooperative: Cooperative, reason: str, on: date) -> FrozenDocument:
    credit_note = replace(
        opposite(document),
        kind=InvoiceKind.CREDIT_NOTE.value,
        number="",
        issued_on=on,
        due_on=on,
        seller=seller_of(cooperative),
        note="",
        corrects=Correction(number=document.number, issued_on=document.issued_on, reason=reason),
    )
    return completed(credit_note)


def _copy(original: Invoice, by: User) -> Invoice:
    credit_note = Invoice.objects.create(
        kind=InvoiceKind.CREDIT_NOTE,
        activity=original.activity,
        customer=original.customer,
        delivery_address=original.delivery_address,
        corrects=original,
        subject=original.subject,
        supplied_on=original.supplied_on,
        purchase_order=original.purchase_order,
        payment_terms=original.payment_terms,
        created_by=by,
    )
    lines = list(original.lines.all())
    for line in lines:
        line.pk, line.invoice = None, credit_note
        line.quantity, line.net = -line.quantity, -line.net
    InvoiceLine.objects.bulk_create(lines)
    _copy_adjustments(original, credit_note)
    return credit_note


def _copy_adjustments(original: Invoice, credit_note: Invoice) -> None:
    """As they were typed; what they come to on the opposite lines stands in the frozen copy."""
    adjustments = list(original.adjustments.all())
    for adjustment in adjustments:
        adjustment.pk, adjustment.invoice = None, credit_note
    InvoiceAdjustment.objects.bulk_create(adjustments)
