"""Freezing a document: what the issue of an invoice and of a credit note have in common."""

from dataclasses import replace

from procrastinate.contrib.django import app

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat, IssuedSnapshot
from invoicing.invoices.services.number import allocate_number, prefix_of
from invoicing.invoices.services.post_document import Posting, post_document
from invoicing.rendering.document import FrozenDocument, to_json
from members.cooperative.models import Cooperative
from members.people.models import User

RENDER_TASK = "invoicing.render_invoice_pdf"
WRITTEN_AT_ISSUE = ["state", "number", "issued_on", "due_on", "net", "vat", "gross", "retention"]


def freeze(
    *, invoice: Invoice, document: FrozenDocument, posting: Posting, cooperative: Cooperative, by: User
) -> Invoice:
    """Number the document, write its VAT rows and frozen copy, post its entry, and defer the job of its PDF.

    All in this transaction; from here the database refuses any change. The caller writes the event, last.
    """
    prefix = prefix_of(invoice.kind, cooperative)
    document = replace(document, number=allocate_number(prefix=prefix, on=document.issued_on))
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
    invoice.number, invoice.issued_on, invoice.due_on = document.number, document.issued_on, document.due_on
    invoice.net, invoice.vat, invoice.gross = document.net, document.vat, document.gross
    invoice.save(update_fields=WRITTEN_AT_ISSUE)
    IssuedSnapshot.objects.create(invoice=invoice, content=to_json(document))
    post_document(invoice=invoice, document=document, posting=posting, by=by)
    app.configure_task(RENDER_TASK).defer(invoice_id=invoice.pk, user_id=by.pk)
    return invoice
