"""Each validator sees what it is there to see: one bad file for each, beside a good one."""

from invoicing.rendering.cii import render_cii
from tests.invoicing.rendering.samples import sample_document
from tests.oracles.batches import xml_findings

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
