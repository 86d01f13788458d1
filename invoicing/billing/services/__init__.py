"""Invoicing an order: each verb prepares one draft, or settles what will not be invoiced."""

from invoicing.billing.services.add_amendment import add_amendment
from invoicing.billing.services.draft_part import draft_deposit, draft_final, draft_progress
from invoicing.billing.services.give_up import give_up_remainder

__all__ = ["add_amendment", "draft_deposit", "draft_final", "draft_progress", "give_up_remainder"]
