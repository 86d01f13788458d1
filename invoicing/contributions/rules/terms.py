"""A contribution rule as the cooperative votes it: dated versions of lines, with values for each contract type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import ContractType, ContributionBase, ContributionYear, FreeFrom

HUNDRED = Decimal(100)


class NoVersionInForceError(LookupError):
    """No version of the rule covers a month."""

    def __init__(self, month: date) -> None:
        self.month = month
        super().__init__(f"Aucune version de la règle n’est en vigueur en {month:%m/%Y}.")


class Tier(NamedTuple):
    """The part of the year's base from `starts_at` to `ends_at` (None: no end), in euros, at `rate` percent."""

    starts_at: Decimal
    ends_at: Decimal | None
    rate: Decimal


def flat(rate: Decimal) -> tuple[Tier, ...]:
    """One rate from the first euro: the tiers of a rule without tiers."""
    return (Tier(ZERO, None, rate),)


@dataclass(frozen=True, slots=True)
class Terms:
    """The values of a line for one contract type; amounts in euros, None where the rule has none.

    Tiers follow one another without gap from zero, the last one without end. Minimums never exceed caps.
    """

    tiers: tuple[Tier, ...]
    monthly_fee: Decimal = ZERO
    monthly_minimum: Decimal | None = None
    monthly_cap: Decimal | None = None
    yearly_minimum: Decimal | None = None
    yearly_cap: Decimal | None = None
    free_months: int = 0
    free_from: FreeFrom = FreeFrom.ACTIVITY


TermsByContract = Mapping[ContractType, Terms]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One thing that is charged (the contribution itself, an insurance, a risk pool), with its own base and values."""

    code: str
    label: str
    base: ContributionBase
    exclude_internal: bool
    terms: TermsByContract
    excluded_products: tuple[str, ...] = ()
    year: ContributionYear = ContributionYear.CALENDAR


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """What was voted, for whole months: from the first day of one to the last of another, or open."""

    valid_from: date
    valid_to: date | None
    decision: str
    lines: tuple[RuleLine, ...]

    def covers(self, month: date) -> bool:
        """Whether it is in force in the month of that first day."""
        return self.valid_from <= month and (self.valid_to is None or month <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Rule:
    """A cooperative's rule through time; its versions are in order and do not overlap.

    `products` are the codes that its lines may exclude, with their names. `fiscal_year_starts_in` is the month (1 to
    12) in which fiscal years start when the caller knows none more precisely.
    """

    name: str
    versions: tuple[RuleVersion, ...]
    products: Mapping[str, str] = field(default_factory=dict)
    fiscal_year_starts_in: int = 1

    def version_in(self, month: date) -> RuleVersion:
        """The version in force in a month, else NoVersionInForceError."""
        for version in reversed(self.versions):
            if version.covers(month):
                return version
        raise NoVersionInForceError(month)
