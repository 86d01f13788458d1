"""What a rule gives on the same figures every month of a year: how whoever writes it sees what it does."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import ContractType
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import explain, month_name
from invoicing.contributions.rules.figures import ActivityMonth, History, Stay
from invoicing.contributions.rules.lines import MonthLine
from invoicing.contributions.rules.terms import Rule

MONTHS = 12


class ExampleFigures(NamedTuple):
    """The figures of each month, in euros."""

    contract: ContractType
    invoiced: Decimal
    collected: Decimal
    purchases: Decimal
    internal: Decimal


class ExampleLine(NamedTuple):
    """A line of the rule in one month of the example."""

    month: str
    line: MonthLine
    sentences: Sequence[str]


def worked_example(rule: Rule, figures: ExampleFigures) -> list[ExampleLine]:
    """Twelve months from the start of the rule's last version, or fewer when it ends before."""
    version = rule.versions[-1]
    months = [add_months(version.valid_from, rank) for rank in range(MONTHS)]
    covered = [month for month in months if version.covers(month)]
    history = History("exemple", version.valid_from, [_month(month, version.valid_from, figures) for month in covered])
    return [ExampleLine(month_name(line.month), line, explain(line)) for line in contributions(history, rule)]


def _month(month: date, starts_on: date, figures: ExampleFigures) -> ActivityMonth:
    days = monthrange(month.year, month.month)[1]
    contract, invoiced, collected, purchases, internal = figures
    return ActivityMonth(month, (Stay(contract, starts_on, days, invoiced, collected, purchases, internal),))
