"""Placeholders: filled once, never run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.rules import (
    EXAMPLES,
    MEANINGS,
    OFFERED,
    Words,
    filled,
    filled_words,
    placeholder_problems,
    unknown_placeholders,
)


def test_every_kind_offers_placeholders_that_have_a_meaning_and_an_example() -> None:
    assert set(OFFERED) == set(TemplateKind)
    assert set().union(*OFFERED.values()) == set(MEANINGS) == set(EXAMPLES)


def test_names_are_replaced_and_what_is_unknown_stays() -> None:
    assert filled("Facture {numero}, {autre} {", {"numero": "F1"}) == "Facture F1, {autre} {"


@pytest.mark.parametrize(
    "attack", ["{numero.__class__}", "{0}", "{numero!r}", "{{numero}}", "%(numero)s", "{% include 'x' %}", "{{ 7*7 }}"]
)
def test_nothing_is_run(attack: str) -> None:
    assert "F1" not in filled(attack.replace("{{numero}}", ""), {"numero": "F1"})


def test_what_a_value_holds_is_not_filled_again() -> None:
    assert filled("{client} {numero}", {"client": "{numero}", "numero": "F1"}) == "{numero} F1"


@given(st.text(), st.text())
def test_a_text_without_braces_is_left_alone_and_values_arrive_whole(text: str, value: str) -> None:
    bare = text.replace("{", "").replace("}", "")
    assert filled(bare, {"numero": value}) == bare
    assert filled(f"{bare}{{numero}}", {"numero": value}) == f"{bare}{value}"


def test_an_object_stays_on_one_line() -> None:
    words = filled_words(Words("Facture {client}", "{client}"), {"client": "A\nBcc: b@example.org"})
    assert words == Words("Facture A Bcc: b@example.org", "A\nBcc: b@example.org")


def test_unknown_placeholders_are_named_once() -> None:
    assert unknown_placeholders(TemplateKind.QUOTE, "{numero} {penalites}", "{penalites} {}") == ["penalites", ""]
    assert placeholder_problems(TemplateKind.QUOTE, "{retard}") == [
        "«\u00a0{retard}\u00a0» n’existe pas dans ce message."
    ]
    assert placeholder_problems(TemplateKind.FIRM, "{retard}") == []
