"""What is done to the activity's account, one verb per file."""

from invoicing.activity_accounts.services.load_groups import load_account_groups

__all__ = ["load_account_groups"]
