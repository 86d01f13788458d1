"""Reports of the staff's pages: a filter form, one query function, a table on the page or in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib.admin import site
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views import View

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, to_csv, to_xlsx

ROWS_PER_PAGE = 200


@dataclass(frozen=True)
class Column:
    """A column of a report. Amounts are aligned on the right and summed by whoever makes the table."""

    heading: str
    is_amount: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a report, with the page that explains it, if any."""

    cells: tuple[Cell, ...]
    link: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """What a report shows: the columns, the lines, and totals over all lines (not only those of the page)."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    totals: tuple[Cell, ...] = field(default_factory=tuple)


class ReportView(View):
    """Base of the reports: the right first, then the filters, then the table as a page, CSV (`?format=csv`) or XLSX."""

    right: ClassVar[Right]
    title: ClassVar[str]
    introduction: ClassVar[str] = ""
    file_name: ClassVar[str]
    empty: ClassVar[str] = "Rien à montrer pour ces critères."
    form_class: ClassVar[type[forms.Form]]
    template: ClassVar[str] = "admin/report.html"

    def table(self, filters: dict[str, Any]) -> Table:
        """The report for the cleaned filters."""
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        """Filters of the first visit, before anything is typed."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the report, or the filters with their errors."""
        require_right(request.user, self.right)
        chosen = {name: value for name, value in request.GET.items() if name not in {"format", "p"}}
        form = self.form_class({**self.initial(), **chosen})
        table = self.table(form.cleaned_data) if form.is_valid() else Table(columns=(), rows=())
        export = request.GET.get("format", "")
        if export in {"csv", "xlsx"} and form.is_valid():
            return self._file(table, export)
        query = request.GET.copy()
        for name in ("format", "p"):
            query.pop(name, None)
        context = {
            **site.each_context(request),
            "title": self.title,
            "report": self,
            "form": form,
            "table": table,
            "page": Paginator(table.rows, ROWS_PER_PAGE).get_page(request.GET.get("p")),
            "query": query.urlencode(),
        }
        return TemplateResponse(request, self.template, context)

    def _file(self, table: Table, export: str) -> HttpResponse:
        headings = [column.heading for column in table.columns]
        rows = [row.cells for row in table.rows] + ([table.totals] if table.totals else [])
        content = to_csv(headings, rows) if export == "csv" else to_xlsx(self.title, headings, rows)
        response = HttpResponse(content, content_type=CSV_TYPE if export == "csv" else XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{self.file_name}.{export}"'
        return response
