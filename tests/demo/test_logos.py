"""Generated logos."""

import io

from PIL import Image

from cae_backoffice.demo.catalogue import ideas_by_sector
from cae_backoffice.demo.logos import DESIGNS, draw_logo, initials


def test_initials_skip_small_words() -> None:
    """Articles do not count; accents and ligatures fold into capitals that every font has."""
    assert initials("L’Œil du Martin-Pêcheur") == "OM"
    assert initials("Encre & Papier") == "EP"
    assert initials("Porte-Voix") == "PV"
    assert initials("Indigo Sauvage") == "IS"


def test_a_logo_is_a_picture_and_always_the_same() -> None:
    """400 px, transparent corners, and the same bytes each time."""
    logo = draw_logo("Encre & Papier", "#1f5f5b")
    assert logo == draw_logo("Encre & Papier", "#1f5f5b")
    with Image.open(io.BytesIO(logo)) as picture:
        assert picture.size == (400, 400)
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)


def test_brands_differ() -> None:
    """Every design is used, and names give different pictures."""
    names = [idea.name for ideas in ideas_by_sector().values() for idea in ideas][:24]
    assert len({draw_logo(name, "#1f5f5b") for name in names}) >= 20
    assert len(DESIGNS) == 7
