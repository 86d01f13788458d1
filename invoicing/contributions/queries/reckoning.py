"""A month reckoned for every activity, before anything is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Min

from cae_backoffice.core.bulk import without_collection
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import ContributionRun
from invoicing.contributions.queries.figures import ActivityFigures, activities_without_contract, all_rows, figures
from invoicing.contributions.queries.rule import Decisions, context_of, decisions, fiscal_starts
from invoicing.contributions.rules.engine import contributions, year_start
from invoicing.contributions.rules.figures import History
from invoicing.contributions.rules.lines import MonthLine, YearSoFar
from invoicing.contributions.rules.settlement import Settlement, settle
from invoicing.contributions.rules.terms import Rule

OPENINGS = """
    SELECT statement.activity_id, statement.inputs, line.code, line.detail -> 'year'
    FROM invoicing_contributionstatement AS statement
    JOIN invoicing_contributionline AS line ON line.statement_id = statement.id AND line.month = %(month)s
    WHERE statement.run_id = %(run)s AND line.detail IS NOT NULL
"""
TAKEN = """
    SELECT statement.activity_id, line.month, line.code, sum(line.amount)
    FROM invoicing_contributionline AS line
    JOIN invoicing_contributionstatement AS statement ON statement.id = line.statement_id
    JOIN invoicing_contributionrun AS run ON run.id = statement.run_id
    WHERE run.state = 'POSTED' AND statement.activity_id = ANY(%(activities)s)
    GROUP BY 1, 2, 3
"""
CHUNK = 1000
Report = Callable[[int], None]
Taken = dict[tuple[date, str], Decimal]


class Due(NamedTuple):
    """What a run takes from one activity: by line of the rule, with every month's line that explains it."""

    activity_id: int
    inputs: str
    settlements: tuple[Settlement, ...]
    lines: Mapping[tuple[date, str], MonthLine]

    @property
    def amount(self) -> Decimal:
        """Everything together."""
        return sum((settlement.amount for settlement in self.settlements), ZERO)


@dataclass(frozen=True)
class Reckoning:
    """A month for every activity that owes something, has a month under contract, or is corrected.

    `left_out` are activities that did something and never had a contract: no rule tells what they owe.
    """

    month: date
    context: str
    dues: Sequence[Due]
    left_out: Sequence[int]

    @property
    def total(self) -> Decimal:
        """Of all activities."""
        return sum((due.amount for due in self.dues), ZERO)


@dataclass(frozen=True)
class _Setting:
    """What reckons every activity of a run alike."""

    rule: Rule
    month: date
    first: date
    starts: tuple[date, ...]
    first_run: date
    decisions: Mapping[int, Decisions]

    def lines(self, mine: ActivityFigures, opening: Mapping[str, YearSoFar] | None) -> list[MonthLine]:
        decided = self.decisions.get(mine.activity_id, NO_DECISION)
        history = History(
            str(mine.activity_id), mine.began_on, mine.months, tuple(decided.waivers), tuple(decided.overrides)
        )
        return contributions(history, self.rule, opening=opening, fiscal_starts=self.starts)


NO_DECISION = Decisions()


def nothing(_percent: int) -> None:
    """Nobody waits for the progress."""


@without_collection()
def reckon(*, month: date, rule: Rule, report: Report = nothing) -> Reckoning:
    """What the run of a month takes from every activity, earlier months corrected.

    An activity whose earlier months have not changed since the last run goes on from it; the others are reckoned anew
    from the start. NoVersionInForceError when the rule has no version for a month.
    """
    setting = _setting(month, rule)
    previous = _previous_run(setting)
    openings = _openings(previous) if previous else {}
    read = figures(first=setting.first, wanted=month if previous else setting.first, month=month)
    report(20)
    going_on = [mine for mine in read if _goes_on(mine, openings, setting)] if previous else []
    kept = {mine.activity_id for mine in going_on}
    anew = [mine for mine in read if mine.activity_id not in kept]
    dues = [
        _due(setting, mine, setting.lines(mine, openings.get(mine.activity_id, NO_OPENING)[1]), {})
        for mine in _reported(going_on, report)
    ]
    dues += _reckoned_anew(setting, anew, read_whole=previous is None)
    report(60)
    return Reckoning(
        month=month,
        context=context_of(rule, setting.starts, month),
        dues=sorted((due for due in dues if due.settlements), key=lambda due: due.activity_id),
        left_out=activities_without_contract(month=month),
    )


def history_start(rule: Rule, first_month: date, starts: Sequence[date]) -> date:
    """Where the figures that matter to a month begin: its earliest year, but not before the rule's first version."""
    lines = rule.version_in(first_month).lines
    begun = [year_start(first_month, line.year, rule.fiscal_year_starts_in, tuple(starts)) for line in lines]
    return max(min(begun).replace(day=1), rule.versions[0].valid_from)


def _setting(month: date, rule: Rule) -> _Setting:
    starts = tuple(fiscal_starts())
    posted = ContributionRun.objects.filter(state=RunState.POSTED).aggregate(first=Min("month"))["first"]
    first_run = min(posted or month, month)
    return _Setting(
        rule=rule,
        month=month,
        first=history_start(rule, first_run, starts),
        starts=starts,
        first_run=first_run,
        decisions=decisions(),
    )


def _previous_run(setting: _Setting) -> ContributionRun | None:
    """The run of the month before, when the same rule and years reckoned it."""
    before = add_months(setting.month, -1)
    return ContributionRun.objects.filter(
        state=RunState.POSTED, month=before, context=context_of(setting.rule, setting.starts, before)
    ).first()


Openings = Mapping[int, tuple[str, dict[str, YearSoFar]]]
NO_OPENING: tuple[str, dict[str, YearSoFar]] = ("", {})


def _openings(run: ContributionRun) -> Openings:
    """By activity, the fingerprint of what the run read, and each line's year at its end."""
    found: dict[int, tuple[str, dict[str, YearSoFar]]] = {}
    for activity_id, inputs, code, year in all_rows(OPENINGS, {"run": run.pk, "month": run.month}):
        starts_on, *amounts = json.loads(year)
        so_far = YearSoFar(date.fromisoformat(starts_on), *map(Decimal, amounts))
        found.setdefault(activity_id, (inputs, {}))[1][code] = so_far
    return found


def _goes_on(mine: ActivityFigures, openings: Openings, setting: _Setting) -> bool:
    """Whether nothing before this month has changed: then the year so far stands."""
    if mine.activity_id in setting.decisions:
        return False
    opening = openings.get(mine.activity_id)
    return mine.before.startswith("0/") if opening is None else opening[0] == mine.before


def _reckoned_anew(setting: _Setting, anew: list[ActivityFigures], *, read_whole: bool) -> list[Due]:
    """From the start of the history, against what was taken since the first run."""
    ids = [mine.activity_id for mine in anew]
    if not ids:
        return []
    taken = _taken(ids)
    if not read_whole:
        anew = figures(first=setting.first, wanted=setting.first, month=setting.month, activities=ids)
    return [_due(setting, mine, setting.lines(mine, None), taken.get(mine.activity_id, {})) for mine in anew]


def _taken(activities: Sequence[int]) -> dict[int, Taken]:
    found: defaultdict[int, Taken] = defaultdict(dict)
    for activity_id, month, code, amount in all_rows(TAKEN, {"activities": list(activities)}):
        found[activity_id][month, code] = amount
    return found


def _due(setting: _Setting, mine: ActivityFigures, lines: Iterable[MonthLine], taken: Taken) -> Due:
    """Months before the first run only count in the year: other software took their contributions."""
    ours = {(line.month, line.code): line for line in lines if line.month >= setting.first_run}
    settled = settle(ours.values(), month=setting.month, taken=taken)
    shown = tuple(one for one in settled if one.corrections or (setting.month, one.code) in ours)
    return Due(mine.activity_id, mine.now, shown, ours)


def _reported(going_on: list[ActivityFigures], report: Report) -> Iterable[ActivityFigures]:
    for rank, mine in enumerate(going_on):
        if rank % CHUNK == 0:
            report(20 + 40 * rank // len(going_on))
        yield mine
