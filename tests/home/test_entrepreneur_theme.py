"""The cooperative's colour on the entrepreneurs' pages: always readable."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.home.theme import (
    INK,
    TINTED_NIGHT,
    TINTED_PAPER,
    WHITE,
    Colour,
    contrast,
    stylesheet,
)
from tests.members.factories import make_cooperative

channels = st.integers(0, 255)


def _colours(sheet: str) -> list[Colour]:
    return [
        (int(found[:2], 16), int(found[2:4], 16), int(found[4:], 16)) for found in re.findall(r"#([0-9a-f]{6})", sheet)
    ]


def test_contrast_is_the_one_of_wcag() -> None:
    """Black on white is 21, a colour on itself 1."""
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(INK, INK) == 1


@given(st.tuples(channels, channels, channels))
def test_any_colour_gives_readable_texts(colour: Colour) -> None:
    """On its button, on paper and by night: at least 4.5."""
    accent, on_accent, by_day, by_night = _colours(stylesheet("#{:02x}{:02x}{:02x}".format(*colour)))
    assert accent == colour
    assert contrast(on_accent, accent) >= 4.5
    assert contrast(by_day, TINTED_PAPER) >= 4.5
    assert contrast(by_night, TINTED_NIGHT) >= 4.5


@pytest.mark.parametrize("wrong", ["", "teal", "#12345", "#12345g", "#0f766e;}body{display:none"])
def test_what_is_not_a_colour_gives_the_default(wrong: str) -> None:
    """Nothing but digits reaches the stylesheet."""
    assert stylesheet(wrong) == stylesheet("#0f766e")


@pytest.mark.django_db
def test_the_stylesheet_is_public_and_kept_by_browsers() -> None:
    """The sign-in page needs it too."""
    make_cooperative(colour="#7c2d12")
    response = Client().get("/theme.css")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/css"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "--accent: #7c2d12" in response.text


@pytest.mark.django_db
def test_without_a_cooperative_the_default_colour() -> None:
    """Before the first set-up."""
    assert "--accent: #0f766e" in Client().get("/theme.css").text
