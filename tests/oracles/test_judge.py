"""What `make demo-check` asks of each document."""

from invoicing.rendering.document import to_json
from tests.invoicing.rendering.samples import sample_document, sample_logo
from tests.oracles.judge import judge


def test_a_batch_is_judged_document_by_document() -> None:
    """By the official validators and by our own rules; what is wrong bears the document's number."""
    good = to_json(sample_document(lines=1))
    bad = to_json(sample_document(lines=1, number="F2026-00043", purchase_order="\ue000"))
    bad["due_on"] = "2026-11-21"
    found = judge([(good, sample_logo()), (bad, None)])
    assert {number for number, _, _ in found} == {"F2026-00043"}
    rules = {rule for _, rule, _ in found}
    assert {"BR-FR BR-FR-CO-07_BT-9", "our own"} <= rules
    assert {rule.partition(" ")[0] for rule in rules} == {"BR-FR", "our", "PDF/A-3a", "PDF/UA-1"}
