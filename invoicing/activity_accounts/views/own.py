"""The account of their activity as entrepreneurs read it, line by line, and what they may pay themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.spreadsheets import XLSX_TYPE, to_xlsx
from invoicing.activity_accounts.enums import PayStart, StatementHeading
from invoicing.activity_accounts.forms import MAX_TYPED, FigureForm, OwnMonthsForm, PayForm
from invoicing.activity_accounts.models import PooledAccount
from invoicing.activity_accounts.queries.pay import employer_settings, pay_parameters
from invoicing.activity_accounts.queries.statement import (
    activity_statement,
    available_amounts,
    figure_lines,
    shares_of_available,
    waiting_of,
)
from invoicing.activity_accounts.rules.plan import pay_plan
from invoicing.activity_accounts.rules.statement import Statement
from invoicing.activity_accounts.services.render_statement import render_statement
from invoicing.activity_accounts.views.tables import statement_table
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user


@dataclass(frozen=True)
class Chosen:
    """Whose page it is: the activities that a person carries, and the one shown."""

    user: User
    activities: tuple[Activity, ...]
    activity: Activity | None

    @property
    def query(self) -> dict[str, str]:
        """What the links of the page repeat."""
        return {"activite": str(self.activity.pk)} if self.activity and len(self.activities) > 1 else {}


def _chosen(request: HttpRequest) -> Chosen:
    """The activity that `activite` names (404 when it is not theirs), else the first."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    activities = tuple(Activity.objects.carried_by(user.pk))
    asked = request.GET.get("activite")
    found = next((one for one in activities if asked is None or str(one.pk) == asked), None)
    if asked is not None and found is None:
        raise Http404
    return Chosen(user, activities, found)


def _activity(request: HttpRequest) -> tuple[Chosen, Activity]:
    chosen = _chosen(request)
    if chosen.activity is None:
        raise Http404
    return chosen, chosen.activity


def _months(request: HttpRequest) -> OwnMonthsForm:
    """The months asked for; from January to this month unless they are."""
    today = timezone.localdate()
    initial = {"first_month": today.replace(month=1, day=1), "last_month": today.replace(day=1)}
    typed = {name: request.GET[name] for name in initial if request.GET.get(name)}
    return OwnMonthsForm({**initial, **typed})


def _asked_statement(request: HttpRequest, activity: Activity) -> Statement:
    form = _months(request)
    if not form.is_valid():
        raise Http404
    return activity_statement(
        activity, first_month=form.cleaned_data["first_month"], last_month=form.cleaned_data["last_month"]
    )


def _figures(chosen: Chosen, told: Statement) -> list[dict[str, Any]]:
    """The months that moved and the last, the latest first, each figure with the address of its lines."""

    def address(month: date, heading: StatementHeading) -> str:
        query = {**chosen.query, "month": f"{month:%Y-%m}", "heading": heading.value}
        return f"{reverse('statement-lines')}?{urlencode(query)}"

    return [
        {
            "month": month.month,
            "closing": month.closing,
            "figures": [
                (heading.label, amount, address(month.month, heading))
                for heading in told.headings
                if (amount := month.figures.amount(heading))
            ],
        }
        for month in reversed(told.months)
        if month.month == told.last_month or any(month.figures.amounts.values())
    ]


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """What the activity has left, how it came to it month by month, and what stands beside it."""
    chosen = _chosen(request)
    context: dict[str, Any] = {"section": "statement", "chosen": chosen, "query": urlencode(chosen.query)}
    if chosen.activity:
        form = _months(request)
        asked = form.cleaned_data if form.is_valid() else {}
        today = timezone.localdate().replace(day=1)
        first = asked.get("first_month") or today.replace(month=1)
        last = max(asked.get("last_month") or today, first)
        told = activity_statement(chosen.activity, first_month=first, last_month=last)
        range_query = {**chosen.query, "first_month": f"{first:%Y-%m}", "last_month": f"{last:%Y-%m}"}
        context |= {
            "form": form,
            "statement": told,
            "totals": [(heading.label, told.totals[heading]) for heading in told.headings],
            "months": _figures(chosen, told),
            "waiting": waiting_of(chosen.activity, on=timezone.localdate()),
            "shares": shares_of_available(chosen.activity, last_month=last).items(),
            "range_query": urlencode(range_query),
        }
    return render(request, "invoicing/activity_accounts/statement.html", context)


@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """The ledger lines under a figure of a month, each with its document."""
    chosen, activity = _activity(request)
    form = FigureForm(request.GET)
    if not form.is_valid():
        raise Http404
    month, wanted = form.cleaned_data["month"], form.cleaned_data["heading"]
    headings = [StatementHeading(wanted)] if wanted else list(StatementHeading)
    groups = [(heading.label, figure_lines(activity, heading, month=month)) for heading in headings]
    context = {
        "section": "statement",
        "chosen": chosen,
        "month": month,
        "query": urlencode(chosen.query),
        "groups": [(label, found, sum((line.amount for line in found), ZERO)) for label, found in groups if found],
    }
    return render(request, "invoicing/activity_accounts/lines.html", context)


@require_safe
def xlsx(request: HttpRequest) -> HttpResponse:
    """The statement as a spreadsheet."""
    _, activity = _activity(request)
    table = statement_table(_asked_statement(request, activity))
    rows = [row.cells for row in table.rows]
    content = to_xlsx(activity.name, [column.heading for column in table.columns], [*rows, table.totals])
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="compte-{activity.code}.xlsx"'
    return response


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """The état des comptes over the months shown (C. trav. L7332-3)."""
    _, activity = _activity(request)
    content = render_statement(activity=activity, statement=_asked_statement(request, activity))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="etat-des-comptes-{activity.code}.pdf"'
    return response


@require_safe
def pay(request: HttpRequest) -> HttpResponse:
    """« Combien puis-je me payer ? »: answered at once from what is available, and again for what is typed.

    A script asks for the answer alone; without it the form is sent.
    """
    chosen, today = _chosen(request), timezone.localdate()
    context: dict[str, Any] = {"section": "pay", "chosen": chosen, "query": urlencode(chosen.query)}
    if chosen.activity:
        available = available_amounts([chosen.activity.pk], on=today)[chosen.activity.pk]
        context |= {"available": available} | _pay_answer(request, available, today)
    alone = request.headers.get("X-Requested-With") == "fetch" and chosen.activity
    name = "pay_answer" if alone else "pay"
    return render(request, f"invoicing/activity_accounts/{name}.html", context)


def _pay_answer(request: HttpRequest, available: Decimal, on: date) -> dict[str, Any]:
    initial = {"start": PayStart.BUDGET.value, "amount": min(max(available, ZERO), MAX_TYPED), "months": 1}
    typed = {name: request.GET[name] for name in initial if name in request.GET}
    form = PayForm({**initial, **typed} if typed else initial)
    if not form.is_valid():
        return {"form": form}
    plan = pay_plan(
        PayStart(form.cleaned_data["start"]),
        form.cleaned_data["amount"],
        months=form.cleaned_data["months"],
        available=available,
        parameters=pay_parameters(on),
        employer=employer_settings(),
    )
    return {"form": form, "plan": plan}


@require_safe
def pooled(request: HttpRequest) -> HttpResponse:
    """What the contributions financed, year after year, as the cooperative published it (C. trav. R7331-9)."""
    require_right(request.user, Right.USE_OWN_PAGES)
    published = PooledAccount.objects.select_related("fiscal_year")
    return render(request, "invoicing/activity_accounts/pooled.html", {"section": "statement", "published": published})
