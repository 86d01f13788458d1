"""What is done to the activity's account, one verb per file."""

from invoicing.activity_accounts.services.import_openings import import_openings
from invoicing.activity_accounts.services.load_groups import load_account_groups
from invoicing.activity_accounts.services.provide import provide_by_rule, record_provision
from invoicing.activity_accounts.services.publish_pooled import publish_pooled_account
from invoicing.activity_accounts.services.render_statement import render_statement

__all__ = [
    "import_openings",
    "load_account_groups",
    "provide_by_rule",
    "publish_pooled_account",
    "record_provision",
    "render_statement",
]
