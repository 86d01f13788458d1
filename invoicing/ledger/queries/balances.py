"""Sums of the books: from the kept monthly balances where they say it, from the lines where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Min, QuerySet, Sum

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.ledger.models import Account, Auxiliary, EntryLine, FiscalYear, MonthlyBalance
from members.activities.models import Activity

FIRST_RESULT_CLASS = "6"
NO_ACTIVITY = "Sans activité"
BEFORE_ALL_BOOKS = date.min


@dataclass(frozen=True)
class AccountBalance:
    """An account's debits and credits over some months, in euros; of one activity where `activity` names it."""

    number: str
    label: str
    debit: Decimal
    credit: Decimal
    activity: str = ""
    activity_id: int | None = None

    @property
    def balance(self) -> Decimal:
        """Positive is a debit balance."""
        return self.debit - self.credit


@dataclass(frozen=True)
class Sums:
    """Debits and credits of some lines, in euros."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        """Positive is a debit balance."""
        return self.debit - self.credit

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.debit + other.debit, self.credit + other.credit)


@dataclass(frozen=True)
class LedgerScope:
    """The lines that a ledger is about: of an account, an auxiliary account, an activity, or all; or the open ones."""

    account: Account | None = None
    auxiliary: Auxiliary | None = None
    activity: Activity | None = None
    unmatched_only: bool = False

    def filters(self) -> dict[str, object]:
        """As the filters of a query on lines."""
        named = {"account": self.account, "auxiliary": self.auxiliary, "activity": self.activity}
        chosen: dict[str, object] = {name: value for name, value in named.items() if value is not None}
        return chosen | ({"matching": None} if self.unmatched_only else {})

    @property
    def is_kept_by_month(self) -> bool:
        """Whether the monthly balances answer for these lines."""
        return self.auxiliary is None and not self.unmatched_only

    @property
    def is_carried(self) -> bool:
        """Whether the balance goes on from one year to the next: all accounts do but those of the result."""
        return self.account is None or self.account.number < FIRST_RESULT_CLASS


def books_begin_on() -> date | None:
    """The first day of the first fiscal year; None before there is one. What came before is in balances taken over."""
    first: date | None = FiscalYear.objects.aggregate(first=Min("starts_on"))["first"]
    return first


def books_start(day: date) -> date:
    """The first day of the lines that make up the state of the books on a day.

    A closed year holds everything in its own lines, opening entry included; before the closing, the years still open
    add up. A day outside any year counts all that is open.
    """
    year = FiscalYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    if year is not None and year.closed_on is not None:
        return year.starts_on
    opened = FiscalYear.objects.filter(closed_on=None, starts_on__lte=day).aggregate(first=Min("starts_on"))
    first: date | None = opened["first"]
    return first or BEFORE_ALL_BOOKS


def balance_before(scope: LedgerScope, *, day: date) -> Decimal:
    """The balance at the start of a day; accounts of the result count from the start of their fiscal year."""
    start = books_start(day)
    if not scope.is_carried:
        year = FiscalYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
        start = year.starts_on if year else start
    return sums_between(scope, starts_on=start, ends_on=day - ONE_DAY).balance


def sums_between(scope: LedgerScope, *, starts_on: date, ends_on: date) -> Sums:
    """Debits and credits from a day to a day: whole months as they are kept, the days at both ends line by line."""
    lines = EntryLine.objects.filter(**scope.filters())
    first = starts_on if starts_on.day == 1 else add_months(starts_on.replace(day=1), 1)
    after = (ends_on + ONE_DAY).replace(day=1)
    if not scope.is_kept_by_month or first >= after:
        return _sums(lines.filter(entry_on__gte=starts_on, entry_on__lte=ends_on))
    months = MonthlyBalance.objects.filter(month__gte=first, month__lt=after, **scope.filters())
    sums = _sums(months)
    if first > starts_on:
        sums += _sums(lines.filter(entry_on__gte=starts_on, entry_on__lt=first))
    if after <= ends_on:
        sums += _sums(lines.filter(entry_on__gte=after, entry_on__lte=ends_on))
    return sums


def _sums(rows: QuerySet[EntryLine] | QuerySet[MonthlyBalance]) -> Sums:
    totals = rows.aggregate(debit=Sum("debit", default=ZERO), credit=Sum("credit", default=ZERO))
    return Sums(totals["debit"], totals["credit"])


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
            row["activity__name"] or NO_ACTIVITY,
            row["activity_id"],
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


def balance_of(*, account_number: str) -> Decimal:
    """The present balance of an account over the years that are not closed; positive is a debit."""
    return _sums(EntryLine.objects.filter(account__number=account_number, entry__fiscal_year__closed_on=None)).balance
