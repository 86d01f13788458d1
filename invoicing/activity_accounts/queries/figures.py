"""The months of activities, read from the kept balances of the ledger, and the proof that they are its lines.

The opening entries that a closing writes (journal AN, no source) carry what the years before already hold: they do not
count twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.rules.statement import MonthFigures

VAT_AHEAD, UNALLOCATED = "VAT_AHEAD", "UNALLOCATED"
SOURCES = """
WITH headings AS (
    SELECT DISTINCT ON (account.id) account.id AS account_id, grouped.heading
    FROM invoicing_account AS account
    JOIN invoicing_accountgroup AS grouped ON starts_with(account.number, grouped.root)
    ORDER BY account.id, length(grouped.root) DESC
), carried AS (
    SELECT line.id, line.activity_id, line.entry_on, line.account_id, line.credit - line.debit AS amount
    FROM invoicing_entryline AS line
    JOIN invoicing_entry AS entry ON entry.id = line.entry_id AND entry.source_type = ''
    JOIN invoicing_journal AS journal ON journal.id = entry.journal_id AND journal.code = 'AN'
    WHERE (%(all)s OR line.activity_id = ANY(%(activities)s)) AND line.activity_id IS NOT NULL
      AND line.entry_on IN (SELECT starts_on FROM invoicing_fiscalyear)
), kept AS (
    SELECT activity_id, month AS day, account_id, credit - debit AS amount FROM invoicing_monthlybalance
    WHERE (%(all)s OR activity_id = ANY(%(activities)s)) AND activity_id IS NOT NULL
    UNION ALL
    SELECT activity_id, entry_on, account_id, -amount FROM carried
), vat_ahead AS (
    SELECT invoice.activity_id, invoice.issued_on AS day, rate.vat - rate.pending AS amount
    FROM invoicing_invoice AS invoice JOIN invoicing_invoicevat AS rate ON rate.invoice_id = invoice.id
    WHERE (%(all)s OR invoice.activity_id = ANY(%(activities)s)) AND invoice.state = 'ISSUED'
    UNION ALL
    SELECT invoice.activity_id, allocation.allocated_on, part.due_vat - part.vat
    FROM invoicing_invoice AS invoice
    JOIN invoicing_allocation AS allocation ON allocation.invoice_id = invoice.id
    JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
    WHERE (%(all)s OR invoice.activity_id = ANY(%(activities)s))
), rests AS (
    SELECT rest_line_id AS line_id FROM invoicing_receipt WHERE rest_line_id IS NOT NULL
    UNION ALL SELECT line_id FROM invoicing_refund WHERE receipt_id IS NOT NULL
    UNION ALL SELECT line_id FROM invoicing_bounce WHERE line_id IS NOT NULL
), unallocated AS (
    SELECT line.activity_id, line.entry_on AS day, line.credit - line.debit AS amount
    FROM invoicing_entryline AS line JOIN rests ON rests.line_id = line.id
    WHERE (%(all)s OR line.activity_id = ANY(%(activities)s)) AND line.activity_id IS NOT NULL
    UNION ALL
    SELECT line.activity_id, allocation.allocated_on, -allocation.amount
    FROM invoicing_entryline AS line
    JOIN invoicing_receipt AS receipt ON receipt.rest_line_id = line.id
    JOIN invoicing_allocation AS allocation ON allocation.line_id = line.id
    WHERE (%(all)s OR line.activity_id = ANY(%(activities)s)) AND line.activity_id IS NOT NULL
)
"""
ROWS = """(
    SELECT activity_id, day, heading AS figure, amount FROM kept JOIN headings USING (account_id)
    UNION ALL SELECT activity_id, day, 'VAT_AHEAD', amount FROM vat_ahead
    UNION ALL SELECT activity_id, day, 'UNALLOCATED', amount FROM unallocated
) AS figures"""
FIGURES = f"""{SOURCES}
SELECT activity_id, date_trunc('month', day)::date, figure, sum(amount) FROM {ROWS}
GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
ORDER BY 1, 2
"""  # noqa: S608  constants
BEFORE_AND_SINCE = f"""{SOURCES}
SELECT activity_id, CASE WHEN day < %(first)s::date THEN %(before)s::date ELSE %(first)s::date END, figure, sum(amount)
FROM {ROWS}
WHERE day < %(end)s::date
GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
ORDER BY 1, 2
"""  # noqa: S608  constants
APART = f"""{SOURCES}
SELECT activity_id, date_trunc('month', day)::date, figure, sum(stated), sum(booked) FROM (
    SELECT activity_id, day, 'total' AS figure, amount AS stated, 0 AS booked FROM kept JOIN headings USING (account_id)
    UNION ALL
    SELECT activity_id, entry_on, 'total', 0, line.credit - line.debit
    FROM invoicing_entryline AS line JOIN headings USING (account_id)
    WHERE activity_id IS NOT NULL AND line.id NOT IN (SELECT id FROM carried)
    UNION ALL
    SELECT invoice.activity_id, allocation.allocated_on, 'collected', part.net, 0
    FROM invoicing_allocation AS allocation
    JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
    JOIN invoicing_invoice AS invoice ON invoice.id = allocation.invoice_id
    WHERE allocation.write_off_id IS NULL
    UNION ALL
    SELECT line.activity_id, line.entry_on, 'collected', 0, line.credit - line.debit
    FROM invoicing_entryline AS line
    JOIN headings USING (account_id)
    JOIN invoicing_entry AS entry ON entry.id = line.entry_id
    WHERE line.activity_id IS NOT NULL AND heading = 'COLLECTED' AND entry.source_type = ANY(%(documents)s)
    UNION ALL SELECT activity_id, day, 'collected', 0, amount FROM vat_ahead
    UNION ALL SELECT activity_id, day, 'collected', 0, -amount FROM unallocated
) AS figures
GROUP BY 1, 2, 3 HAVING sum(stated) <> sum(booked)
ORDER BY 1, 2, 3
"""  # noqa: S608  constants
DOCUMENT_SOURCES = ("invoicing.invoice", "invoicing.receipt", "invoicing.refund", "invoicing.writeoff")


@dataclass(frozen=True)
class FigureApart:
    """A figure of a statement that is not what the books say: `figure` is « total » or « collected »."""

    activity_id: int
    month: date
    figure: str
    stated: Decimal
    booked: Decimal


def months_of(activity_ids: Collection[int] | None = None) -> dict[int, list[MonthFigures]]:
    """The months that moved of these activities, or of all, in order of time; one query however many they are."""
    asked = {"all": activity_ids is None, "activities": list(activity_ids or ())}
    return _read(FIGURES, asked)


def summed_months_of(
    activity_ids: Collection[int], *, first_month: date, last_month: date
) -> dict[int, list[MonthFigures]]:
    """The same over some months as one figure, dated the first of them, after one for all that came before."""
    asked = {
        "all": False,
        "activities": list(activity_ids),
        "first": first_month,
        "before": add_months(first_month, -1),
        "end": add_months(last_month, 1),
    }
    return _read(BEFORE_AND_SINCE, asked)


def _read(sql: str, asked: dict[str, Any]) -> dict[int, list[MonthFigures]]:
    found: dict[tuple[int, date], dict[str, Decimal]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        for activity_id, month, figure, amount in cursor.fetchall():
            found[activity_id, month][figure] = amount
    months: dict[int, list[MonthFigures]] = {activity_id: [] for activity_id in asked["activities"]}
    for (activity_id, month), figures in found.items():
        months.setdefault(activity_id, []).append(_month(month, figures))
    return months


def _month(month: date, figures: dict[str, Decimal]) -> MonthFigures:
    """Of what the ledger holds as collected, VAT that ran ahead is still to come and over-payments are not ours."""
    ahead, unallocated = figures.pop(VAT_AHEAD, ZERO), figures.pop(UNALLOCATED, ZERO)
    amounts = {StatementHeading(heading): amount for heading, amount in figures.items()}
    collected = amounts.get(StatementHeading.COLLECTED, ZERO) + ahead - unallocated
    if collected or StatementHeading.COLLECTED in amounts:
        amounts[StatementHeading.COLLECTED] = collected
    return MonthFigures(month, amounts, vat_ahead=ahead, unallocated=unallocated)


def statements_apart() -> list[FigureApart]:
    """Activities and months whose statement is not the ledger's lines; empty when the accounts are exact.

    The total is held against the lines themselves, and the collected turnover of documents against the parts excl. VAT
    of the payments. What an accountant enters by hand on these accounts is in the total, and is no part of a payment.
    """
    with connection.cursor() as cursor:
        cursor.execute(APART, {"all": True, "activities": [], "documents": list(DOCUMENT_SOURCES)})
        return [FigureApart(*row) for row in cursor.fetchall()]
