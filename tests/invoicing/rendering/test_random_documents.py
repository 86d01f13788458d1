"""Documents of any shape pass the validators: two hundred new ones each time."""

import json

from hypothesis import HealthCheck, Phase, given, settings

from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import FrozenDocument, to_json
from tests.invoicing.rendering.random_documents import documents
from tests.oracles.batches import xml_findings

DOCUMENTS = 200


def test_the_xml_of_any_document_is_valid() -> None:
    """One batch for the validators, which live in a process of their own; a failure shows the document."""
    drawn: list[FrozenDocument] = []

    @settings(
        max_examples=DOCUMENTS,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents())
    def draw(document: FrozenDocument) -> None:
        drawn.append(document)

    draw()
    assert len(drawn) == DOCUMENTS
    for document, findings in zip(drawn, xml_findings([render_cii(document) for document in drawn]), strict=True):
        assert findings == [], json.dumps(to_json(document), ensure_ascii=False)
