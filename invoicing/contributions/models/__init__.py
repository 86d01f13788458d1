"""The voted rule, the decisions that depart from it, what is flagged in the books, and the runs."""

from invoicing.contributions.models.rules import (
    ContributionOverride,
    ContributionRule,
    ContributionSettings,
    ContributionWaiver,
    MarginAccount,
)
from invoicing.contributions.models.runs import ContributionLine, ContributionRun, ContributionStatement

__all__ = [
    "ContributionLine",
    "ContributionOverride",
    "ContributionRule",
    "ContributionRun",
    "ContributionSettings",
    "ContributionStatement",
    "ContributionWaiver",
    "MarginAccount",
]
