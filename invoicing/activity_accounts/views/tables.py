"""A statement as a table, for the staff's page and for spreadsheets."""

from collections.abc import Callable
from datetime import date

from cae_backoffice.core.reports import Column, Row, Table
from invoicing.activity_accounts.rules.statement import Statement


def _no_link(_month: date) -> str:
    return ""


def statement_table(statement: Statement, link: Callable[[date], str] = _no_link) -> Table:
    """A row per month after the opening balance; `link` gives the page of a month's lines."""
    headings = statement.headings
    columns = (
        Column("Mois"),
        *(Column(heading.label, is_amount=True) for heading in headings),
        Column("Disponible", is_amount=True),
    )
    nothing = (None,) * len(headings)
    rows = [Row(("Solde au début", *nothing, statement.opening), is_total=True)]
    rows += [
        Row(
            (f"{month.month:%m/%Y}", *(month.figures.amount(heading) for heading in headings), month.closing),
            link(month.month),
        )
        for month in statement.months
    ]
    totals = (statement.totals[heading] for heading in headings)
    return Table(columns, rows, ("Total", *totals, statement.available))
