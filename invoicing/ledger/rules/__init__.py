"""What an entry must be before it may be written, and how entries are read from templates and files. Pure."""

from invoicing.ledger.rules.entries import (
    MAX_FISCAL_YEAR_MONTHS,
    EntryDraft,
    LineDraft,
    entry_errors,
    next_letter,
    opposite,
    signed,
    with_due_dates,
)

__all__ = [
    "MAX_FISCAL_YEAR_MONTHS",
    "EntryDraft",
    "LineDraft",
    "entry_errors",
    "next_letter",
    "opposite",
    "signed",
    "with_due_dates",
]
