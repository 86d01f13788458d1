"""Every kind of document passes every official validator: no failure, no warning."""

import io

from pypdf import PdfReader

from invoicing.rendering import wording
from invoicing.rendering.cii import render_cii
from invoicing.rendering.pdf import render_page, render_pdf
from tests.invoicing.rendering.kinds import KINDS
from tests.invoicing.rendering.samples import sample_document, sample_logo
from tests.oracles.batches import Finding, pdf_findings, xml_findings


def findings_by_kind(found: list[list[Finding]]) -> dict[str, list[Finding]]:
    """The kinds in which something was found."""
    return {kind: findings for kind, findings in zip(KINDS, found, strict=True) if findings}


def test_the_matrix_holds_every_kind() -> None:
    """At least the two dozen that the cooperative was promised, all different."""
    files = {render_cii(kind()) for kind in KINDS.values()}
    assert len(files) == len(KINDS) >= 24


def test_the_xml_of_every_kind_is_valid() -> None:
    """Schema of Factur-X, Schematron of EN 16931, Schematron of the French reform."""
    found = xml_findings([render_cii(kind()) for kind in KINDS.values()])
    assert findings_by_kind(found) == {}


def test_the_pdf_of_every_kind_is_an_archive_that_everyone_can_read() -> None:
    """PDF/A-3a and PDF/UA-1 at once, with a logo and without; the XML inside is the one that was judged above."""
    files = [render_pdf(kind(), sample_logo() if i % 2 else None) for i, kind in enumerate(KINDS.values())]
    assert findings_by_kind(pdf_findings(files)) == {}
    inside = [PdfReader(io.BytesIO(file)).attachments["factur-x.xml"] for file in files]
    assert inside == [[render_cii(kind())] for kind in KINDS.values()]


def test_other_papers_are_archives_too() -> None:
    """Whatever is printed from a template of the documents."""
    document = sample_document(lines=1)
    context = {
        "document": document,
        "title": "Relevé d’activité",
        "kind": "Relevé",
        "facts": [("Mois", "novembre 2026")],
        "pages": [{"lines": [wording.printed_line(line) for line in document.lines]}],
        "vat_rows": [wording.printed_vat(row) for row in document.vat_rows],
        "amount_due": document.gross,
        "accent": "#0f766e",
    }
    page = render_page("documents/invoice.html", "invoice.css", context, identifier="R2026-001")
    assert pdf_findings([page]) == [[]]
