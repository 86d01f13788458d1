"""What is read from the books: every figure is a sum of lines."""

from invoicing.ledger.queries.balances import (
    NO_ACTIVITY,
    AccountBalance,
    LedgerScope,
    Sums,
    analytic_balance,
    balance_before,
    balance_of,
    books_begin_on,
    books_start,
    sums_between,
    trial_balance,
)
from invoicing.ledger.queries.checks import LEDGER_CHECKS, BookCheck, balances_apart, sql_check
from invoicing.ledger.queries.closing import ClosingCheck, closing_checklist
from invoicing.ledger.queries.imports import ImportPreview, import_preview
from invoicing.ledger.queries.lines import JournalScope, Ledger, LinePage, OrderedLines
from invoicing.ledger.queries.receivables import AgedReceivable, aged_receivables, late_items, open_items
from invoicing.ledger.queries.sources import source_address, source_label

__all__ = [
    "LEDGER_CHECKS",
    "NO_ACTIVITY",
    "AccountBalance",
    "AgedReceivable",
    "BookCheck",
    "ClosingCheck",
    "ImportPreview",
    "JournalScope",
    "Ledger",
    "LedgerScope",
    "LinePage",
    "OrderedLines",
    "Sums",
    "aged_receivables",
    "analytic_balance",
    "balance_before",
    "balance_of",
    "balances_apart",
    "books_begin_on",
    "books_start",
    "closing_checklist",
    "import_preview",
    "late_items",
    "open_items",
    "source_address",
    "source_label",
    "sql_check",
    "sums_between",
    "trial_balance",
]
