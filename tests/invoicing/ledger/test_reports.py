"""The books as pages and files: pages by place, running balances, totals that agree, ways down to the documents."""

import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core import reports
from cae_backoffice.core.spreadsheets import XLSX_TYPE
from invoicing.ledger.models import Account, Entry, MonthlyBalance
from invoicing.ledger.queries import (
    Ledger,
    LedgerScope,
    Sums,
    aged_receivables,
    analytic_balance,
    lines,
    trial_balance,
)
from invoicing.ledger.services import close_fiscal_year
from tests.invoicing.factories import accountant, make_issued
from tests.invoicing.ledger.books import check_deferred, customer, open_years, post, write_draft
from tests.members.factories import make_activity, make_entrepreneur

pytestmark = pytest.mark.django_db
YEAR = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}


def body(client: Client, name: str, **query: Any) -> str:  # noqa: ANN401
    """A report's page."""
    response = client.get(reverse(name), {**YEAR, **query})
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, name: str, **query: Any) -> list[list[str]]:  # noqa: ANN401
    """A report as its CSV, without the headings."""
    response = client.get(reverse(name), {**YEAR, "format": "csv", **query})
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [line.split(";") for line in text.split("\r\n")[1:-1]]


def shown(client: Client, **query: Any) -> tuple[list[tuple[Any, Any]], Any]:  # noqa: ANN401
    """A page of the general ledger of the bank as dates and balances, and its page object."""
    response = client.get(reverse("general-ledger"), {**YEAR, "account": "512", **query})
    page = response.context["page"]
    return [(row.cells[0], row.cells[-1]) for row in page.rows], page


def test_pages_go_on_where_the_last_one_ended(accountant_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight lines by threes, two of them on one day: forward to the end and back, with the balance carried."""
    monkeypatch.setattr(lines, "LINES_PER_PAGE", 3)
    open_years()
    days = [date(2026, month, 5) for month in (1, 1, 2, 3, 3, 3, 8, 12)]
    for day in reversed(days):
        post(("512", "10"), ("706", "-10"), on=day)
    first, page = shown(accountant_client)
    assert first == [
        (date(2026, 1, 1), Decimal("0.00")),
        (days[0], Decimal("10.00")),
        (days[1], Decimal("20.00")),
        (days[2], Decimal("30.00")),
    ]
    second, page = shown(accountant_client, p=page.next)
    assert [balance for _, balance in second] == [Decimal(30), Decimal(40), Decimal(50), Decimal(60)]
    third, last = shown(accountant_client, p=page.next)
    assert [balance for _, balance in third] == [Decimal(60), Decimal(70), Decimal(80)]
    assert last.next == ""
    back, _ = shown(accountant_client, p=last.previous)
    assert back == second
    assert shown(accountant_client, p=page.previous)[0] == first
    assert shown(accountant_client, p="apres_hier_1")[0] == first


def test_the_journal_pages_by_entry(accountant_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINES_PER_PAGE", 3)
    open_years()
    for voucher in ("P1", "P2", "P3"):
        post(("512", "10"), ("706", "-10"), voucher=voucher)
    seen, mark = [], ""
    while True:
        page = accountant_client.get(reverse("journal"), {**YEAR, "p": mark}).context["page"]
        seen += [(row.cells[2], row.cells[3]) for row in page.rows]
        mark = page.next
        if not mark:
            break
    assert seen == [(voucher, account) for voucher in ("P1", "P2", "P3") for account in ("512", "706")]


def test_a_period_starts_with_what_came_before(accountant_client: Client) -> None:
    """From the middle of a month: days before it, whole months, and the year before while it is not closed."""
    year, _ = open_years()
    for day, amount in ((date(2026, 1, 20), "100"), (date(2026, 3, 4), "7"), (date(2026, 3, 20), "1")):
        post(("512", amount), ("706", f"-{amount}"), on=day)
    middle = {"starts_on": "2026-03-10", "ends_on": "2026-03-25", "account": "512"}
    assert [row[-1] for row in rows(accountant_client, "general-ledger", **middle)] == ["107,00", "108,00", "108,00"]
    sales = middle | {"account": "706"}
    assert [row[-1] for row in rows(accountant_client, "general-ledger", **sales)] == ["-107,00", "-108,00", "-108,00"]
    later = {"starts_on": "2027-01-01", "ends_on": "2027-01-31"}
    before = [rows(accountant_client, "general-ledger", **later, account=account)[-1][-1] for account in ("512", "706")]
    close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant())
    after = [rows(accountant_client, "general-ledger", **later, account=account)[-1][-1] for account in ("512", "706")]
    assert before == after == ["108,00", "0,00"]


def test_filters_of_the_journal_and_the_ledger(accountant_client: Client) -> None:
    open_years()
    activity = make_activity([make_entrepreneur()], name="Bois & Cie")
    post(("512", "10"), ("706", "-10"), voucher="P1", activity=activity)
    write_draft(("512", "20"), ("706", "-20"), voucher="P2")
    assert [row[2] for row in rows(accountant_client, "journal", state="DRAFT")] == ["P2", "P2", ""]
    assert [row[2] for row in rows(accountant_client, "journal", state="VALIDATED")] == ["P1", "P1", ""]
    assert rows(accountant_client, "journal")[-1] == ["Total", *[""] * 8, "30,00", "30,00"]
    own = rows(accountant_client, "general-ledger", account="706", activity=activity.pk)
    assert [row[-1] for row in own] == ["0,00", "-10,00", "-10,00"]
    assert "La fin précède le début." in body(accountant_client, "journal", ends_on="2025-12-31")


def test_an_auxiliary_is_found_by_code_or_name(accountant_client: Client) -> None:
    open_years()
    post(("411", "120"), ("706", "-120"), auxiliary=customer())
    post(("411", "30"), ("706", "-30"), auxiliary=customer(8, "Mairie de Rezé"))
    for typed in ("c000007", "mairie de nan", "Nantes"):
        assert rows(accountant_client, "auxiliary-ledger", auxiliary=typed)[-1][-1] == "120,00"
    assert "Précisez\u00a0: C000007 Mairie de Nantes, C000008" in body(
        accountant_client, "auxiliary-ledger", auxiliary="mairie"
    )
    assert "Aucun compte auxiliaire" in body(accountant_client, "auxiliary-ledger", auxiliary="Zoé")


def test_every_figure_leads_to_its_lines_and_every_line_to_its_document(accountant_client: Client) -> None:
    invoice = make_issued()
    entry = Entry.objects.get(source_type="invoicing.invoice", source_id=invoice.pk)
    period = {"first_month": "2026-11", "last_month": "2026-11"}
    assert "/gestion/livres/grand-livre/?account=411&amp;" in body(accountant_client, "trial-balance", **period)
    analytic = body(accountant_client, "analytic-balance", **period)
    assert f"account=706&amp;starts_on=2026-11-01&amp;ends_on=2026-11-30&amp;activity={invoice.activity_id}" in analytic
    aged = body(accountant_client, "aged-receivables", on="2026-11-05")
    assert "/gestion/livres/postes-ouverts/?on=2026-11-05&amp;auxiliary=C" in aged
    document = reverse("admin:invoicing_invoice_change", args=[invoice.pk])
    entry_page = reverse("admin:invoicing_entry_change", args=[entry.pk])
    for name, query in (
        ("general-ledger", {"account": "411"}),
        ("journal", {}),
        ("open-items", {"on": "2026-11-05", "age": "0"}),
    ):
        page = body(accountant_client, name, **query)
        assert f'href="{entry_page}"' in page
        assert f'href="{document}"' in page
    assert "Aucune ligne" in body(accountant_client, "open-items", on="2026-11-05", age="30")
    detail = accountant_client.get(entry_page).content.decode()
    assert f'href="{document}"' in detail
    assert str(invoice) in detail


def test_reports_of_empty_books(accountant_client: Client) -> None:
    """Each says that there is nothing, as a page and as a file."""
    aged = body(accountant_client, "aged-receivables", on="2026-11-05")
    assert "Aucun client ne doit rien à cette date." in aged
    assert rows(accountant_client, "aged-receivables", on="2026-11-05") == [["Total", *["0,00"] * 6]]
    assert rows(accountant_client, "trial-balance") == [["Total", "", *["0,00"] * 4]]
    assert rows(accountant_client, "journal") == [["Total", *[""] * 8, "0,00", "0,00"]]
    assert rows(accountant_client, "general-ledger")[-1] == ["Total", *[""] * 8, "0,00", "0,00", "0,00"]


def test_a_source_without_page_is_named_without_link(accountant_client: Client) -> None:
    open_years()
    entry = post(("512", "10"), ("706", "-10"), source=("invoicing.invoicevat", 1))
    page = accountant_client.get(reverse("admin:invoicing_entry_change", args=[entry.pk]))
    assert page.status_code == 200
    assert "invoicevat/1" not in page.content.decode()


def test_files_hold_all_pages_and_real_values(accountant_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINES_PER_PAGE", 2)
    open_years()
    for number in range(5):
        post(("512", "10.50"), ("706", "-10.50"), voucher=f"P{number}")
    csv = rows(accountant_client, "general-ledger", account="512")
    assert [row[-1] for row in csv] == ["0,00", "10,50", "21,00", "31,50", "42,00", "52,50", "52,50"]
    response = accountant_client.get(reverse("general-ledger"), {**YEAR, "account": "512", "format": "xlsx"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [row[-1].value for row in sheet.iter_rows(min_row=2)] == [0, 10.5, 21, 31.5, 42, 52.5, 52.5]


def test_a_workbook_beyond_its_limit_is_refused(accountant_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST_XLSX_ROWS", 4)
    open_years()
    post(("512", "10"), ("706", "-10"))
    allowed = accountant_client.get(reverse("journal"), {**YEAR, "format": "xlsx"})
    assert allowed["Content-Type"] == XLSX_TYPE
    assert b"".join(allowed.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    post(("512", "10"), ("706", "-10"))
    refused = body(accountant_client, "journal", format="xlsx")
    assert "Un classeur XLSX contient au plus 1\u202f048\u202f576 lignes" in refused
    assert "exportez-le en CSV" in refused


@pytest.mark.parametrize("name", ["journal", "general-ledger"])
def test_a_page_asks_the_same_queries_for_one_line_and_for_three(accountant_client: Client, name: str) -> None:
    open_years()
    counts = []
    for number in (1, 2):
        for _ in range(number):
            post(("512", "10"), ("706", "-10"))
        with CaptureQueriesContext(connection) as queries:
            body(accountant_client, name, account="512")
        counts.append(len(queries))
    assert counts[0] == counts[1]


AMOUNTS = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.integers(1, 10**6),
        st.sampled_from(["411", "416", "512"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def total(balances: Iterable[Any]) -> Sums:
    """Of balances."""
    return sum((Sums(b.debit, b.credit) for b in balances), Sums())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(AMOUNTS)
def test_all_reports_agree(amounts: list[tuple[date, int, str, bool]]) -> None:
    """Trial balance = analytic balance = general ledgers = kept balances; aged receivables = 411 and 416."""
    if not Account.objects.filter(lines__isnull=False).exists():
        open_years()
    activity = make_activity([make_entrepreneur()])
    for day, cents, account, own in amounts:
        amount = Decimal(cents) / 100
        post(
            (account, str(amount)),
            ("706", str(-amount)),
            on=day,
            auxiliary=customer(),
            activity=activity if own else None,
        )
    check_deferred()
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    trial = trial_balance(starts_on=first, ends_on=last)
    whole = total(trial)
    assert whole.balance == 0
    assert total(analytic_balance(starts_on=first, ends_on=last)) == whole
    assert total(MonthlyBalance.objects.all()) == whole
    ledgers = {b.number: Ledger(LedgerScope(account=Account.objects.get(number=b.number)), first, last) for b in trial}
    for balance in trial:
        ledger = ledgers[balance.number]
        assert ledger.sums() == ledger.lines.sums() == Sums(balance.debit, balance.credit)
        assert ledger.opening() == 0
    owed = sum((b.balance for b in trial if b.number in {"411", "416"}), Decimal(0))
    for by_activity in (True, False):
        assert sum((row.total for row in aged_receivables(on=last, by_activity=by_activity)), Decimal(0)) == owed
    middle = Ledger(LedgerScope(), date(2026, 2, 11), date(2026, 9, 17))
    assert middle.sums() == middle.lines.sums()
