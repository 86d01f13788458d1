"""The frozen document comes back from JSON as it was."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.rendering.document import Correction, Delivery, FrozenDocument, from_json, to_json
from tests.invoicing.rendering.samples import CONSUMER, sample_document

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)
st.register_type_strategy(Decimal, decimals)
documents = st.from_type(FrozenDocument)


@given(documents)
def test_a_document_comes_back_from_json_as_it_was(document: FrozenDocument) -> None:
    """Through real JSON text, whatever the values."""
    assert from_json(json.loads(json.dumps(to_json(document)))) == document


def test_json_holds_plain_values() -> None:
    """Decimals are strings with their own decimals, dates are ISO 8601, and the format has a version."""
    content = to_json(sample_document(lines=1, delivery=Delivery("Chantier", CONSUMER.address)))
    assert content["version"] == 1
    assert content["issued_on"] == "2026-11-22"
    assert content["gross"] == "2233.50"
    assert content["lines"][0]["quantity"] == "12.5"
    assert content["delivery"]["address"]["city"] == "Clisson"
    assert content["corrects"] is None


def test_an_exponent_is_written_out() -> None:
    """A normalised 10 would be « 1E+1 » in a stored copy."""
    document = replace(sample_document(lines=1), net=Decimal("1E+1"))
    assert to_json(document)["net"] == "10"


def test_a_copy_written_before_a_field_existed_is_read_with_its_default() -> None:
    """Whoever reads the first documents in ten years must find them whole."""
    document = sample_document(lines=2)
    content = to_json(document)
    later = {"mention_codes", "adjustments", "prepaid", "follows", "retention", "frame", "treatment", "vat_due_code"}
    old = {name: value for name, value in content.items() if name not in later}
    old["seller"] = {k: v for k, v in content["seller"].items() if k != "electronic_address"}
    old["buyer"] = {k: v for k, v in content["buyer"].items() if not k.startswith("electronic_")}
    old["lines"] = [{k: v for k, v in line.items() if k != "adjustments"} for line in content["lines"]]
    assert from_json(old) == replace(document, mention_codes=())


def test_the_mentions_of_an_old_copy_have_the_codes_of_their_places() -> None:
    """Penalties, indemnity and discount stood first for everyone but consumers; the other mentions have no code."""
    document = replace(sample_document(lines=1), mentions=("a", "b", "c", "d"), mention_codes=())
    assert document.coded_mentions == [("PMD", "a"), ("PMT", "b"), ("AAB", "c"), ("", "d")]
    assert replace(document, buyer=CONSUMER).coded_mentions == [("", "a"), ("", "b"), ("", "c"), ("", "d")]
    assert replace(document, mention_codes=("", "AAB", "", "")).coded_mentions[1] == ("AAB", "b")


def test_a_field_that_every_copy_has_cannot_lack() -> None:
    """A copy without its number is no copy."""
    content = to_json(sample_document(lines=1))
    del content["number"]
    with pytest.raises(TypeError, match="number"):
        from_json(content)


def test_an_unknown_version_is_refused() -> None:
    """A copy of another format is never read as if it were this one."""
    content = to_json(sample_document(lines=1)) | {"version": 2}
    with pytest.raises(ValueError, match="unknown version 2"):
        from_json(content)


def test_a_credit_note_refers_to_the_original() -> None:
    """Its correction comes back with it."""
    correction = Correction("F2026-00001", date(2026, 10, 1), "Erreur de quantité.")
    document = sample_document(lines=1, kind="381", corrects=correction)
    assert document.is_credit_note
    assert from_json(to_json(document)).corrects == correction
