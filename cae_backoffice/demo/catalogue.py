"""What the curated TOML files say, as values: names, places, companies, and each sector's trades."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cae_backoffice.core.text import search_key
from invoicing.pricing.enums import SupplyNature, Unit

DATA = Path(__file__).resolve().parent / "data"
SECTOR_FILES = ("construction", "agriculture", "digital", "communication", "crafts", "services", "training")
UNITS = {unit.label: unit for unit in Unit}


@dataclass(frozen=True)
class CatalogueLine:
    """Something a trade sells: price excl. VAT, usual quantities by steps, own VAT rate if it has one."""

    label: str
    detail: str
    unit: Unit
    price: Decimal
    least: Decimal
    most: Decimal
    step: Decimal
    nature: SupplyNature
    vat: str


@dataclass(frozen=True)
class Idea:
    """An activity that a member may carry."""

    name: str
    tagline: str
    trade: "Trade"


@dataclass(frozen=True)
class Trade:
    """A craft of a sector: what it sells, to whom, for how much at a time (€ excl. VAT)."""

    sector: str
    season: tuple[int, ...]
    naf: str
    invoice: Decimal
    customers: dict[str, int]
    vat: str
    home_vat: str
    decennial: str
    ideas: tuple[tuple[str, str], ...]
    subjects: tuple[str, ...]
    lines: tuple[CatalogueLine, ...]


@cache
def table(name: str) -> dict[str, Any]:
    """One of the files, as it stands."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def ideas_by_sector() -> dict[str, tuple[Idea, ...]]:
    """Every activity of the catalogue under its sector, in the files' order."""
    found: dict[str, tuple[Idea, ...]] = {}
    for name in SECTOR_FILES:
        file = table(name)
        trades = [_trade(file, entry) for entry in file["trades"]]
        found[file["sector"]] = tuple(Idea(title, tagline, trade) for trade in trades for title, tagline in trade.ideas)
    return found


def slug(text: str) -> str:
    """A name as part of an address: « Encre & Papier » → "encre-et-papier"."""
    letters = search_key(text).replace("&", "et")
    return "-".join("".join(c if c.isalnum() else " " for c in letters).split())


def _trade(file: dict[str, Any], entry: dict[str, Any]) -> Trade:
    return Trade(
        sector=file["sector"],
        season=tuple(file["season"]),
        naf=entry["naf"],
        invoice=Decimal(entry["invoice"]),
        customers=entry["customers"],
        vat=entry["vat"],
        home_vat=entry.get("home_vat", entry["vat"]),
        decennial=entry.get("decennial", ""),
        ideas=tuple((title, tagline) for title, tagline in entry["activities"]),
        subjects=tuple(entry["subjects"]),
        lines=tuple(_line(entry, line) for line in entry["lines"]),
    )


def _line(trade: dict[str, Any], line: dict[str, Any]) -> CatalogueLine:
    least, most, step = (Decimal(figure) for figure in line["quantity"])
    return CatalogueLine(
        label=line["label"],
        detail=line.get("detail", ""),
        unit=UNITS[line["unit"]],
        price=Decimal(line["price"]),
        least=least,
        most=most,
        step=step,
        nature=SupplyNature[line.get("nature", trade.get("nature", "SERVICES"))],
        vat=line.get("vat", ""),
    )
