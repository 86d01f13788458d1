"""The font of the documents: what it can print. `build_font.py` tells where it comes from."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent / "fonts"
FILES = {400: FOLDER / "CAEDocument-Regular.ttf", 600: FOLDER / "CAEDocument-SemiBold.ttf"}
LAYOUT_CHARACTERS = "\n\r\t"


@cache
def repertoire() -> frozenset[str]:
    """Every character that a document can print, in all its weights; line feeds and tabs lay text out."""
    printable = frozenset.intersection(*(_characters(path) for path in FILES.values()))
    return printable | frozenset(LAYOUT_CHARACTERS)


def unprintable(text: str) -> list[str]:
    """The characters of the text that a document cannot print, in order: emoji, controls, scripts the font lacks."""
    return [character for character in text if character not in repertoire()]


def _characters(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
