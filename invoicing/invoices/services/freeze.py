"""Freezing a document: what the issue of an invoice and of a credit note have in common."""

from dataclasses import replace

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat, IssuedSnapshot
from invoicing.invoices.services.number import allocate_number, prefix_of
from invoicing.invoices.services.post_document import Posting, post_document
from invoicing.rendering.document import FrozenDocument, to_json
from members.cooperative.models import Cooperative
from members.people.models import User

RENDER_TASK = "invoicing.render_invoice_pdf"
SETTLE_TASK = "invoicing.settle_corrective"
WRITTEN_AT_ISSUE = ["state", "number", "issued_on", "due_on", "net", "vat", "gross", "retention", "within"]


def freeze(
    *, invoice: Invoice, document: FrozenDocument, posting: Posting, cooperative: Cooperative, by: User
) -> Invoice:
    """Number the document, write its VAT rows and frozen copy, post its entry, defer the job of its PDF, and let it go
    to the platform (`DOCUMENT_ISSUED`).

    All in this transaction; from here the database refuses any change. The caller writes the event, last.
    """
    prefix = prefix_of(invoice.kind, cooperative)
    document = replace(document, number=allocate_number(prefix=prefix, on=document.issued_on))
    invoice.number = document.number
    _write(invoice, document, posting)
    IssuedSnapshot.objects.create(invoice=invoice, content=to_json(document))
    post_document(invoice=invoice, document=document, posting=posting, by=by)
    app.configure_task(RENDER_TASK).defer(invoice_id=invoice.pk, user_id=by.pk)
    import_string(settings.DOCUMENT_ISSUED)(invoice=invoice, document=document)
    return invoice


def freeze_within(
    *, credit_note: Invoice, corrective: Invoice, document: FrozenDocument, posting: Posting, by: User
) -> Invoice:
    """Write the cancellation that an issued corrective invoice contains: its VAT rows and its entry, whose voucher is
    the corrective invoice. Payments then settle it in a job of their own.
    """
    credit_note.number, credit_note.within = f"{corrective.number}/A", corrective
    _write(credit_note, document, posting)
    post_document(
        invoice=credit_note, document=replace(document, number=corrective.number or ""), posting=posting, by=by
    )
    app.configure_task(SETTLE_TASK).defer(corrective_id=corrective.pk, user_id=by.pk)
    return credit_note


def _write(invoice: Invoice, document: FrozenDocument, posting: Posting) -> None:
    InvoiceVat.objects.bulk_create(
        InvoiceVat(
            invoice=invoice,
            category=row.category,
            rate=row.rate,
            net=row.net,
            vat=row.vat,
            pending=posting.pending[row.category, row.rate],
        )
        for row in document.vat_rows
    )
    invoice.state = InvoiceState.ISSUED
    invoice.issued_on, invoice.due_on = document.issued_on, document.due_on
    invoice.net, invoice.vat, invoice.gross = document.net, document.vat, document.gross
    invoice.save(update_fields=WRITTEN_AT_ISSUE)
