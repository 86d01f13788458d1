"""Searching without accents: Python and the database fold alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.text import control_characters, search_key
from members.people.models import Person
from tests.members.factories import make_person

SAMPLES = [
    "Œuvre d’Été",
    "ÆGIR",
    "Noël Çelik-Ñandú",
    "L’Haÿ-les-Roses",
    "ﬁnance №5",
    "Straße",
    "İstanbul",
    "日本 Ｔokyo",
]


def test_search_key() -> None:
    """Accents, case and ligatures go."""
    assert search_key("Œuvre d’Été ÆGIR") == "oeuvre d’ete aegir"


@pytest.mark.django_db
@pytest.mark.parametrize("name", SAMPLES)
def test_the_database_folds_alike(name: str) -> None:
    """On the names that people have."""
    person = Person.objects.get(pk=make_person(first_name="X", last_name=name).pk)
    assert person.search == search_key(f"{name} X")


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f"), max_size=60))
def test_the_database_folds_any_european_text_alike(text: str) -> None:
    """Latin letters with every mark."""
    person = Person.objects.get(pk=make_person(first_name=text, last_name="").pk)
    assert person.search == search_key(f" {text}")


def test_control_characters() -> None:
    """Line feed and tab are let through."""
    assert control_characters("a\x00b\x1bc\n\td\x85\ue000") == ["\x00", "\x1b", "\x85", "\ue000"]
    assert control_characters("Été 🌿 שלום") == []
