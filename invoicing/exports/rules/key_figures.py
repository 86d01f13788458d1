"""The key figures of a cooperative for a year, as a federation adds them up. Pure: values in, JSON and sums out.

The format is described in docs/key-figures.md.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from cae_backoffice.core.money import ZERO

FORMAT = "cae-key-figures"
VERSION = 1
FEWEST_SHOWN = 5
PEOPLE = ("entrepreneurs", "women", "associates", "cape", "cesa", "entrepreneur_associates", "employees")
"""Numbers of people: None when fewer than five (DOMAIN §8)."""

MOST_BYTES = 1_000_000


class KeyFiguresError(ValueError):
    """A file that is not what it should be; the message is a French sentence."""


@dataclass(frozen=True)
class SectorFigures:
    """Activities open at the end of the year, and the year's turnover in euros, of one sector."""

    activities: int
    turnover: Decimal


@dataclass(frozen=True)
class KeyFigures:
    """A cooperative on the last day of a year, and its turnover and gross pay over the year, in euros."""

    year: int
    siren: str
    name: str
    activities: int
    people: Mapping[str, int | None]
    turnover: Decimal
    wage_bill: Decimal
    sectors: Mapping[str, SectorFigures]


@dataclass(frozen=True)
class MergedFigures:
    """The sector for a year: sums of what the cooperatives show, and how many hide a number of people."""

    year: int
    cooperatives: int
    activities: int
    people: Mapping[str, int]
    hidden: Mapping[str, int]
    turnover: Decimal
    wage_bill: Decimal
    sectors: Mapping[str, SectorFigures]


def hide_small(people: Mapping[str, int]) -> dict[str, int | None]:
    """Numbers of one to four people become None."""
    return {name: None if 0 < number < FEWEST_SHOWN else number for name, number in people.items()}


def to_json(figures: KeyFigures) -> str:
    """The file: amounts are strings with two decimals, so that no reader rounds them."""
    return _dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "year": figures.year,
            "siren": figures.siren,
            "name": figures.name,
            "activities": figures.activities,
            "people": dict(figures.people),
            "turnover": f"{figures.turnover:.2f}",
            "wage_bill": f"{figures.wage_bill:.2f}",
            "sectors": _sectors_out(figures.sectors),
        }
    )


def merged_to_json(merged: MergedFigures) -> str:
    """The sector's file: the same keys, with how many cooperatives there are and hide each number."""
    return _dump(
        {
            "format": f"{FORMAT}-merged",
            "version": VERSION,
            "year": merged.year,
            "cooperatives": merged.cooperatives,
            "activities": merged.activities,
            "people": dict(merged.people),
            "hidden": dict(merged.hidden),
            "turnover": f"{merged.turnover:.2f}",
            "wage_bill": f"{merged.wage_bill:.2f}",
            "sectors": _sectors_out(merged.sectors),
        }
    )


def from_json(text: str) -> KeyFigures:
    """Read a cooperative's file. Raises KeyFiguresError with a sentence that names what is wrong."""
    if len(text) > MOST_BYTES:
        raise KeyFiguresError("Ce fichier est trop grand pour des chiffres clés.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyFiguresError("Ce fichier n’est pas du JSON.") from error
    if not isinstance(found, dict) or (found.get("format"), found.get("version")) != (FORMAT, VERSION):
        raise KeyFiguresError(f"Ce fichier n’est pas au format {FORMAT}, version {VERSION}.")
    people = _mapping(found, "people")
    return KeyFigures(
        year=_number(found, "year"),
        siren=_text(found, "siren"),
        name=_text(found, "name"),
        activities=_number(found, "activities"),
        people={name: None if people.get(name, 0) is None else _number(people, name) for name in PEOPLE},
        turnover=_amount(found, "turnover"),
        wage_bill=_amount(found, "wage_bill"),
        sectors={name: _sector(values, name) for name, values in _mapping(found, "sectors").items()},
    )


def merge(files: Sequence[KeyFigures]) -> MergedFigures:
    """Add cooperatives up. Raises KeyFiguresError for none, for two years, or for a cooperative given twice."""
    if not files:
        raise KeyFiguresError("Il n’y a aucun fichier à additionner.")
    years = {figures.year for figures in files}
    if len(years) > 1:
        raise KeyFiguresError(f"Ces fichiers sont de plusieurs années\u00a0: {', '.join(map(str, sorted(years)))}.")
    seen: set[str] = set()
    for figures in files:
        if figures.siren in seen:
            raise KeyFiguresError(f"La coopérative {figures.name} ({figures.siren}) est donnée deux fois.")
        seen.add(figures.siren)
    return MergedFigures(
        year=years.pop(),
        cooperatives=len(files),
        activities=sum(figures.activities for figures in files),
        people={name: sum(figures.people[name] or 0 for figures in files) for name in PEOPLE},
        hidden={name: sum(figures.people[name] is None for figures in files) for name in PEOPLE},
        turnover=sum((figures.turnover for figures in files), ZERO),
        wage_bill=sum((figures.wage_bill for figures in files), ZERO),
        sectors=_summed_sectors(figures.sectors for figures in files),
    )


def _summed_sectors(each: Iterable[Mapping[str, SectorFigures]]) -> dict[str, SectorFigures]:
    sums: defaultdict[str, SectorFigures] = defaultdict(lambda: SectorFigures(0, ZERO))
    for sectors in each:
        for name, figures in sectors.items():
            former = sums[name]
            sums[name] = SectorFigures(former.activities + figures.activities, former.turnover + figures.turnover)
    return dict(sorted(sums.items()))


def _dump(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sectors_out(sectors: Mapping[str, SectorFigures]) -> dict[str, Any]:
    return {
        name: {"activities": figures.activities, "turnover": f"{figures.turnover:.2f}"}
        for name, figures in sorted(sectors.items())
    }


def _sector(values: Any, name: str) -> SectorFigures:  # noqa: ANN401  read from a file
    if not isinstance(values, dict):
        raise KeyFiguresError(f"«\u00a0sectors.{name}\u00a0» n’est pas un objet.")
    return SectorFigures(_number(values, "activities"), _amount(values, "turnover"))


def _mapping(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    if not isinstance(value, dict):
        raise KeyFiguresError(f"«\u00a0{key}\u00a0» manque ou n’est pas un objet.")
    return value


def _number(found: dict[str, Any], key: str) -> int:
    value = found.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise KeyFiguresError(f"«\u00a0{key}\u00a0» manque ou n’est pas un nombre entier.")
    return value


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value.strip():
        raise KeyFiguresError(f"«\u00a0{key}\u00a0» manque ou n’est pas un texte.")
    return value.strip()


def _amount(found: dict[str, Any], key: str) -> Decimal:
    try:
        value = Decimal(_text(found, key))
    except InvalidOperation as error:
        raise KeyFiguresError(f"«\u00a0{key}\u00a0» n’est pas un montant.") from error
    if not value.is_finite() or value != round(value, 2):
        raise KeyFiguresError(f"«\u00a0{key}\u00a0» n’est pas un montant en euros et centimes.")
    return value
