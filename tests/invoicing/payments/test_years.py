"""Whatever happens in a year, the books hold: every figure that a person reads is a sum of balanced lines."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.exports.services import export_fec
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.invoices.queries import sequence_gaps
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Matching
from invoicing.ledger.queries import balances_apart, trial_balance
from invoicing.payments.models import Allocation, AllocationVat, Bounce, Receipt, Refund
from invoicing.payments.queries import documents_with_paid, verify_payment_chain
from members.activities.models import Activity
from tests.invoicing.factories import open_books
from tests.invoicing.payments.years import Step, Year, begin, close_years, live, steps
from tests.members.factories import make_cooperative

RECEIVABLES = ("411", "4117", "416")
MONEY = ("512", "5112", "530")
SALES = ("706", "707", "4191")
ZERO = Decimal(0)


def total(rows: object, field: str = "amount") -> Decimal:
    """The sum of a field, zero when there is nothing."""
    return rows.aggregate(total=Sum(field))["total"] or ZERO  # type: ignore[attr-defined]


def left_of(receipts: QuerySet[Receipt]) -> Decimal:
    """What is left of receipts together."""
    return sum((receipt.left for receipt in receipts), ZERO)  # type: ignore[attr-defined]  # annotated


def balance(*accounts: str, **narrowed: object) -> Decimal:
    """Debits less credits of some accounts in the years not closed."""
    lines = EntryLine.objects.filter(
        account__number__in=accounts, entry__fiscal_year__closed_on__isnull=True, **narrowed
    )
    return total(lines, "debit") - total(lines, "credit")


def moved(*accounts: str, **narrowed: object) -> Decimal:
    """Debits less credits of some accounts over all years, but for the opening entries that carry them."""
    lines = EntryLine.objects.filter(account__number__in=accounts, **narrowed).exclude(
        entry__journal__code=JournalCode.OPENING
    )
    return total(lines, "debit") - total(lines, "credit")


def check_entries() -> None:
    """Each entry balances and has a number; numbers have no gap; the trial balance and every letter sum to zero."""
    uneven = Entry.objects.annotate(difference=Sum("lines__debit") - Sum("lines__credit")).exclude(difference=0)
    assert not uneven.exists()
    for year in FiscalYear.objects.annotate(entry_count=Count("entries")):
        assert year.last_entry_number == year.entry_count
    rows = trial_balance(starts_on=date(2024, 1, 1), ends_on=date(2027, 12, 31))
    assert sum((row.balance for row in rows), ZERO) == 0
    letters = Matching.objects.annotate(left=Sum("lines__debit") - Sum("lines__credit")).exclude(left=0)
    assert not letters.filter(left__isnull=False).exists()
    assert balances_apart() == []
    assert sequence_gaps() == []


def check_receivables() -> None:
    """What the customers' accounts hold is what invoices wait for, less what receipts have left; and what was refunded
    of receipts that then bounced, which is owed again.
    """
    documents = documents_with_paid(Invoice.objects.filter(state=InvoiceState.ISSUED))
    receipts = Receipt.objects.with_left()
    for activity in Activity.objects.all():
        owed = sum((d.gross - d.paid for d in documents.filter(activity=activity)), ZERO)  # type: ignore[attr-defined]
        left = left_of(receipts.filter(customer__activity=activity))
        back = total(Refund.objects.filter(receipt__bounce__isnull=False, customer__activity=activity))
        assert balance(*RECEIVABLES, activity=activity) == owed + back - left
    assert balance("471") == -left_of(receipts.filter(customer=None))


def check_vat() -> None:
    """VAT due is what was due at issue, plus what payments made due, less what losses took back."""
    rows, parts = InvoiceVat.objects.all(), AllocationVat.objects.all()
    losses, paid = parts.filter(allocation__write_off__isnull=False), parts.filter(allocation__write_off=None)
    due = total(rows, "vat") - total(rows, "pending") + total(paid, "due_vat")
    assert moved("44571") == total(losses, "vat") - total(losses, "due_vat") - due
    assert moved("44574") == total(parts, "due_vat") - total(rows, "pending")


def check_activities_and_money() -> None:
    """Each activity sold what its documents say; the bank holds what came in less what left."""
    for activity in Activity.objects.all():
        documents = Invoice.objects.filter(state=InvoiceState.ISSUED, activity=activity)
        assert moved(*SALES, activity=activity) == -total(documents, "net")
    lost = total(AllocationVat.objects.filter(allocation__write_off__isnull=False), "net")
    assert moved("654") == lost
    bounced = total(Bounce.objects.all(), "receipt__amount")
    assert moved(*MONEY) == total(Receipt.objects.all()) - bounced - total(Refund.objects.all())


def check_openings() -> None:
    """What stood at the end of a closed year stands at the start of the next."""
    for account in (*RECEIVABLES, *MONEY, "4191", "44571", "44574", "471"):
        assert balance(account) == moved(account), account


def check_settled_documents() -> None:
    """A document that is wholly paid, and whose customer has nothing else open, leaves no unmatched line behind."""
    open_lines = EntryLine.objects.filter(
        account__number__in=RECEIVABLES, matching=None, entry__fiscal_year__closed_on__isnull=True
    )
    for group in open_lines.values("auxiliary").annotate(left=Sum(F("debit") - F("credit")), lines=Count("pk")):
        unpaid = documents_with_paid(
            Invoice.objects.filter(state=InvoiceState.ISSUED, customer__pk=_owner(group["auxiliary"]))
        ).exclude(Q(gross=F("paid")))
        left = left_of(Receipt.objects.with_left().filter(customer__pk=_owner(group["auxiliary"])))
        back = Refund.objects.filter(customer__pk=_owner(group["auxiliary"]), receipt__bounce__isnull=False)
        assert unpaid.exists() or left > 0 or back.exists(), group


def _owner(auxiliary: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT substring(code FROM 2)::int FROM invoicing_auxiliary WHERE id = %s", [auxiliary])
        return int(cursor.fetchone()[0])


def check_fec(year: FiscalYear) -> None:
    """The linter finds nothing; it raises otherwise."""
    with TemporaryDirectory() as folder:
        files = export_fec(year=year, output=Path(folder))
        call_command("check_fec", str(files.fec), stdout=_Silent())


class _Silent:
    def write(self, _text: str) -> None:
        """Nobody reads it."""


def check_books() -> None:
    """All of it."""
    check_entries()
    check_receivables()
    check_vat()
    check_activities_and_money()
    check_openings()
    check_settled_documents()
    assert verify_payment_chain().is_whole
    call_command("check_books", stdout=_Silent())
    assert total(Allocation.objects.exclude(receipt=None)) <= total(Receipt.objects.all())


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, on_debits=st.booleans())
def test_the_books_of_any_year_hold_before_and_after_its_closing(steps: list[Step], on_debits: bool) -> None:  # noqa: FBT001
    with transaction.atomic():
        make_cooperative()
        open_books()
        year: Year = begin(on_debits=on_debits)
        live(year, steps)
        connection.check_constraints()
        check_books()
        close_years(before=date(2027, 1, 1), on=max(year.day, date(2027, 1, 15)))
        connection.check_constraints()
        check_books()
        check_fec(FiscalYear.objects.get(ends_on__year=2026))
        check_fec(FiscalYear.objects.get(ends_on__year=2027))
        transaction.set_rollback(True)
