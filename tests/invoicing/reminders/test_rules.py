"""Late-payment interest to the cent, and which reminder comes next."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.reminders.enums import InterestKind, ReminderLevel
from invoicing.reminders.models import InterestRate, ReminderPlan
from invoicing.reminders.rules import claim_of, days_of, interest, level_due, points_printed, rate_on
from tests.invoicing.rendering.samples import CONSUMER, sample_document

REFINANCING, LEGAL = InterestKind.REFINANCING, InterestKind.LEGAL
RATES = [
    InterestRate(kind=REFINANCING, valid_from=date(2025, 1, 1), rate=Decimal("3.15")),
    InterestRate(kind=REFINANCING, valid_from=date(2025, 7, 1), rate=Decimal("2.15")),
    InterestRate(kind=LEGAL, valid_from=date(2025, 7, 1), rate=Decimal("2.76")),
]
DOCUMENT = sample_document(lines=1)
DAYS = days_of(ReminderPlan(before_due_days=5, friendly_days=7, firm_days=21, formal_notice_days=45))
CENT = Decimal("0.01")


def claimed(unpaid: str, due_on: date, on: date) -> tuple[Decimal, Decimal] | None:
    claim = claim_of(DOCUMENT, unpaid=Decimal(unpaid), due_on=due_on, on=on, rates=RATES)
    return (claim.penalties, claim.indemnity) if claim else None


@pytest.mark.parametrize(
    ("unpaid", "due_on", "on", "penalties"),
    [
        ("1000", date(2025, 9, 30), date(2025, 9, 30), "0.00"),  # the due date itself is not late
        ("1000", date(2025, 9, 30), date(2025, 10, 1), "0.33"),  # 1000 × 12,15 % / 365 = 0,3329
        ("1000", date(2025, 9, 30), date(2025, 11, 14), "14.98"),  # 45 days: 14,9794…
        ("5372.70", date(2025, 8, 1), date(2026, 8, 1), "652.78"),  # 365 days at 12,15 %: 652,78305
        (
            "1000",
            date(2025, 5, 31),
            date(2025, 7, 31),
            "21.13",
        ),  # 30 days at 13,15 % + 31 at 12,15 %: 10,8082 + 10,3192
        ("0.01", date(2025, 9, 30), date(2025, 10, 1), "0.00"),
    ],
)
def test_penalties_to_the_cent(unpaid: str, due_on: date, on: date, penalties: str) -> None:
    indemnity = Decimal("40.00") if on > due_on else Decimal(0)
    assert claimed(unpaid, due_on, on) == (Decimal(penalties), indemnity)


def test_each_half_year_has_its_own_rate() -> None:
    parts = interest(Decimal(1000), late_from=date(2025, 6, 1), on=date(2025, 7, 31), points=Decimal(10), rates=RATES)
    assert parts is not None
    assert [(part.starts_on, part.ends_on, part.days, part.rate) for part in parts] == [
        (date(2025, 6, 1), date(2025, 6, 30), 30, Decimal("13.15")),
        (date(2025, 7, 1), date(2025, 7, 31), 31, Decimal("12.15")),
    ]


def test_a_rate_changed_within_a_half_year_waits_for_the_next() -> None:
    rates = [*RATES, InterestRate(kind=REFINANCING, valid_from=date(2025, 9, 1), rate=Decimal("9.00"))]
    parts = interest(Decimal(1000), late_from=date(2025, 12, 31), on=date(2026, 1, 1), points=Decimal(10), rates=rates)
    assert parts is not None
    assert [part.rate for part in parts] == [Decimal("12.15"), Decimal("19.00")]


def test_a_missing_rate_gives_no_figure() -> None:
    assert claimed("1000", date(2024, 6, 1), date(2025, 6, 1)) is None
    assert rate_on(RATES, LEGAL, date(2025, 6, 30)) is None


def test_the_points_are_those_that_the_document_prints() -> None:
    assert points_printed(DOCUMENT) == 10
    mention = "Intérêts moratoires\u00a0: taux directeur de la BCE majoré de 8,5\u00a0points."
    assert points_printed(replace(DOCUMENT, mentions=(mention,), mention_codes=("PMD",))) == Decimal("8.5")
    assert points_printed(replace(DOCUMENT, mentions=("Trois fois le taux légal.",), mention_codes=("PMD",))) is None


def test_a_consumer_owes_neither_penalties_nor_indemnity() -> None:
    claim = claim_of(
        replace(DOCUMENT, buyer=CONSUMER),
        unpaid=Decimal(1000),
        due_on=date(2025, 9, 30),
        on=date(2025, 12, 31),
        rates=RATES,
    )
    assert claim is not None
    assert (claim.parts, claim.penalties, claim.indemnity) == ((), 0, 0)


@given(
    amount=st.decimals("0.01", "99999999.99", places=2),
    start=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    days=st.integers(0, 900),
    points=st.decimals("0", "20", places=2),
)
def test_interest_is_that_of_each_day_added_up(amount: Decimal, start: date, days: int, points: Decimal) -> None:
    on = start + timedelta(days=days)
    parts = interest(amount, late_from=start, on=on, points=points, rates=RATES)
    assert parts is not None
    assert sum(part.days for part in parts) == days + 1
    daily = Decimal(0)
    for i in range(days + 1):
        base = Decimal("3.15") if start + timedelta(days=i) < date(2025, 7, 1) else Decimal("2.15")
        daily += amount * (base + points)
    exact = sum((part.exact for part in parts), Decimal(0))
    assert abs(exact - daily / 36500) < Decimal("1e-12")
    document = DOCUMENT
    claim = claim_of(document, unpaid=amount, due_on=start - timedelta(days=1), on=on, rates=RATES)
    at_ten = interest(amount, late_from=start, on=on, points=Decimal(10), rates=RATES)
    assert claim is not None
    assert at_ten is not None
    total = sum((part.exact for part in at_ten), Decimal(0))
    assert claim.penalties == total.quantize(CENT, ROUND_HALF_UP)


def due(late: int, *used: ReminderLevel, since: int | None = None) -> ReminderLevel | None:
    return level_due(DAYS, late=late, used=frozenset(used), since_last=since, gap=7)


def test_the_levels_come_in_order_on_their_days() -> None:
    before, friendly, firm, formal = ReminderLevel
    assert [due(-6), due(-5), due(0)] == [None, before, before]
    assert [due(6, before), due(7, before), due(7)] == [None, friendly, friendly]
    assert [due(20, friendly, since=13), due(21, friendly, since=14)] == [None, firm]
    assert [due(44, friendly, firm, since=23), due(45, friendly, firm, since=24)] == [None, formal]
    assert due(400, friendly, firm, formal, since=300) is None


def test_nobody_is_jumped_on_and_nobody_is_written_to_twice_in_a_week() -> None:
    assert due(100) == ReminderLevel.FRIENDLY
    assert due(100, ReminderLevel.FRIENDLY, since=6) is None
    assert due(100, ReminderLevel.FRIENDLY, since=7) == ReminderLevel.FIRM


def test_a_level_without_days_is_left_out() -> None:
    days = days_of(ReminderPlan(before_due_days=None, friendly_days=7, firm_days=None, formal_notice_days=45))
    used = frozenset({ReminderLevel.FRIENDLY})
    assert level_due(days, late=-5, used=frozenset(), since_last=None, gap=7) is None
    assert level_due(days, late=44, used=used, since_last=37, gap=7) is None
    assert level_due(days, late=45, used=used, since_last=38, gap=7) == ReminderLevel.FORMAL_NOTICE
