"""The activities' accounts as the staff read them: an overview, one statement, and the lines under a month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.forms import DayForm, StaffFigureForm, StatementMonthsForm
from invoicing.activity_accounts.queries.figures import summed_months_of
from invoicing.activity_accounts.queries.statement import (
    StatementLine,
    activity_statement,
    figure_lines,
    shares_of_available,
    waiting_of,
)
from invoicing.activity_accounts.rules.statement import statement_of
from invoicing.activity_accounts.services.render_statement import render_statement
from invoicing.activity_accounts.views.tables import statement_table
from members.activities.models import Activity


class StatementsView(ReportView):
    """What each activity that the person may see has left on a day."""

    right = Right.VIEW_STATEMENTS
    title = "Comptes des activités"
    file_name = "comptes-des-activites"
    form_class = DayForm
    empty = "Aucune activité à montrer."

    def initial(self) -> dict[str, Any]:
        """Today."""
        return {"on": timezone.localdate()}

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per activity, two queries however many there are."""
        last = filters["on"].replace(day=1)
        first = last.replace(month=1)
        activities = list(Activity.objects.visible_to(self.request.user).order_by("search", "pk"))
        figures = summed_months_of([activity.pk for activity in activities], first_month=first, last_month=last)
        rows, total = [], ZERO
        for activity in activities:
            told = statement_of(figures[activity.pk], first_month=first, last_month=first)
            collected = told.totals[StatementHeading.COLLECTED]
            link = reverse("activity-statement", args=[activity.pk])
            rows.append(Row((activity.code, activity.name, told.opening, collected, told.available), link))
            total += told.available
        columns = (
            Column("Code"),
            Column("Activité"),
            Column("Au 1er janvier", is_amount=True),
            Column("Encaissé dans l’année (HT)", is_amount=True),
            Column("Disponible", is_amount=True),
        )
        return Table(columns, rows, ("Total", None, None, None, total))


class OneActivityView(ReportView):
    """A report about one activity, which the person may see (404 otherwise)."""

    right = Right.VIEW_STATEMENTS
    activity: Activity

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # type: ignore[override]
        """The right first, then the activity."""
        require_right(request.user, self.right)
        self.activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
        self.introduction = self.activity.name  # type: ignore[misc]  # shown by the template
        return super().get(request)


class StatementView(OneActivityView):
    """The statement of one activity, month by month; a month opens its lines."""

    title = "Compte de l’activité"
    file_name = "compte-de-l-activite"
    form_class = StatementMonthsForm

    def initial(self) -> dict[str, Any]:
        """This year so far."""
        today = timezone.localdate()
        return {"first_month": today.replace(month=1, day=1), "last_month": today.replace(day=1)}

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:  # type: ignore[override]
        """With what stands beside the account today, and the paper."""
        response = super().get(request, pk)
        if isinstance(response, TemplateResponse):
            response.template_name = "admin/invoicing/activity_statement.html"
            response.context_data = {
                **(response.context_data or {}),
                "activity": self.activity,
                "waiting": waiting_of(self.activity, on=timezone.localdate()),
                "shares": shares_of_available(self.activity, last_month=timezone.localdate()).items(),
            }
        return response

    def table(self, filters: dict[str, Any]) -> Table:
        """The same figures as the entrepreneur's."""
        first, last = filters["first_month"], filters["last_month"]
        told = activity_statement(self.activity, first_month=first, last_month=last)
        return statement_table(told, self._lines_of)

    def _lines_of(self, month: date) -> str:
        return f"{reverse('activity-statement-lines', args=[self.activity.pk])}?month={month:%Y-%m}"


class StatementLinesView(OneActivityView):
    """The ledger lines under the figures of a month, each with its document or its entry."""

    title = "Lignes du compte"
    file_name = "lignes-du-compte"
    form_class = StaffFigureForm
    empty = "Aucun mouvement ce mois-là."

    def initial(self) -> dict[str, Any]:
        """This month, every line."""
        return {"month": timezone.localdate().replace(day=1), "heading": ""}

    def table(self, filters: dict[str, Any]) -> Table:
        """The lines, heading after heading, and their sum."""
        wanted = [StatementHeading(filters["heading"])] if filters["heading"] else list(StatementHeading)
        rows, total = [], ZERO
        for heading in wanted:
            for line in figure_lines(self.activity, heading, month=filters["month"]):
                cells = (line.on, heading.label, line.voucher, line.account, line.label, line.amount)
                rows.append(Row(cells, self._link(line)))
                total += line.amount
        columns = tuple(Column(name) for name in ("Date", "Ligne", "Pièce", "Compte", "Libellé"))
        return Table((*columns, Column("Montant", is_amount=True)), rows, ("Total", *[None] * 4, total))

    def _link(self, line: StatementLine) -> str:
        if line.document and has_right(self.request.user, Right.VIEW_ALL_INVOICES):
            return reverse("admin:invoicing_invoice_change", args=[line.document.pk])
        if line.entry_id and has_right(self.request.user, Right.VIEW_BOOKS):
            return reverse("admin:invoicing_entry_change", args=[line.entry_id])
        return ""


@require_safe
def statement_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The état des comptes of one activity over this year so far."""
    require_right(request.user, Right.VIEW_STATEMENTS)
    activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    month = timezone.localdate().replace(day=1)
    told = activity_statement(activity, first_month=month.replace(month=1), last_month=month)
    return HttpResponse(render_statement(activity=activity, statement=told), content_type="application/pdf")
