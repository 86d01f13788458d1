"""What the engine finds for a line of the rule in a month: amounts, and everything that explains them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import ContractType, ContributionBase, NoteKind


class BaseParts(NamedTuple):
    """How a base is made up: a turnover, and what the rule takes off it (zero where it takes nothing)."""

    turnover: Decimal = ZERO
    excluded: Decimal = ZERO
    internal: Decimal = ZERO
    purchases: Decimal = ZERO


class Slice(NamedTuple):
    """A piece of a month's base that falls in one tier; `amount` is exact, `base` negative for credit notes."""

    contract: ContractType
    starts_at: Decimal
    ends_at: Decimal | None
    rate: Decimal
    base: Decimal
    amount: Decimal


class Note(NamedTuple):
    """Why a month departs from the plain rule: a free month (« 2/6 », « 2/6 CAPE » for a part of it), or a decision."""

    kind: NoteKind
    text: str


class YearSoFar(NamedTuple):
    """A line from the start of its year to the end of a month: all that the next month needs.

    `proportional` is exact, before any rounding; `bounded` sums the months after their own minimum and cap, before
    those of the year; `yearly_minimum` sums the yearly minimums of the months (twelve times what has accrued); `due` is
    what the year amounts to so far.
    """

    starts_on: date
    base: Decimal = ZERO
    proportional: Decimal = ZERO
    bounded: Decimal = ZERO
    yearly_minimum: Decimal = ZERO
    due: Decimal = ZERO


class MonthLine(NamedTuple):
    """A line of the rule for an activity in a month. `due` is in whole cents: this month's share of `year.due`.

    `proportional` is the tiers' share in cents, `bounded` the month with its fee after its minimum and cap, which are
    None where there are none. `days` are those spent under each contract.
    """

    month: date
    code: str
    label: str
    base_kind: ContributionBase
    valid_from: date
    decision: str
    parts: BaseParts
    base: Decimal
    slices: tuple[Slice, ...]
    days: tuple[tuple[ContractType, int], ...]
    proportional: Decimal
    fee: Decimal
    monthly_minimum: Decimal | None
    monthly_cap: Decimal | None
    bounded: Decimal
    yearly_minimum: Decimal | None
    yearly_cap: Decimal | None
    due: Decimal
    year: YearSoFar
    notes: tuple[Note, ...]
