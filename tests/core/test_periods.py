"""Periods with inclusive bounds, and months of unequal length."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.periods import Duration, Period, add_months, duration_of, merge

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
periods = st.builds(lambda start, length: Period(start, start + timedelta(days=length)), days, st.integers(0, 900))


def days_of(several: list[Period]) -> set[date]:
    """Every day that some period holds."""
    return {
        period.starts_on + timedelta(days=i)
        for period in several
        if period.ends_on
        for i in range((period.ends_on - period.starts_on).days + 1)
    }


@pytest.mark.parametrize(
    ("period", "months", "extra_days"),
    [
        (Period(date(2024, 1, 1), date(2024, 12, 31)), 12, 0),
        (Period(date(2024, 1, 15), date(2024, 2, 14)), 1, 0),
        (Period(date(2024, 1, 1), date(2024, 1, 1)), 0, 1),
        (Period(date(2024, 2, 1), date(2024, 3, 10)), 1, 10),
        (Period(date(2024, 1, 31), date(2024, 2, 29)), 1, 1),
        (Period(date(2023, 3, 1), date(2025, 2, 28)), 24, 0),
    ],
)
def test_duration_counts_the_last_day(period: Period, months: int, extra_days: int) -> None:
    """Whole months, then days."""
    assert duration_of(period) == Duration(months, extra_days)


def test_an_open_period_has_no_duration() -> None:
    """And none ends before it starts."""
    with pytest.raises(ValueError, match="no duration"):
        duration_of(Period(date(2024, 1, 1)))
    with pytest.raises(ValueError, match="cannot end before"):
        Period(date(2024, 1, 2), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2024, 1, 31), True),
        (date(2024, 2, 1), False),
    ],
)
def test_bounds_are_inclusive(day: date, inside: bool) -> None:  # noqa: FBT001
    """Both."""
    assert Period(date(2024, 1, 1), date(2024, 1, 31)).contains(day) is inside


def test_an_open_period_has_no_end() -> None:
    """It contains any later day."""
    assert Period(date(2024, 1, 1)).contains(date(2099, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 5, 15), 36, date(2027, 5, 15)),
    ],
)
def test_adding_months_clips_to_the_month(day: date, months: int, result: date) -> None:
    """The last day when there is no such day."""
    assert add_months(day, months) == result


def test_periods_that_touch_become_one() -> None:
    """A gap of one day keeps them apart; an open one swallows what follows."""
    january = Period(date(2024, 1, 1), date(2024, 1, 31))
    february = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert merge([february, january]) == [Period(date(2024, 1, 1), date(2024, 2, 29))]
    assert merge([january, Period(date(2024, 2, 2), date(2024, 2, 29))]) == [
        january,
        Period(date(2024, 2, 2), date(2024, 2, 29)),
    ]
    assert merge([Period(date(2024, 1, 15)), january]) == [Period(date(2024, 1, 1))]
    assert merge([Period(date(2024, 1, 1)), february]) == [Period(date(2024, 1, 1))]


@given(st.lists(periods, max_size=6))
def test_merging_keeps_every_day_once(several: list[Period]) -> None:
    """The same days, in order, with a gap between any two."""
    merged = merge(several)
    assert days_of(merged) == days_of(several)
    for earlier, later in pairwise(merged):
        assert earlier.ends_on is not None
        assert earlier.ends_on + timedelta(days=1) < later.starts_on
