"""How much each activity sells, month by month, so that the whole makes the sector's mean. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp

from cae_backoffice.core.periods import ONE_DAY, Period, add_months
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture
from cae_backoffice.demo.chance import dice

TURNOVER = Decimal(26600)  # € excl. VAT per entrepreneur and year
HISTORY_MONTHS = 36
DAYS_A_YEAR = Decimal("365.25")
SPREAD, LEAST_WEIGHT, MOST_WEIGHT = 0.7, 0.12, 3.0  # of turnovers: log-normal, a long tail
DEMO_WEIGHT = Decimal("1.5")
BUSY_MONTH = Decimal("0.76")  # invoices; an activity that sells more writes larger ones, but for the demo's own
RAMP = (Decimal("0.3"), Decimal("0.5"), Decimal("0.65"), Decimal("0.8"), Decimal("0.9"))


@dataclass(frozen=True)
class MonthOfSales:
    """The days of one month on which an activity may sell, and the turnover to reach there (€ excl. VAT)."""

    days: Period
    turnover: Decimal


def history(today: date) -> Period:
    """The days of which the demo has invoices: three years."""
    return Period(add_months(today, -HISTORY_MONTHS).replace(day=1), today)


def entrepreneur_years(ventures: Sequence[Venture], today: date) -> Decimal:
    """Years under a CAPE or a CESA during the history, summed over the members, each counted once."""
    careers = {member.person.pk: member.career for venture in ventures for member in venture.members}
    return sum((_years(career.selling_periods(), today) for career in careers.values()), Decimal(0))


def sales_plan(ventures: Sequence[Venture], today: date) -> list[list[MonthOfSales]]:
    """For each activity, its months and what it sells in each."""
    years = [_years(venture.selling_periods(today), today) for venture in ventures]
    weights = [_weight(venture) for venture in ventures]
    effort = sum((weight * span for weight, span in zip(weights, years, strict=True)), Decimal(0))
    mean = TURNOVER * entrepreneur_years(ventures, today) / effort if effort else Decimal(0)
    return [
        _months(venture, weight * span * mean, today)
        for venture, weight, span in zip(ventures, weights, years, strict=True)
    ]


def usual_invoice(venture: Venture, months: Sequence[MonthOfSales]) -> Decimal:
    """What one invoice of the activity comes to: its trade's usual amount, or more when it sells much.

    The demo entrepreneur keeps to the usual amount: hers is the list that visitors open.
    """
    usual = venture.idea.trade.invoice
    if not months or venture.number == DEMO_MEMBER:
        return usual
    return max(usual, sum((month.turnover for month in months), Decimal(0)) / len(months) / BUSY_MONTH)


def _weight(venture: Venture) -> Decimal:
    """An activity's turnover against the mean: a few large ones, many small ones; two people sell more than one."""
    if venture.number == DEMO_MEMBER:
        return DEMO_WEIGHT
    drawn = exp(dice("weight", venture.idea.name).gauss(-(SPREAD**2) / 2, SPREAD))
    return Decimal(f"{min(max(drawn, LEAST_WEIGHT), MOST_WEIGHT):.3f}") * len(venture.members)


def _years(periods: Iterable[Period], today: date) -> Decimal:
    whole = history(today)
    days = 0
    for period in periods:
        begins, ends = max(period.starts_on, whole.starts_on), min(period.ends_on or today, today)
        days += max((ends - begins).days + 1, 0)
    return days / DAYS_A_YEAR


def _months(venture: Venture, turnover: Decimal, today: date) -> list[MonthOfSales]:
    """The turnover spread by season, by days in the month, and by the months since the activity began."""
    season = venture.idea.trade.season
    stretches = [(days, since) for days, since in _calendar(venture, today) if days.starts_on <= today]
    weights = [
        season[days.starts_on.month - 1]
        * ((days.ends_on or today) - days.starts_on + ONE_DAY).days
        * (RAMP[since] if since < len(RAMP) else 1)
        for days, since in stretches
    ]
    total = sum(weights)
    return [MonthOfSales(days, turnover * weight / total) for (days, _), weight in zip(stretches, weights, strict=True)]


def _calendar(venture: Venture, today: date) -> list[tuple[Period, int]]:
    """Each month of the history with days to sell on, and how many months after the activity's start it lies."""
    found = []
    whole = history(today)
    for period in venture.selling_periods(today):
        month = period.starts_on.replace(day=1)
        since = 0
        while month <= (period.ends_on or today):
            begins, ends = max(month, period.starts_on), min(add_months(month, 1) - ONE_DAY, period.ends_on or today)
            if begins >= whole.starts_on:
                found.append((Period(begins, ends), since))
            month, since = add_months(month, 1), since + 1
    return found
