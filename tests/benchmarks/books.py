"""The books at real volumes: five million lines, of which half a million are open, written past the triggers."""

from __future__ import annotations

from datetime import date
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Account, Auxiliary, FiscalYear, Journal
from invoicing.ledger.queries import aged_receivables, trial_balance
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import close_fiscal_year, import_validated, post_entry, receive_file
from members.activities.models import Activity
from tests.benchmarks.measure import Measure, median_milliseconds, milliseconds
from tests.invoicing.factories import accountant, open_books

CLOSED_YEAR, CLOSED_LINES = 2024, 300_000
BIG_YEAR, LINES = 2025, 5_000_000
OPEN_EVERY = 5  # of two lines, one is a customer's; one in five of these is open
CUSTOMERS = 20_000
POSTED = 1000
IMPORTED = 10_000
TIMES = 5

# Entries of two lines, a customer’s, due in thirty days, and a sale; they come in pairs, of which four in
# five settle each other under the letter.
ENTRIES = """
    INSERT INTO invoicing_entry (id, fiscal_year_id, journal_id, state, number, entry_on, voucher_number, voucher_on,
                                 label, source_type, created_by_id, validated_on, validated_by_id)
    SELECT %(year)s * 100000000 + n, %(year)s, %(journal)s, 'VALIDATED', n, %(starts_on)s::date + n %% 365, 'P' || n,
           %(starts_on)s::date + n %% 365, 'Vente ' || n, '', %(by)s, %(starts_on)s::date + n %% 365, %(by)s
    FROM generate_series(1, %(entries)s) AS n
"""
MATCHING = """
    INSERT INTO invoicing_matching (account_id, letter, matched_on)
    VALUES (%(customers)s, 'X' || %(year)s, %(starts_on)s) RETURNING id
"""
ENTRY_LINES = """
    WITH pairs AS (
        SELECT id, entry_on, label, (number - 1) / 2 AS pair, (number - 1) / 2 %% %(every)s <> 0 AS is_matched,
               number %% 2 = 0 AND (number - 1) / 2 %% %(every)s <> 0 AS is_payment,
               10 + (number - 1) / 2 %% 1000 AS amount
        FROM invoicing_entry WHERE fiscal_year_id = %(year)s
    )
    INSERT INTO invoicing_entryline (entry_id, position, entry_on, account_id, auxiliary_id, activity_id, label, debit,
                                     credit, due_on, matching_id)
    SELECT id, 1, entry_on, %(customers)s, (%(auxiliaries)s::bigint[])[1 + pair %% cardinality(%(auxiliaries)s)],
           (%(activities)s::bigint[])[1 + pair %% cardinality(%(activities)s)], label,
           CASE WHEN is_payment THEN 0 ELSE amount END, CASE WHEN is_payment THEN amount ELSE 0 END, entry_on + 30,
           CASE WHEN is_matched THEN %(matching)s END
    FROM pairs
    UNION ALL
    SELECT id, 2, entry_on, (%(sales)s::bigint[])[1 + pair %% cardinality(%(sales)s)], NULL,
           (%(activities)s::bigint[])[1 + pair %% cardinality(%(activities)s)], label,
           CASE WHEN is_payment THEN amount ELSE 0 END, CASE WHEN is_payment THEN 0 ELSE amount END, NULL, NULL
    FROM pairs
"""
COUNTER = "UPDATE invoicing_fiscalyear SET last_entry_number = %(entries)s WHERE id = %(year)s"
KEEP_BALANCES = """
    INSERT INTO invoicing_monthlybalance (month, account_id, activity_id, debit, credit)
    SELECT date_trunc('month', line.entry_on)::date, account_id, activity_id, sum(debit), sum(credit)
    FROM invoicing_entryline AS line JOIN invoicing_entry AS entry ON entry.id = line.entry_id
    WHERE fiscal_year_id = %(year)s GROUP BY 1, 2, 3
"""


def fill(number: int, lines: int) -> FiscalYear:
    """Write so many lines into a year, and the balances that the triggers would have kept."""
    year = FiscalYear.objects.get(starts_on=date(number, 1, 1))
    accounts = dict(Account.objects.values_list("number", "pk"))
    values: dict[str, Any] = {
        "year": year.pk,
        "entries": lines // 2,
        "starts_on": year.starts_on,
        "journal": Journal.objects.get(code="VT").pk,
        "by": accountant().pk,
        "customers": accounts["411"],
        "sales": [accounts[number] for number in ("706", "707", "708")],
        "auxiliaries": list(Auxiliary.objects.filter(code__startswith="B").values_list("pk", flat=True)),
        "activities": list(Activity.objects.values_list("pk", flat=True)),
        "every": OPEN_EVERY,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(ENTRIES, values)
        cursor.execute(MATCHING, values)
        values["matching"] = cursor.fetchone()[0]
        for statement in (ENTRY_LINES, COUNTER, KEEP_BALANCES):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
    return year


def post(number: int) -> None:
    """A sale of four lines, as a document posts it."""
    day = date(2026, 1 + number % 12, 1 + number % 28)
    activity, customer = Activity.objects.order_by("pk")[0].pk, Auxiliary.objects.order_by("pk")[0].pk
    lines = (
        LineDraft("411", debit=1200, auxiliary_id=customer, activity_id=activity, due_on=day),  # type: ignore[arg-type]
        LineDraft("706", credit=900, activity_id=activity),  # type: ignore[arg-type]
        LineDraft("707", credit=100, activity_id=activity),  # type: ignore[arg-type]
        LineDraft("44574", credit=200, activity_id=activity),  # type: ignore[arg-type]
    )
    post_entry(entry=EntryDraft(JournalCode.SALES, day, f"V{number}", day, "Vente", lines), by=accountant())


def payroll() -> bytes:
    """A file of ten thousand lines, a hundred to the voucher."""
    rows = ["journal;date;piece;libelle;compte;auxiliaire;activite;debit;credit;echeance"]
    for number in range(IMPORTED):
        account, debit, credit = ("641", "10,00", "") if number % 2 else ("431", "", "10,00")
        rows.append(f"PA;31/03/2026;PAIE{number // 100};Paie de mars;{account};;;{debit};{credit};")
    return "\n".join(rows).encode()


def measure() -> list[Measure]:
    """Fill, then read as the accountant does, post, import and close."""
    open_books()
    Auxiliary.objects.bulk_create(
        Auxiliary(code=f"B{n:06d}", kind=AuxiliaryKind.CUSTOMER, label=f"Client {n}") for n in range(CUSTOMERS)
    )
    started = perf_counter()
    old, big = fill(CLOSED_YEAR, CLOSED_LINES), fill(BIG_YEAR, LINES)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE invoicing_entryline, invoicing_entry, invoicing_monthlybalance")
    print(f"{LINES + CLOSED_LINES:,} lines of entries written in {perf_counter() - started:.0f} s")
    closing = milliseconds(lambda: close_fiscal_year(year=old, on=date(2025, 3, 1), by=accountant()))
    return [
        *reading(big),
        writing(),
        importing(),
        Measure(f"closing a year of {CLOSED_LINES:,} lines", f"{closing / 1000:.1f} s"),
    ]


def reading(year: FiscalYear) -> list[Measure]:
    """The reports over the big year."""
    trial = median_milliseconds(lambda: trial_balance(starts_on=year.starts_on, ends_on=year.ends_on), times=TIMES)
    aged = {
        by_activity: median_milliseconds(
            partial(aged_receivables, on=year.ends_on, by_activity=by_activity), times=TIMES
        )
        for by_activity in (False, True)
    }
    period = f"starts_on={year.starts_on}&ends_on={year.ends_on}"
    open_lines = LINES // 2 // OPEN_EVERY
    return [
        Measure(f"trial balance over {LINES:,} lines", f"{trial:.0f} ms", "< 300 ms"),
        Measure(f"aged receivables, {open_lines:,} open, by customer", f"{aged[False]:.0f} ms", "< 500 ms"),
        Measure(f"aged receivables, {open_lines:,} open, by activity", f"{aged[True]:.0f} ms", "< 500 ms"),
        page("general ledger of 411, first page", f"{reverse('general-ledger')}?account=411&{period}"),
        page("general ledger of 411, deep page", f"{reverse('general-ledger')}?account=411&{period}&p={deep(year)}"),
        page("journal of sales, first page", f"{reverse('journal')}?{period}"),
    ]


def deep(year: FiscalYear) -> str:
    """A mark in October."""
    return f"apres_{year.ends_on.replace(month=10, day=15)}_1"


def page(name: str, address: str) -> Measure:
    """One address, signed in."""
    client = Client()
    client.force_login(accountant())
    elapsed = median_milliseconds(lambda: client.get(address), times=TIMES)
    return Measure(name, f"{elapsed:.0f} ms")


def writing() -> Measure:
    """Entries of four lines, each committed."""
    elapsed = sum(milliseconds(partial(post, number)) for number in range(POSTED))
    return Measure(
        f"posting {POSTED:,} entries of four lines", f"{elapsed / 1000:.1f} s, {elapsed / POSTED:.1f} ms each"
    )


def importing() -> Measure:
    """A file, from its bytes to numbered entries."""
    received = receive_file(file_name="paie.csv", content=payroll(), on=date(2026, 4, 1), by=accountant())
    elapsed = milliseconds(lambda: import_validated(received=received, on=date(2026, 4, 1), by=accountant()))
    return Measure(f"importing and validating {IMPORTED:,} lines", f"{elapsed / 1000:.1f} s")
