"""The stored PDF: rendered once, from the frozen copy, the same bytes ever after."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from procrastinate.contrib.django import app

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice, IssuedFile
from invoicing.invoices.services import store_pdf
from invoicing.invoices.services.store_pdf import record_file
from invoicing.invoices.tasks import render_invoice_pdf
from members.people.models import User
from tests.invoicing.factories import accountant, make_approved, make_issued

pytestmark = pytest.mark.django_db


def stored_names() -> set[Path]:
    """Every document file in the media folder."""
    return set((Path(str(settings.MEDIA_ROOT)) / "documents").rglob("*.pdf"))


def test_the_pdf_is_rendered_and_fingerprinted() -> None:
    """A name nobody guesses, the SHA-256 of the bytes in the row and in the trail."""
    invoice = make_issued()
    file = store_pdf(invoice=invoice, by=accountant())
    with file.pdf.open() as opened:
        data = opened.read()
    assert data.startswith(b"%PDF-")
    assert (file.sha256, file.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert re.fullmatch(r"documents/2026/11/[0-9a-f]{32}\.pdf", file.pdf.name or "")
    event = history_of(invoice)[0]
    assert (event.action, event.changes) == ("invoice.rendered", {"sha256": file.sha256, "octets": file.size})


def test_the_second_time_the_same_file_is_returned() -> None:
    """Bytes are never replaced, whatever changed in the records."""
    invoice = make_issued()
    first = store_pdf(invoice=invoice, by=accountant())
    names = stored_names()
    Customer.objects.update(name="Un autre nom")
    second = store_pdf(invoice=invoice, by=accountant())
    assert (second.pdf.name, second.sha256) == (first.pdf.name, first.sha256)
    assert stored_names() == names
    assert [event.action for event in history_of(invoice)].count("invoice.rendered") == 1


def test_the_loser_of_a_race_leaves_no_file() -> None:
    """Another worker wrote its row while this one rendered."""
    invoice = make_issued()
    winner = store_pdf(invoice=invoice, by=accountant())
    names = stored_names()
    name = default_storage.save("documents/2026/11/loser.pdf", ContentFile(b"%PDF-loser"))
    assert record_file(invoice=invoice, name=name, pdf=b"%PDF-loser", by=accountant()) == winner
    assert stored_names() == names
    assert IssuedFile.objects.get().sha256 == winner.sha256


def test_a_row_that_cannot_be_written_leaves_no_file() -> None:
    """Here the trail has no author: neither row nor file stays."""
    invoice = make_issued()
    names = stored_names()
    name = default_storage.save("documents/2026/11/orphan.pdf", ContentFile(b"%PDF-orphan"))
    with pytest.raises(IntegrityError):
        record_file(invoice=invoice, name=name, pdf=b"%PDF-orphan", by=User())
    assert stored_names() == names
    assert not IssuedFile.objects.exists()


def test_a_document_that_is_not_issued_has_no_pdf() -> None:
    """Nothing is written."""
    approved = make_approved()
    names = stored_names()
    with pytest.raises(RefusalError) as refusal:
        store_pdf(invoice=approved, by=accountant())
    assert refusal.value.reasons == ("Ce document n’est pas émis\u00a0: il n’a pas de PDF.",)
    assert stored_names() == names


def test_the_background_job_stores_the_pdf() -> None:
    """In the name of the person who issued; harmless twice; known to the worker, with retries."""
    invoice = make_issued()
    for _ in range(2):
        render_invoice_pdf(invoice_id=invoice.pk, user_id=accountant().pk)
    assert Invoice.objects.get().file.size > 0
    assert history_of(invoice)[0].author == accountant()
    app.perform_import_paths()
    task = app.tasks["invoicing.render_invoice_pdf"]
    assert task.retry_strategy is not None
