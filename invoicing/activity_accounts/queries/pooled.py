"""The account of the pooled services: what of the books belongs to no activity."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from decimal import Decimal
from functools import cache

from django.db.models import Sum

from cae_backoffice.core.money import ZERO
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.queries.pay import DATA
from invoicing.activity_accounts.queries.statement import accounts_under
from invoicing.ledger.models import FiscalYear, MonthlyBalance

CONTRIBUTIONS = "Contributions des entrepreneurs"
OTHER = "Autres"


@cache
def pooled_labels() -> dict[str, str]:
    """The groups of accounts of the pooled services, by root, in the order in which they are read."""
    groups: dict[str, str] = tomllib.loads((DATA / "pooled_groups.toml").read_text(encoding="utf-8"))["groups"]
    return groups


def pooled_rows(year: FiscalYear) -> list[tuple[str, Decimal]]:
    """Income (positive) and charges (negative) without activity of a fiscal year, by group of accounts."""
    contributions = set(accounts_under([StatementHeading.CONTRIBUTIONS]))
    balances = (
        MonthlyBalance.objects.filter(
            activity=None, month__gte=year.starts_on.replace(day=1), month__lte=year.ends_on, account__number__gte="6"
        )
        .filter(account__number__lt="8")
        .values("account", "account__number")
        .annotate(amount=Sum("credit") - Sum("debit"))
        .order_by("account__number")
    )
    labels = pooled_labels()
    amounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in balances:
        root = max((root for root in labels if row["account__number"].startswith(root)), key=len, default="")
        label = CONTRIBUTIONS if row["account"] in contributions else labels.get(root, OTHER)
        amounts[label] += row["amount"]
    order = [CONTRIBUTIONS, *dict.fromkeys(labels.values()), OTHER]
    return [(label, amounts[label]) for label in order if amounts[label]]
