"""The statement of an activity over ten years, in books that hold ten years of twenty activities."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.activity_accounts.queries.figures import statements_apart
from invoicing.activity_accounts.queries.statement import activity_statement
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Account, Entry, EntryLine, FiscalYear, Journal, Period
from members.activities.models import Activity
from tests.benchmarks.measure import Measure, median_milliseconds, milliseconds
from tests.invoicing.factories import accountant

YEARS = range(2017, 2027)
ENTRIES_A_MONTH = 20
ACTIVITIES = 20
ACCOUNTS = ("411", "706", "606", "641", "645", "6588", "740", "44574")


def _write_year(number: int) -> None:
    """A calendar year with its months, before or after those that there are: the service only opens the next one."""
    year = FiscalYear.objects.create(starts_on=date(number, 1, 1), ends_on=date(number, 12, 31))
    firsts = [date(number, month, 1) for month in range(1, 13)]
    Period.objects.bulk_create(
        Period(fiscal_year=year, starts_on=first, ends_on=add_months(first, 1) - ONE_DAY) for first in firsts
    )


def measure(activity: Activity) -> list[Measure]:
    """One statement of 120 months, and the proof of all statements against the ledger."""
    lines = fill([activity, *Activity.objects.exclude(pk=activity.pk)[: ACTIVITIES - 1]])
    elapsed = median_milliseconds(
        lambda: activity_statement(activity, first_month=date(2017, 1, 1), last_month=date(2026, 12, 1)), times=20
    )
    proof = milliseconds(statements_apart)
    return [
        Measure("statement of an activity over ten years", f"{elapsed:.0f} ms", "< 50 ms"),
        Measure(f"proof of the statements, {lines:,} more ledger lines", f"{proof / 1000:.1f} s"),
    ]


@transaction.atomic
def fill(activities: list[Activity]) -> int:
    """Ten years of entries of two lines, the activity's and the bank's, as drafts; answers how many lines."""
    by = accountant()
    for number in YEARS:
        if not FiscalYear.objects.filter(starts_on__lte=date(number, 1, 1), ends_on__gte=date(number, 1, 1)).exists():
            _write_year(number)
    journal = Journal.objects.get(code=JournalCode.MISCELLANEOUS)
    accounts = [Account.objects.get(number=number) for number in ACCOUNTS]
    bank = Account.objects.get(number="512")
    written = 0
    for year in FiscalYear.objects.filter(starts_on__year__in=YEARS):
        days = [date(year.starts_on.year, month, 1 + n) for month in range(1, 13) for n in range(ENTRIES_A_MONTH)]
        owners = [(day, activity) for activity in activities for day in days]
        entries = Entry.objects.bulk_create(
            Entry(
                fiscal_year=year,
                journal=journal,
                entry_on=day,
                voucher_number=f"B{number}",
                voucher_on=day,
                label="Mesure",
                created_by=by,
            )
            for number, (day, _) in enumerate(owners)
        )
        lines = []
        for number, (entry, (day, activity)) in enumerate(zip(entries, owners, strict=True)):
            account = accounts[number % len(accounts)]
            common = {"entry": entry, "entry_on": day, "label": "Mesure"}
            lines += [
                EntryLine(**common, position=1, account=account, activity=activity, debit=Decimal(7)),
                EntryLine(**common, position=2, account=bank, credit=Decimal(7)),
            ]
        EntryLine.objects.bulk_create(lines, batch_size=5000)
        written += len(lines)
    return written
