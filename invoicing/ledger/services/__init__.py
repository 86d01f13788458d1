"""What is done to the books, one verb per file."""

from invoicing.ledger.services.close_fiscal_year import close_fiscal_year
from invoicing.ledger.services.import_entries import discard_file, import_drafts, import_validated, receive_file
from invoicing.ledger.services.load_chart import load_chart_of_accounts
from invoicing.ledger.services.lock_period import lock_period, unlock_period
from invoicing.ledger.services.match_lines import match_lines, unmatch, unmatch_lines
from invoicing.ledger.services.open_fiscal_year import open_fiscal_year
from invoicing.ledger.services.post_entry import (
    change_draft_entry,
    delete_draft_entry,
    post_draft_entry,
    post_entries,
    post_entry,
)
from invoicing.ledger.services.reverse_entry import reverse_entries, reverse_entry
from invoicing.ledger.services.save_auxiliary import save_auxiliary
from invoicing.ledger.services.save_template import save_template
from invoicing.ledger.services.validate_entries import validate_entries

__all__ = [
    "change_draft_entry",
    "close_fiscal_year",
    "delete_draft_entry",
    "discard_file",
    "import_drafts",
    "import_validated",
    "load_chart_of_accounts",
    "lock_period",
    "match_lines",
    "open_fiscal_year",
    "post_draft_entry",
    "post_entries",
    "post_entry",
    "receive_file",
    "reverse_entries",
    "reverse_entry",
    "save_auxiliary",
    "save_template",
    "unlock_period",
    "unmatch",
    "unmatch_lines",
    "validate_entries",
]
