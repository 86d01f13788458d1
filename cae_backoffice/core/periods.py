"""Periods of days with inclusive bounds, and calendar arithmetic in months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Func
from django.db.models.functions import Least

ONE_DAY = timedelta(days=1)


class DateRange(Func):
    """The PostgreSQL daterange of two inclusive dates; a null end is open.

    An end before the start gives that one day, so that a form which holds it gets the sentence of the constraint on
    the dates and not a database error.
    """

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = models.Field()

    def __init__(self, starts_on: str, ends_on: str) -> None:
        super().__init__(Least(starts_on, ends_on), ends_on)


class IdRange(Func):
    """A range that holds one id, so that exclusion constraints need no PostgreSQL extension.

    It takes the foreign key's name without `_id`: Django's validation of the constraint knows no other.
    """

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = models.Field()

    def __init__(self, foreign_key: str) -> None:
        super().__init__(foreign_key, foreign_key)


@dataclass(frozen=True, order=True)
class Period:
    """Days from `starts_on` to `ends_on`, both included; `ends_on` None is open."""

    starts_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("a period cannot end before it starts")

    def contains(self, day: date) -> bool:
        """Whether the day is inside the period."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Duration:
    """A calendar duration: whole months, then days."""

    months: int
    days: int


def add_months(day: date, months: int) -> date:
    """The same day so many months later (the month's last day when it has no such day)."""
    return day + relativedelta(months=months)


def duration_of(period: Period) -> Duration:
    """Calendar length of a closed period, last day included: 1 Jan – 31 Dec is 12 months."""
    if period.ends_on is None:
        raise ValueError("an open period has no duration")
    delta = relativedelta(period.ends_on + ONE_DAY, period.starts_on)
    return Duration(months=delta.years * 12 + delta.months, days=delta.days)


def merge(periods: Iterable[Period]) -> list[Period]:
    """The same days as separate periods in order: those that overlap or touch become one."""
    merged: list[Period] = []
    for period in sorted(periods, key=lambda p: p.starts_on):
        last = merged[-1] if merged else None
        if last is None or (last.ends_on is not None and last.ends_on + ONE_DAY < period.starts_on):
            merged.append(period)
        else:
            ends_on = None if last.ends_on is None or period.ends_on is None else max(last.ends_on, period.ends_on)
            merged[-1] = Period(last.starts_on, ends_on)
    return merged
