"""Documents with a stored PDF, and sendings of them, for tests."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cae_backoffice.core.tokens import new_secret
from invoicing.invoices.models import Invoice
from invoicing.invoices.services.store_pdf import record_file
from invoicing.mailing.rules import Words
from invoicing.sending.models import DocumentSending
from invoicing.sending.services import send, send_document
from members.activities.models import Activity
from tests.invoicing.factories import accountant, make_customer, make_issued, make_selling_activity

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
WORDS = Words("Votre facture F1", "Bonjour,\n{lien}")


def with_pdf(invoice: Invoice) -> Invoice:
    """The document with a PDF that stands for the rendered one."""
    pdf = f"%PDF-1.7 {invoice.number}".encode()
    name = default_storage.save(f"documents/{invoice.number}.pdf", ContentFile(pdf))
    record_file(invoice=invoice, name=name, pdf=pdf, by=accountant())
    return Invoice.objects.get(pk=invoice.pk)


def make_stored(activity: Activity | None = None, **content: Any) -> Invoice:  # noqa: ANN401
    """An issued invoice to a customer with an address, its PDF stored."""
    activity = activity or make_selling_activity()
    if "customer" not in content:
        content["customer"] = make_customer(activity, email="client@example.org")
    return with_pdf(make_issued(activity, **content))


def make_sent(activity: Activity | None = None, *, secret: str = "", **content: Any) -> DocumentSending:  # noqa: ANN401
    """An invoice that was sent by the accountant; its link holds this secret."""
    invoice = make_stored(activity, **content)
    with patch.object(send, "new_secret", return_value=secret or new_secret()):
        return send_document(invoice=invoice, words=WORDS, to=["client@example.org"], by=accountant(), at=AT)
