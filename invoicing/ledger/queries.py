"""What is read from the books: every figure is a sum of lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce

from cae_backoffice.core.money import ZERO
from invoicing.ledger.models import Auxiliary, EntryLine, FiscalYear, Journal, MonthlyBalance

RECEIVABLE_ACCOUNTS = ("411", "4117", "416")
AGES = (0, 30, 60, 90)
BALANCES_APART = """
    SELECT coalesce(kept.month, summed.month), coalesce(kept.account_id, summed.account_id)
    FROM (SELECT month, account_id, activity_id, debit, credit FROM invoicing_monthlybalance
          WHERE debit <> 0 OR credit <> 0) AS kept
    FULL JOIN (SELECT date_trunc('month', entry_on)::date AS month, account_id, activity_id,
                      sum(debit) AS debit, sum(credit) AS credit
               FROM invoicing_entryline GROUP BY 1, 2, 3) AS summed
      ON (kept.month, kept.account_id) = (summed.month, summed.account_id)
         AND kept.activity_id IS NOT DISTINCT FROM summed.activity_id
    WHERE (kept.debit, kept.credit) IS DISTINCT FROM (summed.debit, summed.credit)
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class AccountBalance:
    """An account's debits and credits over some months, in euros; of one activity where `activity` names it."""

    number: str
    label: str
    debit: Decimal
    credit: Decimal
    activity: str = ""

    @property
    def balance(self) -> Decimal:
        """Positive is a debit balance."""
        return self.debit - self.credit


@dataclass(frozen=True)
class AgedReceivable:
    """What one customer or activity owes on a day: not yet due, then late by up to 30, 60, 90 days and more."""

    name: str
    current: Decimal
    late_30: Decimal
    late_60: Decimal
    late_90: Decimal
    late_more: Decimal

    @property
    def total(self) -> Decimal:
        """All that is owed."""
        return self.current + self.late_30 + self.late_60 + self.late_90 + self.late_more


def journal_lines(*, starts_on: date, ends_on: date, journal: Journal | None) -> QuerySet[EntryLine]:
    """The lines of a journal, or of all, in order of date and entry."""
    lines = EntryLine.objects.filter(entry_on__gte=starts_on, entry_on__lte=ends_on)
    if journal is not None:
        lines = lines.filter(entry__journal=journal)
    return lines.select_related("entry__journal", "account", "auxiliary", "activity", "matching").order_by(
        "entry_on", "entry_id", "position"
    )


def with_running_balance(lines: QuerySet[EntryLine]) -> QuerySet[EntryLine]:
    """Lines in order of date with `running`, the balance after each, and everything a ledger shows."""
    return (
        lines.annotate(running=Window(Sum(F("debit") - F("credit")), order_by=["entry_on", "id"]))
        .select_related("entry__journal", "account", "auxiliary", "activity", "matching")
        .order_by("entry_on", "id")
    )


def running_of(line: EntryLine) -> Decimal:
    """The balance after a line read by `with_running_balance`, from the first line of the period."""
    running: Decimal = line.running  # type: ignore[attr-defined]
    return running


def account_lines(*, number: str, starts_on: date, ends_on: date) -> QuerySet[EntryLine]:
    """The lines of one account over a period."""
    return EntryLine.objects.filter(account__number=number, entry_on__gte=starts_on, entry_on__lte=ends_on)


def auxiliary_lines(*, auxiliary: Auxiliary, starts_on: date, ends_on: date) -> QuerySet[EntryLine]:
    """The lines of one customer, supplier or member over a period."""
    return EntryLine.objects.filter(auxiliary=auxiliary, entry_on__gte=starts_on, entry_on__lte=ends_on)


def opening_balance(lines_before: Q, *, starts_on: date) -> Decimal:
    """The balance before a day, since the start of its fiscal year, whose opening entry carries what came before."""
    year = FiscalYear.objects.filter(starts_on__lte=starts_on, ends_on__gte=starts_on).first()
    lines = EntryLine.objects.filter(lines_before, entry_on__lt=starts_on)
    if year is not None:
        lines = lines.filter(entry_on__gte=year.starts_on)
    totals = lines.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (totals["debit"] or ZERO) - (totals["credit"] or ZERO)


def trial_balance(*, starts_on: date, ends_on: date) -> list[AccountBalance]:
    """Every account moved between two months (whole months), from the kept balances; debits equal credits."""
    return _balances(_months(starts_on, ends_on))


def analytic_balance(*, starts_on: date, ends_on: date, activity_id: int | None = None) -> list[AccountBalance]:
    """Every account moved, by activity, or of one activity. Lines without activity are the pooled part."""
    rows = _months(starts_on, ends_on)
    if activity_id is not None:
        rows = rows.filter(activity_id=activity_id)
    summed = (
        rows.values("activity__name", "activity__search", "activity_id", "account__number", "account__label")
        .annotate(total_debit=Sum("debit"), total_credit=Sum("credit"))
        .order_by(F("activity__search").asc(nulls_last=True), "activity_id", "account__number")
    )
    return [
        AccountBalance(
            row["account__number"],
            row["account__label"],
            row["total_debit"],
            row["total_credit"],
            row["activity__name"] or "Sans activité",
        )
        for row in summed
        if row["total_debit"] or row["total_credit"]
    ]


def _months(starts_on: date, ends_on: date) -> QuerySet[MonthlyBalance]:
    return MonthlyBalance.objects.filter(month__gte=starts_on.replace(day=1), month__lte=ends_on)


def _balances(rows: QuerySet[MonthlyBalance]) -> list[AccountBalance]:
    summed = (
        rows.values("account__number", "account__label")
        .annotate(total_debit=Sum("debit"), total_credit=Sum("credit"))
        .order_by("account__number")
    )
    return [
        AccountBalance(row["account__number"], row["account__label"], row["total_debit"], row["total_credit"])
        for row in summed
        if row["total_debit"] or row["total_credit"]
    ]


def open_items(*, on: date | None = None) -> QuerySet[EntryLine]:
    """Unmatched lines of the customers' accounts in the years not closed: a closed year's were carried to the next."""
    lines = EntryLine.objects.filter(
        account__number__in=RECEIVABLE_ACCOUNTS, matching__isnull=True, entry__fiscal_year__closed_on__isnull=True
    )
    return lines if on is None else lines.filter(entry_on__lte=on)


def aged_receivables(*, on: date, by_activity: bool) -> list[AgedReceivable]:
    """What is owed on a day by customer, or by activity, according to how late it is; the largest debt first."""
    owed = F("debit") - F("credit")
    name = "activity__name" if by_activity else "auxiliary__label"
    key = "activity_id" if by_activity else "auxiliary_id"
    due = Coalesce("due_on", "entry_on")
    bounds = [on - timedelta(days=days) for days in AGES]
    rows = (
        open_items(on=on)
        .annotate(due=due)
        .values(key, name)
        .annotate(
            current=Sum(owed, filter=Q(due__gte=bounds[0]), default=ZERO),
            late_30=Sum(owed, filter=Q(due__lt=bounds[0], due__gte=bounds[1]), default=ZERO),
            late_60=Sum(owed, filter=Q(due__lt=bounds[1], due__gte=bounds[2]), default=ZERO),
            late_90=Sum(owed, filter=Q(due__lt=bounds[2], due__gte=bounds[3]), default=ZERO),
            late_more=Sum(owed, filter=Q(due__lt=bounds[3]), default=ZERO),
            owed=Sum(owed),
        )
        .exclude(owed=0)
        .order_by("-owed", name)
    )
    return [
        AgedReceivable(
            row[name] or "—", row["current"], row["late_30"], row["late_60"], row["late_90"], row["late_more"]
        )
        for row in rows
    ]


def balance_of(*, account_number: str) -> Decimal:
    """The present balance of an account over the years that are not closed; positive is a debit."""
    totals = EntryLine.objects.filter(
        account__number=account_number, entry__fiscal_year__closed_on__isnull=True
    ).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (totals["debit"] or ZERO) - (totals["credit"] or ZERO)


def balances_apart() -> list[tuple[date, int]]:
    """Months and accounts whose kept balance differs from the sum of their lines; empty when the books are exact."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_APART)
        return [(row[0], row[1]) for row in cursor.fetchall()]
