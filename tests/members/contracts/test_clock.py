"""The three-year clock on careers with their dates written out (C. trav. L7331-3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.periods import Period, add_months
from members.contracts.rules import three_year_clock

JAN_2024 = Period(date(2024, 1, 1))

CAREERS = [
    ("no earlier contract", JAN_2024, [], (0, 0), date(2027, 1, 1)),
    ("CAPE of 12 months", JAN_2024, [Period(date(2023, 1, 1), date(2023, 12, 31))], (12, 0), date(2026, 1, 1)),
    (
        "CAPE and its renewals, 30 months",
        JAN_2024,
        [
            Period(date(2021, 7, 1), date(2022, 6, 30)),
            Period(date(2022, 7, 1), date(2023, 6, 30)),
            Period(date(2023, 7, 1), date(2023, 12, 31)),
        ],
        (30, 0),
        date(2024, 7, 1),
    ),
    (
        "three full CAPE leave nothing",
        JAN_2024,
        [
            Period(date(2021, 1, 1), date(2021, 12, 31)),
            Period(date(2022, 1, 1), date(2022, 12, 31)),
            Period(date(2023, 1, 1), date(2023, 12, 31)),
        ],
        (36, 0),
        date(2024, 1, 1),
    ),
    (
        "CAPE still running at the CESA's start: cut at its eve",
        JAN_2024,
        [Period(date(2023, 7, 1), date(2024, 6, 30))],
        (6, 0),
        date(2026, 7, 1),
    ),
    (
        "work contract without end beside a CAPE: counted once",
        JAN_2024,
        [Period(date(2023, 1, 1)), Period(date(2023, 3, 1), date(2023, 12, 31))],
        (12, 0),
        date(2026, 1, 1),
    ),
    (
        "two stretches with a gap: 5 months 10 days and 3 months",
        Period(date(2024, 3, 15)),
        [Period(date(2022, 1, 1), date(2022, 6, 10)), Period(date(2023, 1, 1), date(2023, 3, 31))],
        (8, 10),
        date(2026, 7, 5),
    ),
    (
        "days only: 8 days",
        JAN_2024,
        [Period(date(2023, 12, 1), date(2023, 12, 8))],
        (0, 8),
        date(2026, 12, 24),
    ),
    (
        "an earlier CESA counts",
        Period(date(2025, 9, 1)),
        [Period(date(2022, 9, 1), date(2024, 2, 29))],
        (18, 0),
        date(2027, 3, 1),
    ),
    (
        "a later contract does not",
        JAN_2024,
        [Period(date(2024, 1, 1)), Period(date(2025, 1, 1))],
        (0, 0),
        date(2027, 1, 1),
    ),
    ("long employment: overdue before it starts", JAN_2024, [Period(date(2010, 1, 1))], (168, 0), date(2013, 1, 1)),
    ("start on 29 February", Period(date(2024, 2, 29)), [], (0, 0), date(2027, 2, 28)),
    (
        "start on the 31st less one month",
        Period(date(2024, 3, 31)),
        [Period(date(2024, 2, 1), date(2024, 2, 29))],
        (1, 0),
        date(2027, 2, 28),
    ),
]  # fmt: skip
NAMES = [career[0] for career in CAREERS]


@pytest.mark.parametrize(
    ("cesa", "earlier", "taken", "deadline"), [c[1:] for c in CAREERS], ids=[c[0] for c in CAREERS]
)
def test_deadline_of_careers(cesa: Period, earlier: list[Period], taken: tuple[int, int], deadline: date) -> None:
    """Start + 36 months, less the months, less the days, of what ran before."""
    clock = three_year_clock(cesa=cesa, earlier=earlier)
    assert ((clock.months, clock.days), clock.computed_on) == (taken, deadline)


def test_an_agreed_date_applies_when_it_is_earlier() -> None:
    """The contract may shorten the delay, not lengthen it."""
    assert three_year_clock(cesa=JAN_2024, earlier=[], agreed_on=date(2026, 6, 30)).computed_on == date(2026, 6, 30)
    assert three_year_clock(cesa=JAN_2024, earlier=[], agreed_on=date(2028, 1, 1)).computed_on == date(2027, 1, 1)


def test_explanation_says_each_step() -> None:
    """Start, each subtraction, their sum, the result."""
    earlier = [Period(date(2022, 1, 1), date(2022, 6, 10)), Period(date(2023, 1, 1), date(2023, 3, 31))]
    clock = three_year_clock(cesa=Period(date(2024, 3, 15)), earlier=earlier, agreed_on=date(2026, 6, 30))
    assert clock.explanation == (
        "Le CESA commence le 15/03/2024\u00a0; trente-six mois plus tard\u00a0: 15/03/2027.",
        "Contrats antérieurs du 01/01/2022 au 10/06/2022\u00a0: 5 mois et 10 jours à déduire.",
        "Contrats antérieurs du 01/01/2023 au 31/03/2023\u00a0: 3 mois à déduire.",
        "En tout\u00a0: 8 mois et 10 jours à déduire.",
        "Échéance légale (C. trav. L7331-3)\u00a0: 05/07/2026.",
        "Le contrat fixe une échéance plus proche\u00a0: 30/06/2026.",
    )


def test_explanation_without_earlier_contract() -> None:
    """It says that nothing is subtracted."""
    assert three_year_clock(cesa=JAN_2024, earlier=[]).explanation == (
        "Le CESA commence le 01/01/2024\u00a0; trente-six mois plus tard\u00a0: 01/01/2027.",
        "Aucun contrat antérieur à déduire.",
        "Échéance légale (C. trav. L7331-3)\u00a0: 01/01/2027.",
    )


days = st.dates(date(2005, 1, 1), date(2040, 12, 31))


@given(days)
def test_without_earlier_contract_the_clock_is_three_years(start: date) -> None:
    """Start + 36 months, always."""
    assert three_year_clock(cesa=Period(start), earlier=[]).computed_on == add_months(start, 36)


@given(days, st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_gapless_chain_counts_from_its_first_day(start: date, lengths: list[int]) -> None:
    """Contracts that follow one another from S give S + 36 months, but for the unequal lengths of months."""
    earlier, first_day = [], start
    for length in lengths:
        last_day = first_day + timedelta(days=length - 1)
        earlier.append(Period(first_day, last_day))
        first_day = last_day + timedelta(days=1)
    clock = three_year_clock(cesa=Period(first_day), earlier=earlier)
    assert abs((clock.computed_on - add_months(start, 36)).days) <= 3


@given(days, days, st.integers(0, 800), days, st.integers(0, 800))
def test_more_earlier_contracts_never_give_more_time(cesa: date, a: date, a_days: int, b: date, b_days: int) -> None:
    """Each earlier contract brings the deadline nearer, or leaves it where it was (within a month's unequal length)."""
    one = [Period(a, a + timedelta(days=a_days))]
    two = [*one, Period(b, b + timedelta(days=b_days))]
    shorter = three_year_clock(cesa=Period(cesa), earlier=two).computed_on
    longer = three_year_clock(cesa=Period(cesa), earlier=one).computed_on
    assert (shorter - longer).days <= 3
