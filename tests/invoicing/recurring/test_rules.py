"""On which days an invoice falls: month ends, leap years, ends; and the words that change."""

from calendar import monthrange
from datetime import date
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.recurring.enums import Frequency
from invoicing.recurring.rules import MONTHS, Schedule, filled

M, Q, Y = Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY


def days(schedule: Schedule, count: int = 4) -> list[str]:
    """The first days."""
    return [f"{day:%d/%m/%Y}" for day in islice(schedule.days(), count)]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(M, 31, date(2026, 1, 1)), ["31/01/2026", "28/02/2026", "31/03/2026", "30/04/2026"]),
        (Schedule(M, 31, date(2028, 1, 15)), ["31/01/2028", "29/02/2028", "31/03/2028", "30/04/2028"]),
        (Schedule(M, 30, date(2027, 1, 31)), ["28/02/2027", "30/03/2027", "30/04/2027", "30/05/2027"]),
        (Schedule(M, 5, date(2026, 11, 6)), ["05/12/2026", "05/01/2027", "05/02/2027", "05/03/2027"]),
        (Schedule(M, 5, date(2026, 11, 5)), ["05/11/2026", "05/12/2026", "05/01/2027", "05/02/2027"]),
        (Schedule(Q, 31, date(2026, 11, 1)), ["30/11/2026", "28/02/2027", "31/05/2027", "31/08/2027"]),
        (Schedule(Y, 29, date(2027, 2, 1)), ["28/02/2027", "29/02/2028", "28/02/2029", "28/02/2030"]),
        (Schedule(M, 1, date(2026, 1, 1), ends_on=date(2026, 3, 1)), ["01/01/2026", "01/02/2026", "01/03/2026"]),
        (Schedule(M, 1, date(2026, 1, 1), times=2), ["01/01/2026", "01/02/2026"]),
        (Schedule(M, 1, date(2026, 1, 1), ends_on=date(2026, 1, 31), times=9), ["01/01/2026"]),
        (Schedule(M, 31, date(2026, 1, 1), ends_on=date(2026, 1, 30)), []),
    ],
)
def test_the_days_of_a_schedule(schedule: Schedule, expected: list[str]) -> None:
    """A short month has its last day; the day comes back in the next one."""
    assert days(schedule) == expected


@given(st.sampled_from([M, Q, Y]), st.integers(1, 31), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_days_are_one_per_period_in_order_and_never_before_the_start(frequency: str, day: int, starts_on: date) -> None:
    """The wanted day, or the last one of a month that is too short."""
    found = list(islice(Schedule(frequency, day, starts_on).days(), 30))
    assert found[0] >= starts_on
    assert (found[0] - starts_on).days <= 31
    step = MONTHS[Frequency(frequency)]
    for earlier, later in pairwise(found):
        assert (later.year - earlier.year) * 12 + later.month - earlier.month == step
    assert all(one.day == day or one.day == monthrange(one.year, one.month)[1] < day for one in found)


@pytest.mark.parametrize(
    ("text", "frequency", "day", "expected"),
    [
        ("Maintenance {mois}", M, date(2026, 11, 30), "Maintenance novembre 2026"),
        ("{période}", M, date(2028, 2, 29), "du 01/02/2028 au 29/02/2028"),
        ("{période}", Q, date(2026, 11, 30), "du 01/11/2026 au 31/01/2027"),
        ("{période}", Y, date(2026, 3, 1), "du 01/03/2026 au 28/02/2027"),
        ("{trimestre}", Q, date(2026, 1, 5), "1er trimestre 2026"),
        ("{trimestre} {année}", Q, date(2026, 10, 5), "4e trimestre 2026 2026"),
        ("Sans rien {autre}", M, date(2026, 10, 5), "Sans rien {autre}"),
    ],
)
def test_placeholders_are_filled(text: str, frequency: str, day: date, expected: str) -> None:
    """What is no placeholder stays as it is."""
    assert filled(text, frequency, day) == expected
