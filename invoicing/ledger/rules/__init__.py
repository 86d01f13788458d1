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
from invoicing.ledger.rules.files import FileEntry, FileError, FileLine, ReadFile, read_file
from invoicing.ledger.rules.templates import TemplateAmount, template_amounts

__all__ = [
    "MAX_FISCAL_YEAR_MONTHS",
    "EntryDraft",
    "FileEntry",
    "FileError",
    "FileLine",
    "LineDraft",
    "ReadFile",
    "TemplateAmount",
    "entry_errors",
    "next_letter",
    "opposite",
    "read_file",
    "signed",
    "template_amounts",
    "with_due_dates",
]
