"""The staff's pages of contributions."""

from invoicing.contributions.admin.decisions import (
    ContributionOverrideAdmin,
    ContributionSettingsAdmin,
    ContributionWaiverAdmin,
    MarginAccountAdmin,
)
from invoicing.contributions.admin.rules import ContributionRuleAdmin
from invoicing.contributions.admin.runs import ContributionRunAdmin, ContributionStatementAdmin

__all__ = [
    "ContributionOverrideAdmin",
    "ContributionRuleAdmin",
    "ContributionRunAdmin",
    "ContributionSettingsAdmin",
    "ContributionStatementAdmin",
    "ContributionWaiverAdmin",
    "MarginAccountAdmin",
]
