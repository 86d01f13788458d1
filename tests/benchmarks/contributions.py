"""The engine of contributions over every entrepreneur of the sector, beside the multiplications alone."""

import calendar
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import ContractType
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import explain
from invoicing.contributions.rules.figures import ActivityMonth, History, Stay
from invoicing.contributions.rules.lines import MonthLine, YearSoFar
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.rules.settlement import replay, total
from invoicing.contributions.rules.stored import to_json
from invoicing.contributions.rules.terms import Rule
from tests.benchmarks.measure import Measure

ACTIVITIES = 11_914
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
RULES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "rules"
CURRENT, PROPOSED = "tranches-encaissees", "forfait-et-marge"
RATE = Decimal("0.10")
Result = TypeVar("Result")


def measure() -> list[Measure]:
    """A month with what is stored to explain it, sentences for all, a year, a replay, and a bare loop."""
    rule, proposed = (read_rule((RULES / f"{name}.toml").read_bytes(), file=name) for name in (CURRENT, PROPOSED))
    histories = year_of_figures()
    openings = [contributions(until_november(history), rule)[-1].year for history in histories]
    december, month = timed(lambda: reckon_december(histories, rule, openings))
    stored, storing = timed(lambda: [json.dumps(to_json(line)) for line in december])
    _, telling = timed(lambda: [explain(line) for line in december])
    year_due, year = timed(lambda: [total(contributions(history, rule)) for history in histories])
    differences, replaying = timed(lambda: replay(histories, current=rule, proposed=proposed))
    _, bare = timed(lambda: multiply(histories))
    assert len(stored) == ACTIVITIES
    assert year_due == [line.year.due for line in december] == [difference.current for difference in differences]
    months = ACTIVITIES * len(MONTHS)
    return [
        figure("contributions, a month, from the year so far", month, ACTIVITIES, "< 1.5 s"),
        figure("… its details as JSON", storing, ACTIVITIES),
        figure("… its sentences, when they are read", telling, ACTIVITIES),
        figure("contributions, a whole year", year, months),
        figure("contributions, a year under two rules", replaying, 2 * months, "< 10 s with its SQL"),
        figure("a bare loop of multiplications, a whole year", bare, months),
        Measure("ratio", f"{year / bare:.0f} times the bare loop"),
    ]


def figure(name: str, seconds: float, count: int, goal: str = "") -> Measure:
    """A time for the sector, and for one activity and month."""
    return Measure(name, f"{seconds:.2f} s, {1_000_000 * seconds / count:.1f} µs each", goal)


def timed(act: Callable[[], Result]) -> tuple[Result, float]:
    """What one call gives, and its seconds."""
    started = time.perf_counter()
    result = act()
    return result, time.perf_counter() - started


def year_of_figures() -> list[History]:
    """Turnovers of 0 to 10 000 € a month, so that half of the activities cross a tier."""
    chance = Random(2026)
    return [
        History(f"A{number}", MONTHS[0], [figures_of(month, chance) for month in MONTHS])
        for number in range(ACTIVITIES)
    ]


def figures_of(month: date, chance: Random) -> ActivityMonth:
    """One activity's month under a CESA."""
    invoiced, collected, purchases = (Decimal(chance.randrange(1_000_000)) / 100 for _ in range(3))
    days = calendar.monthrange(month.year, month.month)[1]
    return ActivityMonth(month, (Stay(ContractType.CESA, MONTHS[0], days, invoiced, collected, purchases),))


def until_november(history: History) -> History:
    """The year but for its last month."""
    return replace(history, months=history.months[:-1])


def reckon_december(histories: list[History], rule: Rule, openings: list[YearSoFar]) -> list[MonthLine]:
    """The last month alone, as a run does that goes on from the month before."""
    return [
        line
        for history, year in zip(histories, openings, strict=True)
        for line in contributions(replace(history, months=history.months[-1:]), rule, opening={"contribution": year})
    ]


def multiply(histories: list[History]) -> Decimal:
    """A flat percentage of the same figures, nothing kept and nothing explained."""
    return sum((month.stays[0].collected * RATE for history in histories for month in history.months), ZERO)
