"""Reports of the staff's pages: a filter form, one query function, a table on the page or in a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views import View

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_decimal
from cae_backoffice.core.spreadsheets import CSV_TYPE, MOST_XLSX_ROWS, XLSX_TYPE, Cell, csv_chunks, write_xlsx

ROWS_PER_PAGE = 200
TOO_MANY_ROWS = (
    f"Un classeur XLSX contient au plus {format_decimal(Decimal(MOST_XLSX_ROWS))} lignes et ce tableau en a "
    "davantage\u00a0: exportez-le en CSV ou réduisez la période."
)


@dataclass(frozen=True)
class Column:
    """A column of a report. Amounts are aligned on the right and summed by whoever makes the table."""

    heading: str
    is_amount: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it: on a phone its heading stands beside it; in a column of amounts, on the right."""

    heading: str
    value: Cell
    link: str = ""
    is_amount: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a report, with the page that explains it, if any; `links` explains single cells, by their rank.

    `key` is the record that a report's act takes when the row is chosen.
    """

    cells: tuple[Cell, ...]
    link: str = ""
    is_total: bool = False
    links: Mapping[int, str] = field(default_factory=dict)
    key: int | None = None

    def shown(self, columns: Sequence[Column]) -> list[ShownCell]:
        """Each cell under its heading, with its address, empty where it has none."""
        return [
            ShownCell(column.heading, cell, self.links.get(i, "" if i else self.link), column.is_amount)
            for i, (column, cell) in enumerate(zip(columns, self.cells, strict=True))
        ]


@dataclass(frozen=True)
class RowPage:
    """Some rows in order, and the marks by which the pages before and after are asked; empty where there is none."""

    rows: Sequence[Row]
    previous: str = ""
    next: str = ""
    label: str = ""


class LazyRows(Protocol):
    """Rows that are read from the database page by page, or as a stream: the books have millions."""

    def __iter__(self) -> Iterator[Row]:
        """All rows, in constant memory."""

    def page(self, mark: str) -> RowPage:
        """The page that a mark asks for; the first one for an empty or unknown mark."""

    def exceeds(self, most: int) -> bool:
        """Whether there are more rows than this."""


@dataclass(frozen=True)
class Table:
    """What a report shows: the columns, the lines, and totals over all lines (not only those of the page)."""

    columns: tuple[Column, ...]
    rows: Sequence[Row] | LazyRows
    totals: tuple[Cell, ...] = field(default_factory=tuple)

    def page(self, mark: str) -> RowPage:
        """One page: by number for rows that are at hand, by mark for the others."""
        if not isinstance(self.rows, Sequence):
            return self.rows.page(mark)
        paginator = Paginator(self.rows, ROWS_PER_PAGE)
        page = paginator.get_page(mark)
        return RowPage(
            rows=list(page),
            previous=str(page.previous_page_number()) if page.has_previous() else "",
            next=str(page.next_page_number()) if page.has_next() else "",
            label=f"Page {page.number} sur {paginator.num_pages}",
        )

    def exceeds(self, most: int) -> bool:
        """Whether there are more rows than this."""
        return len(self.rows) > most if isinstance(self.rows, Sequence) else self.rows.exceeds(most)

    def lines(self) -> Iterator[Sequence[Cell]]:
        """The cells of every row, then the totals."""
        totals: Iterable[Sequence[Cell]] = [self.totals] if self.totals else []
        return chain((row.cells for row in self.rows), totals)


@dataclass(frozen=True)
class ReportAct:
    """What may be done with the rows that are chosen on the page."""

    name: str
    label: str


class ReportView(View):
    """Base of the reports: the right first, then the filters, then the table as a page, CSV (`?format=csv`) or XLSX.

    A report with `acts` lets those who hold `act_right` choose rows and act on them; `perform` calls the service.
    """

    right: ClassVar[Right]
    title: ClassVar[str]
    introduction: ClassVar[str] = ""
    file_name: ClassVar[str]
    empty: ClassVar[str] = "Rien à montrer pour ces critères."
    form_class: ClassVar[type[forms.Form]]
    acts: ClassVar[tuple[ReportAct, ...]] = ()
    act_right: ClassVar[Right | None] = None
    template: ClassVar[str] = "admin/report.html"

    def table(self, filters: dict[str, Any]) -> Table:
        """The report for the cleaned filters."""
        raise NotImplementedError

    def initial(self) -> dict[str, Any]:
        """Filters of the first visit, before anything is typed."""
        return {}

    def perform(self, request: HttpRequest, act: str, keys: list[int]) -> str:
        """Do an act with the rows chosen; answers what was done, in French. Refusals are shown."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the report, or the filters with their errors."""
        require_right(request.user, self.right)
        chosen = {name: value for name, value in request.GET.items() if name not in {"format", "p"}}
        form = self.form_class({**self.initial(), **chosen})
        table = self.table(form.cleaned_data) if form.is_valid() else Table(columns=(), rows=())
        export = request.GET.get("format", "")
        if export == "csv" and form.is_valid():
            return self._csv(table)
        if export == "xlsx" and form.is_valid():
            if not table.exceeds(MOST_XLSX_ROWS - 2):  # the heading and the totals
                return self._xlsx(table)
            messages.error(request, TOO_MANY_ROWS)
        return self._page(request, form, table)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Act on the rows chosen, then show the same page again."""
        if self.act_right is None or not self.acts:
            return HttpResponse(status=405)
        require_right(request.user, self.right)
        require_right(request.user, self.act_right)
        keys = [int(key) for key in request.POST.getlist("row") if key.isdecimal()]
        act = request.POST.get("act", "")
        try:
            if act not in {known.name for known in self.acts} or not keys:
                raise RefusalError("Cochez d’abord des lignes.")
            messages.success(request, self.perform(request, act, keys))
        except RefusalError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
        return HttpResponseRedirect(request.get_full_path())

    def _page(self, request: HttpRequest, form: forms.Form, table: Table) -> TemplateResponse:
        query = request.GET.copy()
        for name in ("format", "p"):
            query.pop(name, None)
        page = table.page(request.GET.get("p", ""))
        may_act = self.act_right is not None and has_right(request.user, self.act_right)
        context = {
            **site.each_context(request),
            "title": self.title,
            "report": self,
            "form": form,
            "table": table,
            "page": page,
            "rows": [(row, row.shown(table.columns)) for row in page.rows],
            "totals": Row(table.totals).shown(table.columns) if table.totals else [],
            "acts": self.acts if may_act else (),
            "query": query.urlencode(),
        }
        return TemplateResponse(request, self.template, context)

    def _csv(self, table: Table) -> StreamingHttpResponse:
        chunks = csv_chunks([column.heading for column in table.columns], table.lines())
        return StreamingHttpResponse(chunks, content_type=CSV_TYPE, headers=self._file("csv"))

    def _xlsx(self, table: Table) -> FileResponse:
        """Written to a file first: a workbook is only readable once it is whole. The answer closes the file."""
        file = tempfile.TemporaryFile()  # noqa: SIM115
        write_xlsx(file, self.title, [column.heading for column in table.columns], table.lines())
        file.seek(0)
        return FileResponse(file, content_type=XLSX_TYPE, headers=self._file("xlsx"))

    def _file(self, extension: str) -> dict[str, str]:
        return {"Content-Disposition": f'attachment; filename="{self.file_name}.{extension}"'}
