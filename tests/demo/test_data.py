"""The curated files: enough of everything, and French as a printer would set it."""

import re
from collections.abc import Iterator

import pytest

from cae_backoffice.demo.catalogue import DATA, SECTOR_FILES, ideas_by_sector, slug, table
from invoicing.rendering.font import unprintable
from members.activities.enums import Sector

FILES = sorted(path.stem for path in DATA.glob("*.toml"))
STRAIGHT_APOSTROPHE = re.compile(r"\w'\w")
BREAKABLE_SPACE = re.compile(r"[ \t][;:!?»%€]|«[ \t]")


def texts(value: object) -> Iterator[str]:
    """Every text of a file, but for addresses of the web."""
    if isinstance(value, str):
        yield re.sub(r"https?://\S+", "", value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


@pytest.mark.parametrize("name", FILES)
def test_typography_is_french(name: str) -> None:
    """Apostrophes are curly, spaces before double punctuation do not break, and the document font has every sign."""
    found = list(texts(table(name)))
    assert [text for text in found if STRAIGHT_APOSTROPHE.search(text) or BREAKABLE_SPACE.search(text)] == []
    assert [text for text in found if unprintable(text)] == []


def test_every_sector_has_a_rich_catalogue() -> None:
    """Twelve activities or more in each, eight lines or more in each trade, no name twice."""
    ideas = ideas_by_sector()
    assert set(ideas) == set(Sector)
    assert len(SECTOR_FILES) == len(Sector)
    for sector, its_ideas in ideas.items():
        assert len(its_ideas) >= 12, sector
        for trade in {idea.trade.subjects: idea.trade for idea in its_ideas}.values():
            assert len(trade.lines) >= 8
            assert len(trade.season) == 12
            assert all(line.least <= line.most and line.step > 0 for line in trade.lines)
    names = [idea.name for its_ideas in ideas.values() for idea in its_ideas]
    assert len(names) == len(set(names))


def test_builders_are_insured_and_only_they() -> None:
    """The decennial insurance belongs to construction."""
    covered = {sector for sector, ideas in ideas_by_sector().items() if any(idea.trade.decennial for idea in ideas)}
    assert covered == {"CONSTRUCTION"}


def test_a_slug_is_plain() -> None:
    """As in an address of the web."""
    assert slug("L’Œil du Martin-Pêcheur") == "l-oeil-du-martin-pecheur"
    assert slug("Encre & Papier") == "encre-et-papier"
