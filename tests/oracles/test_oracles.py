"""Each validator sees what it is there to see: one bad file for each, beside a good one."""

from weasyprint import HTML

from invoicing.rendering.cii import render_cii
from invoicing.rendering.pdf import render_pdf
from tests.invoicing.rendering.samples import sample_document
from tests.oracles.batches import pdf_findings, xml_findings

GOOD = render_cii(sample_document(lines=2)).decode()


def altered(before: str, after: str) -> bytes:
    """The good XML with one change."""
    assert GOOD.count(before) == 1, before
    return GOOD.replace(before, after).encode()


def test_each_validator_of_the_xml_can_fail() -> None:
    """An element in another's place, a total that is not the sum, a missing mention, a warning, and no XML at all."""
    files = [
        GOOD.encode(),
        altered("<ram:TypeCode>380</ram:TypeCode>", "<ram:Kind>380</ram:Kind>"),
        altered("<ram:DuePayableAmount>4441.50", "<ram:DuePayableAmount>4441.51"),
        altered("<ram:SubjectCode>PMD</ram:SubjectCode>", ""),
        altered("<ram:BICID>AGRIFRPP</ram:BICID>", "<ram:BICID/>"),
        b"<rsm:CrossIndustryInvoice>",
    ]
    found = [{(finding.oracle, finding.rule) for finding in findings} for findings in xml_findings(files)]
    assert found[0] == set()
    assert ("XSD", "SCHEMAV_ELEMENT_CONTENT") in found[1]
    assert found[2] == {("EN 16931", "BR-CO-16")}
    assert found[3] == {("BR-FR", "BR-FR-05_BT-22_PMD")}
    assert found[4] == {("EN 16931", "PEPPOL-EN16931-R008")}
    assert found[5] == {("XSD", "XML")}


def test_the_validator_of_the_pdf_can_fail() -> None:
    """An ordinary PDF, one standard without the other, and no PDF at all."""
    page = HTML(string='<html lang="fr"><title>Facture</title><h2>Facture</h2>')
    files = [
        render_pdf(sample_document(lines=1)),
        page.write_pdf(),
        page.write_pdf(pdf_variant="pdf/ua-1"),
        b"%PDF-1.7 and nothing else",
    ]
    found = [{(finding.oracle, finding.rule) for finding in findings} for findings in pdf_findings(files)]
    assert found[0] == set()
    assert {("PDF/A-3a", "6.6.2.1-1"), ("PDF/UA-1", "7.1-8")} <= found[1]
    assert {oracle for oracle, _ in found[2]} == {"PDF/A-3a", "PDF/UA-1"}
    assert ("PDF/UA-1", "7.4.2-1") in found[2]
    assert ("PDF/UA-1", "7.1-8") not in found[2]
    assert found[3] == {("PDF/A-3a", "unreadable"), ("PDF/UA-1", "unreadable")}


def test_a_font_without_the_character_is_seen() -> None:
    """Why a text is refused when the document font lacks one of its characters."""
    (findings,) = pdf_findings([render_pdf(sample_document(lines=1, note="\ue000"))])
    assert {finding.oracle for finding in findings} == {"PDF/A-3a", "PDF/UA-1"}
