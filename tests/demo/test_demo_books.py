"""The books of the small demo: exact, closed for two years, and with something left to do today."""

import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Max, Min, Q, Sum

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.turnover import history
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import ContributionRun
from invoicing.exports.services import export_fec
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Period
from invoicing.ledger.queries import aged_receivables, balance_of, balances_apart
from invoicing.payments.enums import ClosingKind, PaymentEventKind, PaymentMethod
from invoicing.payments.models import AllocationVat, PaymentClosing, PaymentEvent, Receipt
from invoicing.payments.queries import documents_with_paid, verify_payment_chain
from members.shares.queries import capital_on
from tests.demo.loading import TODAY, load

YEARS = [
    (date(2023, 11, 1), date(2024, 12, 31), date(2025, 5, 30)),
    (date(2025, 1, 1), date(2025, 12, 31), date(2026, 6, 1)),
    (date(2026, 1, 1), date(2026, 12, 31), None),
    (date(2027, 1, 1), date(2027, 12, 31), None),
]


def issued() -> list[Invoice]:
    """Every issued document with what is paid of it."""
    return list(documents_with_paid(Invoice.objects.filter(state=InvoiceState.ISSUED)))


def test_every_entry_balances_and_is_numbered_in_the_order_of_days(demo: str) -> None:
    """All are validated; numbers are gapless; only the opening of a year could come before other days."""
    sums = Entry.objects.annotate(debit=Sum("lines__debit"), credit=Sum("lines__credit"), count=Count("lines"))
    assert sums.count() > 800
    assert not sums.exclude(debit=F("credit")).exists()
    assert not sums.filter(count__lt=2).exists()
    assert not Entry.objects.exclude(state=EntryState.VALIDATED).exists()
    for year in FiscalYear.objects.all():
        entries = list(year.entries.order_by("number").values_list("number", "entry_on"))
        assert [number for number, _ in entries] == list(range(1, year.last_entry_number + 1))
        days = [on for _, on in entries]
        assert days == sorted(days)
    assert Entry.objects.aggregate(last=Max("entry_on"))["last"] <= TODAY


def test_two_years_are_closed_and_the_months_before_last_locked(demo: str) -> None:
    """The opening entries carry the balances; today's month and the next years are open."""
    years = FiscalYear.objects.order_by("starts_on")
    assert list(years.values_list("starts_on", "ends_on", "closed_on")) == YEARS
    states = dict(Period.objects.order_by("starts_on").values_list("starts_on", "state"))
    assert {day.year: state for day, state in states.items() if state == PeriodState.CLOSED}.keys() == {
        2023, 2024, 2025,
    }  # fmt: skip
    locked = [day for day, state in states.items() if state == PeriodState.LOCKED]
    assert locked == [date(2026, month, 1) for month in range(1, 11)]
    for before, after in ((years[0], years[1]), (years[1], years[2])):
        carried = EntryLine.objects.filter(entry__fiscal_year=after, entry__journal__code="AN")
        for account in ("411", "44574", "512", "401"):
            assert balance(carried.filter(account__number=account)) == balance(
                EntryLine.objects.filter(entry__fiscal_year=before, account__number=account)
            )
        assert balance(carried) == 0


def balance(lines: object) -> Decimal:
    """Debits less credits."""
    totals = lines.aggregate(debit=Sum("debit"), credit=Sum("credit"))  # type: ignore[attr-defined]
    return (totals["debit"] or ZERO) - (totals["credit"] or ZERO)


def test_receivables_are_the_unpaid_documents_less_the_rests_of_receipts(demo: str) -> None:
    """To the cent, on the present 411; the aged receivables say the same; 471 holds what nobody recognised yet."""
    owed = sum((invoice.gross - invoice.paid for invoice in issued()), ZERO)  # type: ignore[attr-defined]
    left = Receipt.objects.with_left()
    rests = left.exclude(customer=None).aggregate(total=Sum("left"))["total"]
    assert balance_of(account_number="411") == owed - rests
    assert sum((row.total for row in aged_receivables(on=TODAY, by_activity=False)), ZERO) == owed - rests
    assert balance_of(account_number="471") == -left.filter(customer=None).aggregate(total=Sum("left"))["total"]
    assert owed > rests > 0


def test_vat_waits_for_what_is_not_paid(demo: str) -> None:
    """44574 holds the pending VAT of the documents less what their payments made due."""
    pending = InvoiceVat.objects.filter(invoice__state=InvoiceState.ISSUED).aggregate(total=Sum("pending"))["total"]
    due = AllocationVat.objects.aggregate(total=Sum("due_vat"))["total"]
    assert balance_of(account_number="44574") == due - pending
    assert 0 < due < pending


def test_the_kept_balances_and_the_record_of_payments_are_whole(demo: str) -> None:
    """Monthly balances equal their lines; every hash and running total of the payments holds."""
    assert balances_apart() == []
    chain = verify_payment_chain()
    assert chain.is_whole
    assert chain.events == PaymentEvent.objects.count() > 400
    kinds = dict(PaymentClosing.objects.values_list("kind").annotate(count=Count("pk")))
    assert kinds == {ClosingKind.MONTH: 36, ClosingKind.YEAR: 2, ClosingKind.DAY: 15}


@pytest.mark.parametrize("year", [2024, 2025])
def test_the_fec_of_a_closed_year_breaks_no_rule(demo: str, tmp_path: Path, year: int) -> None:
    """Exported and read again by the linter, which raises at the end when it found something."""
    files = export_fec(year=FiscalYear.objects.get(ends_on__year=year), output=tmp_path)
    call_command("check_fec", str(files.fec), stdout=io.StringIO())
    assert len(files.fec.read_text(encoding="utf-8").splitlines()) > 800


def test_customers_pay_as_customers_do(demo: str) -> None:
    """Every event, four means, payments for several invoices and several for one, some late, some bounced."""
    assert set(PaymentEvent.objects.values_list("kind", flat=True)) == set(PaymentEventKind)
    assert set(Receipt.objects.values_list("method", flat=True)) >= {
        PaymentMethod.TRANSFER, PaymentMethod.CHEQUE, PaymentMethod.CARD, PaymentMethod.DIRECT_DEBIT,
    }  # fmt: skip
    assert Receipt.objects.annotate(count=Count("allocations")).filter(count__gt=1, bounce=None).exists()
    first = Invoice.objects.filter(allocations__receipt__isnull=False).annotate(
        paid_on=Min("allocations__allocated_on"), count=Count("allocations", filter=Q(allocations__amount__gt=0))
    )
    assert first.filter(count__gt=1).exists()
    lags = [invoice.paid_on - (invoice.due_on or TODAY) for invoice in first]  # type: ignore[attr-defined]
    near = sum(abs(lag) <= timedelta(days=10) for lag in lags)
    assert near > len(lags) / 2
    assert sum(lag > timedelta(days=28) for lag in lags) > len(lags) / 20
    assert Receipt.objects.filter(bounce__isnull=False, method=PaymentMethod.CHEQUE).exists()


def test_the_accountant_has_something_to_do_today(demo: str) -> None:
    """Overdue invoices, transfers to recognise or to allocate, cheques to take to the bank."""
    unpaid = [invoice for invoice in issued() if invoice.gross > invoice.paid]  # type: ignore[attr-defined]
    assert any((invoice.due_on or TODAY) < TODAY for invoice in unpaid)
    left = Receipt.objects.with_left().filter(Q(left__gt=0))
    assert left.filter(customer=None).count() == 2
    assert left.exclude(customer=None).count() >= 2
    waiting = Receipt.objects.filter(method=PaymentMethod.CHEQUE, remittance=None, bounce=None)
    assert waiting.count() >= 2
    assert min(receipt.received_on for receipt in waiting) > TODAY - timedelta(days=14)


def test_the_books_are_a_cooperatives(demo: str) -> None:
    """Capital, pay and social charges by activity; the bank never overdrawn; no pay owed at the year's end."""
    assert -balance_of(account_number="1013") == capital_on(TODAY).amount
    bank = ZERO
    days = EntryLine.objects.filter(account__number="512").exclude(entry__journal__code="AN")
    for row in days.values("entry_on").annotate(moved=Sum("debit") - Sum("credit")).order_by("entry_on"):
        bank += row["moved"]
        assert bank > 0, row["entry_on"]
    assert bank == balance_of(account_number="512")
    for account in ("641", "645"):
        by_activity = EntryLine.objects.filter(account__number=account, activity__isnull=False)
        assert by_activity.values("activity").distinct().count() >= 3
    months = Entry.objects.filter(journal__code="PA").values_list("entry_on", flat=True)
    assert len({(day.year, day.month) for day in months}) == 36
    for year in FiscalYear.objects.exclude(closed_on=None):
        assert balance(EntryLine.objects.filter(entry__fiscal_year=year, account__number="421")) == 0


@pytest.mark.django_db
def test_two_years_are_closed_whatever_the_day() -> None:
    """On New Year's Day the first year has twenty-four months, and the one that ended the day before is closed."""
    today = date(2027, 1, 1)
    load(1, today)
    years = FiscalYear.objects.order_by("starts_on").values_list("starts_on", "ends_on", "closed_on")
    assert list(years) == [
        (date(2024, 1, 1), date(2025, 12, 31), date(2026, 6, 1)),
        (date(2026, 1, 1), date(2026, 12, 31), today),
        (date(2027, 1, 1), date(2027, 12, 31), None),
        (date(2028, 1, 1), date(2028, 12, 31), None),
    ]
    assert set(Period.objects.filter(starts_on__lt=today).values_list("state", flat=True)) == {PeriodState.CLOSED}
    assert balances_apart() == []
    assert verify_payment_chain().is_whole


def test_each_month_that_ended_has_its_contributions(demo: str) -> None:
    """The runs follow one another, and every proof of the books holds, the activities' accounts among them."""
    months = list(ContributionRun.objects.order_by("month").values_list("month", "state"))
    first = history(TODAY).starts_on
    assert months == [(add_months(first, i), RunState.POSTED) for i in range(36)]
    assert balance_of(account_number="6588") == -balance_of(account_number="7588") > 0
    call_command("check_books", stdout=io.StringIO())
