"""A past period under another rule: who would have paid more, who less, and by how much."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from cae_backoffice.core.bulk import without_collection
from cae_backoffice.core.money import NO_BREAK_SPACE, ZERO, format_decimal
from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.contributions.queries.figures import ActivityFigures, figures
from invoicing.contributions.queries.reckoning import history_start
from invoicing.contributions.queries.rule import Decisions, decisions, fiscal_starts
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.figures import History
from invoicing.contributions.rules.terms import Rule
from members.activities.models import Activity

STEPS = tuple(Decimal(step) for step in (-1000, -500, -100, 0, 100, 500, 1000))
NO_DECISION = Decisions()


@dataclass(frozen=True)
class ActivityDifference:
    """An activity over the period under the rule in force and under the other, in euros."""

    code: str
    name: str
    current: Decimal
    proposed: Decimal

    @property
    def amount(self) -> Decimal:
        """What it would pay more, or less when negative."""
        return self.proposed - self.current


@dataclass(frozen=True)
class Bracket:
    """How many activities' differences fall between two amounts; those without difference have their own bracket."""

    label: str
    count: int


@dataclass(frozen=True)
class Replay:
    """Every activity of the period under both rules, those that gain most first."""

    differences: Sequence[ActivityDifference]

    @property
    def current(self) -> Decimal:
        """All contributions under the rule in force."""
        return sum((one.current for one in self.differences), ZERO)

    @property
    def proposed(self) -> Decimal:
        """All contributions under the other rule."""
        return sum((one.proposed for one in self.differences), ZERO)

    @property
    def winners(self) -> int:
        """Activities that would pay less."""
        return sum(one.amount < 0 for one in self.differences)

    @property
    def losers(self) -> int:
        """Activities that would pay more."""
        return sum(one.amount > 0 for one in self.differences)

    @property
    def brackets(self) -> list[Bracket]:
        """The differences counted by size, from those who gain most to those who lose most."""
        counts = [0] * (len(STEPS) + 1)
        unchanged = 0
        for one in self.differences:
            if one.amount:
                counts[bisect_right(STEPS, one.amount)] += 1
            else:
                unchanged += 1
        shown = [Bracket(label, count) for label, count in zip(_labels(), counts, strict=True)]
        middle = STEPS.index(ZERO) + 1
        return [*shown[:middle], Bracket("Sans changement", unchanged), *shown[middle:]]


@without_collection()
def replay_period(*, current: Rule, proposed: Rule, first: date, last: date) -> Replay:
    """The months from `first` to `last` under both rules, on the documents known now, with the decisions of the time.

    The other rule counts as if its versions had begun early enough; tiers fill from the start of the year, before
    `first` where it is not one. NoVersionInForceError for a month that either rule has no version for.
    """
    starts = fiscal_starts()
    other = as_if_in_force(proposed, history_start(current, first, starts), last)
    begin = min(history_start(current, first, starts), history_start(other, first, starts))
    known, names = decisions(), {pk: (code, name) for pk, code, name in _names()}
    found = []
    for mine in figures(first=begin, wanted=begin, month=last):
        totals = [_total(mine, rule, known, starts, first) for rule in (current, other)]
        if any(totals) or mine.months:
            found.append(ActivityDifference(*names[mine.activity_id], *totals))
    return Replay(sorted(found, key=lambda one: (one.amount, one.code)))


def as_if_in_force(rule: Rule, first: date, last: date) -> Rule:
    """The rule with its versions moved, in whole months, so that the earliest begins in time and the last still runs.

    A rule that covers the whole period already stays as it is.
    """
    if all(any(version.covers(month) for version in rule.versions) for month in _months(first, last)):
        return rule
    earliest = rule.versions[0].valid_from
    months = (earliest.year - first.year) * 12 + earliest.month - first.month
    moved = [replace(version, valid_from=add_months(version.valid_from, -months)) for version in rule.versions]
    closed = [replace(version, valid_to=later.valid_from - ONE_DAY) for version, later in pairwise(moved)]
    return replace(rule, versions=(*closed, replace(moved[-1], valid_to=None)))


def _months(first: date, last: date) -> Iterable[date]:
    month = first
    while month <= last:
        yield month
        month = add_months(month, 1)


def _total(
    mine: ActivityFigures, rule: Rule, known: dict[int, Decisions], starts: Sequence[date], first: date
) -> Decimal:
    decided = known.get(mine.activity_id, NO_DECISION)
    begin = rule.versions[0].valid_from
    months = [month for month in mine.months if month.month >= begin]
    history = History(str(mine.activity_id), mine.began_on, months, tuple(decided.waivers), tuple(decided.overrides))
    lines = contributions(history, rule, fiscal_starts=starts)
    return sum((line.due for line in lines if line.month >= first), ZERO)


def _names() -> Iterable[tuple[int, str, str]]:
    return Activity.objects.order_by().values_list("pk", "code", "name")


def _labels() -> list[str]:
    """« −1 000 € et moins », « de −1 000 € à −500 € », … « plus de 1 000 € »."""
    euros = [f"{format_decimal(step)}{NO_BREAK_SPACE}€" for step in STEPS]
    between = [f"de {low} à {high}" for low, high in pairwise(euros)]
    return [f"moins de {euros[0]}", *between, f"plus de {euros[-1]}"]
