"""The VAT return (form 3310-CA3): what documents and payments put in which line. Pure; the form's lines are data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cae_backoffice.core.money import ZERO

DATA = Path(__file__).resolve().parents[1] / "data" / "vat_return.toml"
OLD_RATES = "13"
TAKEN_BACK = "21"
COLLECTED = "44571"
CREDIT = "44567"
LISTED = frozenset({"rate", "untaxed", "outside", "collected back"})
"""How the lines that documents and payments fill are filled."""


@dataclass(frozen=True)
class VatKey:
    """What tells a VAT row of a document from another; overseas: at the rates of Guadeloupe, Martinique, Réunion."""

    category: str
    rate: Decimal
    is_overseas: bool


@dataclass(frozen=True)
class VatMovement:
    """What a period made due of one kind of row: bases and tax, at the issue of documents and by their payment.

    `lost_vat`, negative, was due at issue and is taken back because the customer will never pay.
    """

    key: VatKey
    issue_base: Decimal = ZERO
    issue_vat: Decimal = ZERO
    payment_base: Decimal = ZERO
    payment_vat: Decimal = ZERO
    lost_vat: Decimal = ZERO


@dataclass(frozen=True)
class Box:
    """A line of the form; `fills` names its source, `account` the account of a deductible one. Amounts in euros."""

    number: str
    section: str
    label: str
    fills: str
    account: str = ""
    base: Decimal | None = None
    vat: Decimal | None = None
    issue_vat: Decimal | None = None
    payment_vat: Decimal | None = None


@dataclass(frozen=True)
class VatReturn:
    """The form filled in, and what the account of collected VAT says of the same period."""

    boxes: tuple[Box, ...]
    collected: Decimal
    in_ledger: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much documents and payments exceed the account; zero when the books agree."""
        return self.collected - self.in_ledger

    def box(self, number: str) -> Box:
        """One line."""
        return next(box for box in self.boxes if box.number == number)


@dataclass
class _Sums:
    """What is added up in one line."""

    base: Decimal = ZERO
    issue: Decimal = ZERO
    payment: Decimal = ZERO

    @property
    def vat(self) -> Decimal:
        return self.issue + self.payment


@dataclass
class _Totals:
    """The lines that are sums of others, each worth zero or more."""

    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, amount: Decimal) -> None:
        self.amounts[name] = self.amounts.get(name, ZERO) + amount

    def __getitem__(self, name: str) -> Decimal:
        return self.amounts.get(name, ZERO)


@cache
def form_boxes() -> tuple[Box, ...]:
    """The lines of the form, empty, in its order."""
    return tuple(Box(**box) for box in _data()["boxes"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def box_of(key: VatKey) -> str:
    """The number of the line that a row belongs to."""
    for row in _data()["rows"]:
        same_rate = "rate" not in row or Decimal(row["rate"]) == key.rate
        if row["category"] == key.category and same_rate and (key.is_overseas or not row.get("overseas")):
            return str(row["box"])
    return OLD_RATES


def fill_return(
    movements: Iterable[VatMovement], *, accounts: Mapping[str, Decimal], credit_before: Decimal
) -> VatReturn:
    """Fill the form in. `accounts`: debit less credit of the VAT accounts in the period, by the form's account numbers.

    The form takes no negative amount: a line of sales below zero goes to B5 or F8 with its tax in 21; deductible VAT
    below zero is VAT to pay back (15).
    """
    moved = list(movements)
    sums = _by_box(moved)
    totals = _totals(sums, accounts, max(credit_before, ZERO), lost=sum((m.lost_vat for m in moved), ZERO))
    boxes = tuple(_filled(box, sums, accounts, totals) for box in form_boxes())
    collected = sum((m.issue_vat + m.payment_vat + m.lost_vat for m in moved), ZERO)
    return VatReturn(boxes=boxes, collected=collected, in_ledger=-accounts.get(COLLECTED, ZERO))


def _by_box(movements: Iterable[VatMovement]) -> dict[str, _Sums]:
    sums: dict[str, _Sums] = {}
    for movement in movements:
        line = sums.setdefault(box_of(movement.key), _Sums())
        line.base += movement.issue_base + movement.payment_base
        line.issue += movement.issue_vat
        line.payment += movement.payment_vat
    return sums


def _totals(sums: Mapping[str, _Sums], accounts: Mapping[str, Decimal], credit: Decimal, *, lost: Decimal) -> _Totals:
    totals = _Totals({"collected back": -lost})
    for box in form_boxes():
        line = sums.get(box.number, _Sums())
        if box.fills == "rate":
            totals.add("taxed" if line.base > 0 else "taxed back", abs(line.base))
            totals.add("gross total" if line.vat > 0 else "collected back", abs(line.vat))
        elif box.fills == "untaxed" and line.base < 0:
            totals.add("untaxed back", -line.base)
        elif box.fills == "deductible":
            moved = accounts.get(box.account, ZERO)
            totals.add("deductible total" if moved > 0 else "deducted back", abs(moved))
    totals.add("credit", credit)
    totals.add("deductible total", totals["collected back"] + credit)
    totals.add("gross total", totals["deducted back"])
    due = totals["gross total"] - totals["deductible total"]
    totals.add("net due", max(due, ZERO))
    totals.add("credit due", max(-due, ZERO))
    return totals


def _filled(box: Box, sums: Mapping[str, _Sums], accounts: Mapping[str, Decimal], totals: _Totals) -> Box:
    line = sums.get(box.number, _Sums())
    if box.fills == "rate":
        base, vat = max(line.base, ZERO), max(line.vat, ZERO)
        return replace(box, base=base, vat=vat, issue_vat=line.issue, payment_vat=line.payment)
    if box.fills == "untaxed":
        return replace(box, base=max(line.base, ZERO))
    if box.fills == "outside":
        return replace(box, base=line.base)
    if box.fills == "deductible":
        return replace(box, vat=max(accounts.get(box.account, ZERO), ZERO))
    if box.fills in {"taxed", "taxed back", "untaxed back"}:
        return replace(box, base=totals[box.fills])
    return replace(box, vat=totals[box.fills])
