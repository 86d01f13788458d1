"""Beginning a corrective invoice: the document that cancels an issued one and takes its place."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import may_request_credit, uncorrectable_reasons
from invoicing.invoices.services.credit_document import MAX_REASON
from invoicing.invoices.services.transition import refuse_unless
from members.people.models import User


@transaction.atomic
def draft_corrective(*, invoice: Invoice, reason: str, by: User) -> Invoice:
    """A draft with everything that the issued invoice says, to be put right, submitted and issued like any other.

    Issued, it cancels the invoice whole and takes its place (facture rectificative, type 384): see
    `issue_invoice`. Refused: see `uncorrectable_reasons`; while another correction waits; without a reason.
    """
    original = locked_invoice(invoice)
    refuse_unless(allowed=may_request_credit(by, original), verb="rectifier", invoice=original)
    reason = tidy(reason)
    reasons = uncorrectable_reasons(original, list(original.lines.all()), creditable(original))
    waiting = Invoice.objects.filter(corrects=original).exclude(state=InvoiceState.ISSUED).first()
    if waiting:
        reasons.append(f"Une correction est déjà en cours pour cette facture\u00a0: {waiting}.")
    if not reason or control_characters(reason):
        reasons.append("Indiquez le motif de la rectification.")
    if len(reason) > MAX_REASON:
        reasons.append(f"Le motif de la rectification a au plus {MAX_REASON} caractères.")
    if reasons:
        raise RefusalError(reasons)
    draft = _copy(original, reason, by)
    changes = {"corrects": original.number, "motif": reason, "gross": draft.gross}
    audit.record(by=by, action="invoice.drafted", subject=draft, changes=changes)
    return draft


def _copy(original: Invoice, reason: str, by: User) -> Invoice:
    draft = Invoice.objects.get(pk=original.pk)
    draft.pk, draft._state.adding = None, True
    draft.kind, draft.state, draft.corrects = InvoiceKind.CORRECTIVE, InvoiceState.DRAFT, original
    draft.correction_reason, draft.created_by = reason, by
    draft.number = draft.issued_on = draft.due_on = draft.submitted_at = None
    draft.retention, draft.return_reason = Invoice._meta.get_field("retention").get_default(), ""
    draft.save(force_insert=True)
    lines = list(original.lines.order_by("position"))
    for line in lines:
        line.pk, line.invoice = None, draft
    InvoiceLine.objects.bulk_create(lines)
    adjustments = list(original.adjustments.order_by("position"))
    for adjustment in adjustments:
        adjustment.pk, adjustment.invoice = None, draft
    InvoiceAdjustment.objects.bulk_create(adjustments)
    return draft
