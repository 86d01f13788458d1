"""Issued documents as files: the bytes that were stored, and the XML inside them."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from weasyprint import HTML

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import export_pdfs, export_xmls, issue_credit_note, store_pdf
from invoicing.invoices.services.store_pdf import record_file
from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import from_json
from tests.invoicing.factories import DAY, accountant, make_issued
from tests.oracles.batches import xml_findings

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def stored(invoice: Invoice) -> Invoice:
    """The document with its PDF."""
    store_pdf(invoice=invoice, by=accountant())
    return invoice


def run(folder: Path, *options: str) -> str:
    """The command over November; what it says."""
    said = io.StringIO()
    period = ("--from", "2026-11-01", "--to", "2026-11-30")
    call_command("export_documents", *period, "--output", str(folder), *options, stdout=said)
    return said.getvalue()


def test_each_document_is_written_as_it_was_stored(tmp_path: Path) -> None:
    """An invoice and its credit note; not what was issued before or after."""
    stored(make_issued(on=date(2026, 10, 31)))
    invoice = stored(make_issued())
    credit_note = stored(issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY))
    stored(make_issued(on=date(2026, 12, 1)))
    assert export_pdfs(starts_on=FIRST, ends_on=LAST, output=tmp_path / "new") == 2
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["F2026-00002.pdf", "F2026-00003.pdf"]
    for document in (invoice, credit_note):
        with document.file.pdf.open() as file:
            assert (tmp_path / "new" / f"{document.number}.pdf").read_bytes() == file.read()


def test_the_xml_is_the_one_inside_and_it_is_valid(tmp_path: Path) -> None:
    """What the services issue passes the official validators."""
    invoice = stored(make_issued())
    credit_note = stored(issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY))
    assert export_xmls(starts_on=FIRST, ends_on=LAST, output=tmp_path) == 2
    files = [(tmp_path / f"{document.number}.xml").read_bytes() for document in (invoice, credit_note)]
    assert files == [render_cii(from_json(document.snapshot.content)) for document in (invoice, credit_note)]
    assert xml_findings(files) == [[], []]


def test_nothing_is_exported_while_a_pdf_is_waited_for(tmp_path: Path) -> None:
    """Named, so that one knows what to wait for."""
    stored(make_issued())
    make_issued()
    with pytest.raises(RefusalError) as refusal:
        export_pdfs(starts_on=FIRST, ends_on=LAST, output=tmp_path)
    assert refusal.value.reasons == ("Le PDF de ces documents n’est pas encore produit\u00a0: F2026-00002.",)
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_that_was_changed_or_lost_is_refused(tmp_path: Path) -> None:
    """The fingerprint taken when it was rendered decides."""
    file = store_pdf(invoice=make_issued(), by=accountant())
    path = Path(default_storage.path(file.pdf.name or ""))
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CommandError) as changed:
        run(tmp_path)
    assert str(changed.value) == "Le PDF de F2026-00001 n’est plus celui qui a été émis\u00a0: son empreinte a changé."
    path.unlink()
    with pytest.raises(CommandError, match="Le PDF de F2026-00001 a disparu"):
        run(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_without_xml_has_none_to_export(tmp_path: Path) -> None:
    """Stored before documents were electronic: the PDF is handed over all the same."""
    invoice = make_issued()
    content = HTML(string="<p>Facture").write_pdf()
    name = default_storage.save("documents/2026/11/old.pdf", ContentFile(content))
    record_file(invoice=invoice, name=name, pdf=content, by=accountant())
    assert export_pdfs(starts_on=FIRST, ends_on=LAST, output=tmp_path) == 1
    with pytest.raises(RefusalError, match="Le PDF de F2026-00001 ne contient pas de facture électronique"):
        export_xmls(starts_on=FIRST, ends_on=LAST, output=tmp_path)


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    """PDFs alone, or both."""
    stored(make_issued())
    assert run(tmp_path) == f"{tmp_path} : 1 PDF\n"
    assert run(tmp_path, "--xml") == f"{tmp_path} : 1 PDF, 1 XML\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["F2026-00001.pdf", "F2026-00001.xml"]
