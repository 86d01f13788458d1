"""A statement as it is read: on the staff's page, on the entrepreneur's, and as a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.money import ZERO
from invoicing.contributions.models import ContributionLine, ContributionStatement
from invoicing.contributions.models.runs import StatementQuerySet
from invoicing.contributions.rules.explanation import explain, month_name
from invoicing.contributions.rules.stored import from_json


@dataclass(frozen=True)
class ExplainedLine:
    """A line of a statement in sentences; of a correction, `reason` says why."""

    title: str
    amount: Decimal
    base: Decimal
    reason: str
    sentences: tuple[str, ...]
    year_base: Decimal | None


@dataclass(frozen=True)
class ExplainedStatement:
    """A statement for someone who is not an accountant: this month, the corrections of earlier ones, the whole."""

    statement: ContributionStatement
    month: date
    month_name: str
    lines: tuple[ExplainedLine, ...]
    corrections: tuple[ExplainedLine, ...]

    @property
    def corrected(self) -> Decimal:
        """All corrections together."""
        return sum((line.amount for line in self.corrections), ZERO)


def explained(statement: ContributionStatement) -> ExplainedStatement:
    """The statement with its stored lines told in sentences."""
    month = statement.run.month
    lines = [(line.month == month, _explained(line)) for line in statement.lines.order_by("position")]
    return ExplainedStatement(
        statement=statement,
        month=month,
        month_name=month_name(month),
        lines=tuple(line for own, line in lines if own),
        corrections=tuple(line for own, line in lines if not own),
    )


def statements_of(user: HoldsRoles) -> StatementQuerySet:
    """The statements that someone may see, the latest month first, with what a list shows."""
    visible = ContributionStatement.objects.visible_to(user).select_related("run", "activity")
    return visible.order_by("-run__month", "activity__search", "pk")


def _explained(line: ContributionLine) -> ExplainedLine:
    kept = from_json(line.detail) if line.detail else None
    return ExplainedLine(
        title=f"{line.label}, {month_name(line.month)}",
        amount=line.amount,
        base=line.base,
        reason=line.reason,
        sentences=explain(kept) if kept else (),
        year_base=kept.year.base if kept else None,
    )
