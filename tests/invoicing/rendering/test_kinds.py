"""Every kind of document passes every official validator: no failure, no warning."""

from invoicing.rendering.cii import render_cii
from tests.invoicing.rendering.kinds import KINDS
from tests.oracles.batches import Finding, xml_findings


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
