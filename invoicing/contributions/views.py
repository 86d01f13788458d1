"""The preview of a run, the replay of a period, and the entrepreneurs' own statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from invoicing.contributions.forms import PreviewForm, ReplayForm
from invoicing.contributions.models import ContributionRule, ContributionStatement
from invoicing.contributions.queries.reckoning import Due, reckon
from invoicing.contributions.queries.replay import Replay, replay_period
from invoicing.contributions.queries.rule import products_nobody_sells, rule_in_force, rule_of
from invoicing.contributions.queries.runs import next_month_to_run, run_refusals
from invoicing.contributions.queries.statements import explained, statements_of
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.rules.terms import NoVersionInForceError
from invoicing.contributions.services import render_statement, statement_name
from members.activities.models import Activity
from members.people.queries import signed_in_user

PER_PAGE = 24
CHART_WIDTH = 720
BAR_HEIGHT = 30


@dataclass(frozen=True)
class NotedTable(Table):
    """A table with sentences above it: what stands in the way, what is left out."""

    notes: tuple[str, ...] = ()


class PreviewView(ReportView):
    """What the run of a month would take from each activity; nothing is written."""

    right = Right.VIEW_BOOKS
    title = "Aperçu des contributions d’un mois"
    file_name = "apercu-contributions"
    form_class = PreviewForm
    template = "admin/invoicing/contributions/preview.html"
    empty = "Aucune activité n’a de contribution ce mois-là."

    def initial(self) -> dict[str, Any]:
        """The month that is next."""
        return {"month": f"{next_month_to_run(timezone.localdate()):%Y-%m}"}

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per activity."""
        month: date = filters["month"]
        columns = (Column("Activité"), Column("Code"), *(Column(name, is_amount=True) for name in AMOUNTS))
        notes = run_refusals(month, by=signed_in_user(self.request), on=timezone.localdate())
        rule = rule_in_force()
        if rule is None:
            return NotedTable(columns, (), notes=tuple(notes))
        try:
            reckoning = reckon(month=month, rule=rule)
        except NoVersionInForceError as error:
            return NotedTable(columns, (), notes=tuple(dict.fromkeys([*notes, str(error)])))
        names = {pk: (name, code) for pk, name, code in Activity.objects.order_by().values_list("pk", "name", "code")}
        taken = [(names[due.activity_id], _amounts(due, month)) for due in reckoning.dues]
        rows = [Row((*name, *amounts)) for name, amounts in sorted(taken)]
        if reckoning.left_out:
            left_out = ", ".join(names[pk][0] for pk in reckoning.left_out)
            notes.append(f"Sans contrat, donc sans règle\u00a0: {left_out}.")
        totals = [sum(column, ZERO) for column in zip(*(amounts for _, amounts in taken), strict=True)]
        return NotedTable(columns, rows, ("Total", None, *totals), notes=tuple(notes))


def _amounts(due: Due, month: date) -> tuple[Decimal, ...]:
    """The base of the rule's first line, what the month takes, the corrections of earlier ones, all together."""
    own = sum((one.due for one in due.settlements), ZERO)
    base = next((line.base for (of, _), line in due.lines.items() if of == month), ZERO)
    return base, own, due.amount - own, due.amount


AMOUNTS = ("Base", "Du mois", "Corrections", "Total")


@dataclass(frozen=True)
class Bar:
    """A bracket of differences as a bar of the chart."""

    label: str
    count: int
    y: int
    text_y: int
    width: int
    side: str


@dataclass(frozen=True)
class ReplayTable(Table):
    """The differences, with what they amount to and how they are spread."""

    replay: Replay | None = None
    bars: tuple[Bar, ...] = ()
    height: int = 0
    notes: tuple[str, ...] = ()


class ReplayView(ReportView):
    """A past period under another version of the rule: who would pay more, who less."""

    right = Right.VIEW_BOOKS
    title = "Essayer une règle sur le passé"
    introduction = (
        "Chaque activité est calculée deux fois sur les mêmes documents\u00a0: avec la règle en vigueur, et avec celle "
        "que vous choisissez, comme si elle avait déjà été adoptée. Rien n’est enregistré."
    )
    file_name = "essai-de-regle"
    form_class = ReplayForm
    template = "admin/invoicing/contributions/replay.html"

    def initial(self) -> dict[str, Any]:
        """The latest proposal, over the last twelve whole months of the calendar year."""
        chosen = ContributionRule.objects.order_by("-state", "-pk").first()
        last = add_months(timezone.localdate().replace(day=1), -1)
        return {
            "rule": chosen.pk if chosen else "",
            "first_month": f"{last.replace(month=1):%Y-%m}",
            "last_month": f"{last:%Y-%m}",
        }

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per activity, those who gain most first."""
        columns = (Column("Activité"), Column("Code"), *(Column(name, is_amount=True) for name in DIFFERENCES))
        current, proposed = rule_in_force(), rule_of(filters["rule"])
        if current is None:
            return ReplayTable(columns, (), notes=("Aucune règle de contribution n’est adoptée.",))
        names = products_nobody_sells(proposed)
        notes = (f"Produits exclus dont aucun catalogue n’a le code\u00a0: {', '.join(names)}.",) if names else ()
        try:
            replay = replay_period(
                current=current, proposed=proposed, first=filters["first_month"], last=filters["last_month"]
            )
        except NoVersionInForceError as error:
            return ReplayTable(columns, (), notes=(str(error),))
        rows = [Row((one.name, one.code, one.current, one.proposed, one.amount)) for one in replay.differences]
        totals = ("Total", None, replay.current, replay.proposed, replay.proposed - replay.current)
        bars = _bars(replay)
        return ReplayTable(columns, rows, totals, replay, bars, len(bars) * BAR_HEIGHT, notes)


DIFFERENCES = ("Règle en vigueur", "Règle essayée", "Différence")


def _bars(replay: Replay) -> tuple[Bar, ...]:
    """The brackets as bars of the chart, the longest as wide as there is room for it."""
    brackets = replay.brackets
    most = max((bracket.count for bracket in brackets), default=0) or 1
    middle = len(brackets) // 2
    return tuple(
        Bar(
            label=bracket.label,
            count=bracket.count,
            y=rank * BAR_HEIGHT + 4,
            text_y=rank * BAR_HEIGHT + 19,
            width=(CHART_WIDTH - 260) * bracket.count // most,
            side="gain" if rank < middle else "loss" if rank > middle else "same",
        )
        for rank, bracket in enumerate(brackets)
    )


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """One's own statements, the latest first."""
    require_right(request.user, Right.USE_OWN_PAGES)
    statements = statements_of(request.user)
    page = Paginator(statements, PER_PAGE).get_page(request.GET.get("p"))
    rows = [(statement, month_name(statement.run.month)) for statement in page]
    several = len({statement.activity_id for statement in page}) > 1
    context = {"page": page, "rows": rows, "several_activities": several, "section": "contributions"}
    return TemplateResponse(request, "invoicing/contributions/list.html", context)


@require_safe
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A statement, told line by line."""
    require_right(request.user, Right.USE_OWN_PAGES)
    statement = get_object_or_404(statements_of(request.user), pk=pk)
    context = {"page": explained(statement), "statement": statement, "section": "contributions"}
    return TemplateResponse(request, "invoicing/contributions/detail.html", context)


@require_safe
def statement_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a page to keep."""
    require_right(request.user, Right.USE_OWN_PAGES)
    statement: ContributionStatement = get_object_or_404(statements_of(request.user), pk=pk)
    response = HttpResponse(render_statement(statement=statement), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{statement_name(statement)}.pdf"'
    return response
