"""The books, and what makes typing them light: templates of entries and imported files."""

from invoicing.ledger.models.books import (
    Account,
    Auxiliary,
    Entry,
    EntryLine,
    FiscalYear,
    Journal,
    LedgerQuerySet,
    Matching,
    MonthlyBalance,
    Period,
    month_of,
)
from invoicing.ledger.models.manual import EntryImport, EntryTemplate, EntryTemplateLine

__all__ = [
    "Account",
    "Auxiliary",
    "Entry",
    "EntryImport",
    "EntryLine",
    "EntryTemplate",
    "EntryTemplateLine",
    "FiscalYear",
    "Journal",
    "LedgerQuerySet",
    "Matching",
    "MonthlyBalance",
    "Period",
    "month_of",
]
