"""The legal mentions that come with the software."""

from datetime import date

import pytest

from invoicing.mentions.enums import LegalTextCode
from invoicing.mentions.models import LegalText
from invoicing.mentions.services import load_legal_texts

pytestmark = pytest.mark.django_db


def test_every_mention_has_its_text_and_source() -> None:
    """One text per code, in force since 2020, with no-break spaces before French punctuation."""
    texts = LegalText.objects.all()
    assert {text.code for text in texts} == set(LegalTextCode.values)
    assert LegalText.objects.in_force(date(2026, 11, 2)).count() == len(LegalTextCode)
    for text in texts:
        assert text.source
        assert not any(f" {sign}" in text.text for sign in ":;!?€»")


def test_the_latest_text_that_has_begun_is_in_force() -> None:
    """A new wording is a new row."""
    LegalText.objects.create(code="NO_EARLY_DISCOUNT", text="Pas d’escompte.", valid_from=date(2027, 1, 1), source="x")

    def text_on(day: date) -> str:
        return {text.code: text.text for text in LegalText.objects.in_force(day)}["NO_EARLY_DISCOUNT"]

    assert text_on(date(2026, 12, 31)) == "Escompte pour paiement anticipé\u00a0: néant."
    assert text_on(date(2027, 1, 1)) == "Pas d’escompte."


def test_loading_again_keeps_what_was_edited() -> None:
    """Only what is missing comes back."""
    LegalText.objects.filter(code="CAPE").update(text="Autre")
    LegalText.objects.filter(code="MEDIATOR").delete()
    load_legal_texts()
    assert LegalText.objects.get(code="CAPE").text == "Autre"
    assert LegalText.objects.filter(code="MEDIATOR").exists()
