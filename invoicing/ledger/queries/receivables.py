"""What customers owe on any day, by age: what was open then, though it was paid or matched later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from invoicing.ledger.models import Account, Auxiliary, EntryLine
from invoicing.ledger.queries.balances import NO_ACTIVITY, books_start
from members.activities.models import Activity

RECEIVABLES = r"^(411|416)"
"""Customers, retentions (4117) and doubtful customers; deposits received (4191) are a debt."""

AGES = (0, 30, 60, 90)

# A line counts while it has no letter, or had none on that day; both halves have an index of their own.
AGED = """
    WITH items AS (
        SELECT {owner} AS owner, coalesce(due_on, entry_on) AS due, debit - credit AS owed
        FROM invoicing_entryline
        WHERE matching_id IS NULL AND auxiliary_id IS NOT NULL AND account_id = ANY(%(accounts)s)
          AND entry_on BETWEEN %(from)s AND %(on)s
        UNION ALL
        SELECT {owner}, coalesce(due_on, entry_on), debit - credit
        FROM invoicing_matching AS matching
        JOIN invoicing_entryline AS line ON line.matching_id = matching.id
        WHERE matching.matched_on > %(on)s AND matching.account_id = ANY(%(accounts)s)
          AND line.entry_on BETWEEN %(from)s AND %(on)s
    ), aged AS (
        SELECT owner, sum(owed) AS total,
               coalesce(sum(owed) FILTER (WHERE due >= %(on)s), 0.00) AS not_due,
               coalesce(sum(owed) FILTER (WHERE due < %(on)s AND due >= %(late_30)s), 0.00) AS late_30,
               coalesce(sum(owed) FILTER (WHERE due < %(late_30)s AND due >= %(late_60)s), 0.00) AS late_60,
               coalesce(sum(owed) FILTER (WHERE due < %(late_60)s AND due >= %(late_90)s), 0.00) AS late_90,
               coalesce(sum(owed) FILTER (WHERE due < %(late_90)s), 0.00) AS late_more
        FROM items GROUP BY owner
    )
    SELECT owner, {code}, {label}, not_due, late_30, late_60, late_90, late_more
    FROM aged LEFT JOIN {table} AS named ON named.id = aged.owner
    WHERE (not_due, late_30, late_60, late_90, late_more) <> (0, 0, 0, 0, 0)
    ORDER BY total DESC, {label}, owner
"""
BY_CUSTOMER = AGED.format(owner="auxiliary_id", code="code", label="label", table=Auxiliary._meta.db_table)
BY_ACTIVITY = AGED.format(owner="activity_id", code="code", label="name", table=Activity._meta.db_table)


@dataclass(frozen=True)
class AgedReceivable:
    """What one customer or activity owes on a day: not yet due, then late by up to 30, 60, 90 days and more."""

    name: str
    current: Decimal
    late_30: Decimal
    late_60: Decimal
    late_90: Decimal
    late_more: Decimal
    code: str = ""
    owner_id: int | None = None

    @property
    def total(self) -> Decimal:
        """All that is owed."""
        return self.current + self.late_30 + self.late_60 + self.late_90 + self.late_more


def aged_receivables(*, on: date, by_activity: bool) -> list[AgedReceivable]:
    """What is owed on a day by customer, or by activity, according to how late it is; the largest debt first."""
    bounds = {f"late_{days}": on - timedelta(days=days) for days in AGES[1:]}
    accounts = list(Account.objects.filter(number__regex=RECEIVABLES).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            BY_ACTIVITY if by_activity else BY_CUSTOMER,
            {"on": on, "from": books_start(on), "accounts": accounts, **bounds},
        )
        return [
            AgedReceivable(label or NO_ACTIVITY, current, late_30, late_60, late_90, late_more, code or "", owner)
            for owner, code, label, current, late_30, late_60, late_90, late_more in cursor.fetchall()
        ]


def open_items(*, on: date | None = None) -> QuerySet[EntryLine]:
    """The customers' lines that were open on a day; without a day, those that are open now in the years not closed."""
    lines = EntryLine.objects.filter(account__number__regex=RECEIVABLES)
    if on is None:
        return lines.filter(matching=None, entry__fiscal_year__closed_on=None)
    return lines.filter(
        Q(matching=None) | Q(matching__matched_on__gt=on), entry_on__gte=books_start(on), entry_on__lte=on
    )


def late_items(*, on: date, more_than: int | None, at_most: int | None, **filters: Any) -> QuerySet[EntryLine]:  # noqa: ANN401
    """Open items late by more than so many days and at most so many; None is no bound. `filters` names an owner."""
    lines = open_items(on=on).filter(**filters).annotate(due=Coalesce("due_on", "entry_on"))
    if more_than is not None:
        lines = lines.filter(due__lt=on - timedelta(days=more_than))
    if at_most is not None:
        lines = lines.filter(due__gte=on - timedelta(days=at_most))
    return lines
