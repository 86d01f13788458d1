"""What an activity did, month by month: the engine's only input beside the rule. Amounts are net of VAT, in euros.

The shape is that of one grouped query: a row per activity, month and contract of that month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import ContractType, WaivedPart
from invoicing.contributions.rules.terms import TermsByContract


class ProductTurnover(NamedTuple):
    """The part of a month's turnover that comes from one product; only those that some rule excludes are needed."""

    product: str
    invoiced: Decimal
    collected: Decimal


class Stay(NamedTuple):
    """What an activity did in a month while under one contract.

    `invoiced` and `collected` are whole turnovers: they hold `internal`, the turnover made with other activities of the
    cooperative, and that of `products`. `purchases` are those flagged as deductible from the margin. A document counts
    for the contract in force on its date, a credit note in the month of the invoice that it corrects. `days` is 0 for
    what happens after the last contract has ended: its base counts, nothing fixed is due.
    """

    contract: ContractType
    contract_starts_on: date
    days: int
    invoiced: Decimal = ZERO
    collected: Decimal = ZERO
    purchases: Decimal = ZERO
    internal: Decimal = ZERO
    products: tuple[ProductTurnover, ...] = ()


class ActivityMonth(NamedTuple):
    """A month, named by its first day, with its stays in order of date: at least one."""

    month: date
    stays: tuple[Stay, ...]


class Waiver(NamedTuple):
    """A decision that spares an activity a part of a line, or of all lines (`code` None), for whole months."""

    starts_on: date
    ends_on: date | None
    part: WaivedPart
    decision: str
    code: str | None = None

    def applies(self, month: date, code: str) -> bool:
        """Whether it covers this line in this month."""
        return self.code in {None, code} and self.starts_on <= month and (self.ends_on is None or month <= self.ends_on)


class Override(NamedTuple):
    """A decision that gives one activity other values than the rule's for a line, for whole months."""

    starts_on: date
    ends_on: date | None
    code: str
    terms: TermsByContract
    decision: str

    def applies(self, month: date, code: str) -> bool:
        """Whether it covers this line in this month."""
        return self.code == code and self.starts_on <= month and (self.ends_on is None or month <= self.ends_on)


@dataclass(frozen=True, slots=True)
class History:
    """An activity's months in order, with the decisions that concern it.

    The months start with the year to reckon (or go on from a year so far), and none is missing between two that are
    under contract.
    """

    activity: str
    starts_on: date
    months: Sequence[ActivityMonth]
    waivers: tuple[Waiver, ...] = ()
    overrides: tuple[Override, ...] = ()
