"""Bold, lists and chapters: in a valid PDF, and as plain text in its XML."""

import io
from dataclasses import replace

from pypdf import PdfReader

from cae_backoffice.core.money import format_euros
from invoicing.rendering.cii import render_cii
from invoicing.rendering.pdf import render_pdf
from tests.invoicing.rendering.samples import sample_document, sample_line, with_totals
from tests.oracles.batches import pdf_findings, xml_findings

TYPED = "Comprend **tout** le reste :\n\n- dépose\n- pose\n  - soignée\n\n1. un\n2. deux\n\n<b>2*3</b>"


def test_rich_text_is_printed_tagged_and_plain_in_the_xml() -> None:
    """No mark is left but those that mean nothing; both files stand before their validators."""
    sample = sample_document(lines=2, note=TYPED)
    document = with_totals(replace(sample, lines=(sample_line(1, description=TYPED), *sample.lines[1:])))
    xml = render_cii(document).decode()
    plain = "Comprend tout le reste :\n- dépose\n- pose\n  - soignée\n1. un\n2. deux\n&lt;b&gt;2*3&lt;/b&gt;"
    assert f"<ram:Description>{plain}</ram:Description>" in xml
    pdf = render_pdf(document)
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "**" not in text
    for words in ("Comprend tout le reste", "dépose", "soignée", "<b>2*3</b>"):
        assert words in text, text
    assert pdf_findings([pdf]) == [[]]
    assert xml_findings([xml.encode()]) == [[]]


def test_chapters_are_printed_with_their_subtotals() -> None:
    """Above their first line and below their last; the file stands before its validator."""
    lines = [sample_line(i, chapter=chapter) for i, chapter in enumerate(("Murs", "Murs", "Toit"), start=1)]
    document = with_totals(replace(sample_document(lines=3), lines=tuple(lines)))
    pdf = render_pdf(document)
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    murs = format_euros(lines[0].net + lines[1].net)
    assert f"Sous-total Murs\u00a0: {murs} HT" in text
    assert f"Sous-total Toit\u00a0: {format_euros(lines[2].net)} HT" in text
    assert pdf_findings([pdf]) == [[]]
