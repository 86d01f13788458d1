"""The statement of an activity: months of signed figures, what is available after each, and whose it is. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO, split_largest_remainder
from cae_backoffice.core.periods import add_months
from invoicing.activity_accounts.enums import StatementHeading

Amounts = Mapping[StatementHeading, Decimal]


@dataclass(frozen=True)
class MonthFigures:
    """What a month brought to an activity: what comes in is positive, what goes out negative, in euros.

    `vat_ahead` is the VAT that fell due to the State before the customer paid it (débits, goods; negative when the
    payment follows); `unallocated` what customers paid that settles no document yet. Neither is available; the books
    hold both on the customers' accounts, so that `books` is the sum of the month's ledger lines.
    """

    month: date
    amounts: Amounts
    vat_ahead: Decimal = ZERO
    unallocated: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        """By how much the available amount changes."""
        return sum(self.amounts.values(), ZERO)

    @property
    def books(self) -> Decimal:
        """The sum of the ledger lines that the figures rest on; a credit is positive."""
        return self.change - self.vat_ahead + self.unallocated

    def amount(self, heading: StatementHeading) -> Decimal:
        """One figure; zero where nothing moved."""
        return self.amounts.get(heading, ZERO)


@dataclass(frozen=True)
class StatementMonth:
    """A month of a statement: its figures, and the available amount before and after."""

    figures: MonthFigures
    opening: Decimal

    @property
    def month(self) -> date:
        """Its first day."""
        return self.figures.month

    @property
    def closing(self) -> Decimal:
        """What is available at its end."""
        return self.opening + self.figures.change


@dataclass(frozen=True)
class Statement:
    """The account of an activity over whole months: `opening` + the totals = `available`, to the cent."""

    first_month: date
    last_month: date
    opening: Decimal
    months: tuple[StatementMonth, ...]
    totals: Amounts
    vat_ahead: Decimal
    unallocated: Decimal

    @property
    def available(self) -> Decimal:
        """What the activity has left at the end of the last month."""
        return self.months[-1].closing

    @property
    def headings(self) -> tuple[StatementHeading, ...]:
        """The lines that moved, in the order in which they are read; the turnover always."""
        return tuple(h for h in StatementHeading if h == StatementHeading.COLLECTED or any(self._moves(h)))

    def _moves(self, heading: StatementHeading) -> Iterable[Decimal]:
        return (month.figures.amount(heading) for month in self.months)


def statement_of(figures: Sequence[MonthFigures], *, first_month: date, last_month: date) -> Statement:
    """The statement over some months out of all the months of an activity, in any order; a month may be missing."""
    if last_month < first_month:
        raise ValueError("a statement ends after it begins")
    by_month = {month.month: month for month in figures}
    opening = sum((month.change for month in figures if month.month < first_month), ZERO)
    months, balance, day = [], opening, first_month
    while day <= last_month:
        month = StatementMonth(by_month.get(day) or MonthFigures(day, {}), balance)
        months.append(month)
        balance, day = month.closing, add_months(day, 1)
    so_far = [month for month in figures if month.month <= last_month]
    return Statement(
        first_month=first_month,
        last_month=last_month,
        opening=opening,
        months=tuple(months),
        totals={h: sum((month.figures.amount(h) for month in months), ZERO) for h in StatementHeading},
        vat_ahead=sum((month.vat_ahead for month in so_far), ZERO),
        unallocated=sum((month.unallocated for month in so_far), ZERO),
    )


@dataclass(frozen=True)
class Convention:
    """Who carries an activity from a day on, until the next convention, in percent that sum to 100."""

    starts_on: date
    shares: tuple[tuple[str, Decimal], ...]


def split_by_convention(
    figures: Iterable[MonthFigures], conventions: Sequence[Convention], *, last_month: date
) -> dict[str, Decimal]:
    """What of the available amount is whose: each month's change is split under the convention in force on its last
    day, else under the one nearest to it; the parts sum to the whole.
    """
    parts: dict[str, Decimal] = {}
    ordered = sorted(conventions, key=lambda convention: convention.starts_on)
    for month in figures:
        if month.month <= last_month and ordered:
            names, weights = zip(*_in_force(ordered, month.month).shares, strict=True)
            for name, part in zip(names, split_largest_remainder(month.change, weights), strict=True):
                parts[name] = parts.get(name, ZERO) + part
    return parts


def _in_force(conventions: Sequence[Convention], month: date) -> Convention:
    next_month = add_months(month, 1)
    begun = [convention for convention in conventions if convention.starts_on < next_month]
    return begun[-1] if begun else conventions[0]
