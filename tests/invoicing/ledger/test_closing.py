"""Months are locked and unlocked with a reason; a year is closed for ever, with an exact opening in the next."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.ledger.models import Entry, FiscalYear, Period
from invoicing.ledger.queries import balances_apart, closing_checklist, trial_balance
from invoicing.ledger.services import close_fiscal_year, lock_period, match_lines, open_fiscal_year, unlock_period
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import check_deferred, customer, line_of, open_years, post, write_draft
from tests.members.factories import make_activity, make_entrepreneur

pytestmark = pytest.mark.django_db
CLOSED_ON = date(2027, 3, 1)


def march() -> Period:
    """March 2026."""
    return Period.objects.get(starts_on=date(2026, 3, 1))


def opening() -> list[tuple[str, str | None, str | None, Decimal, date | None]]:
    """The opening entry of 2027: account, auxiliary, activity, amount and due date, in order."""
    lines = Entry.objects.get(journal__code="AN").lines.order_by("position")
    return [
        (
            line.account.number,
            line.auxiliary.code if line.auxiliary else None,
            line.activity.code if line.activity else None,
            line.debit - line.credit,
            line.due_on,
        )
        for line in lines.select_related("account", "auxiliary", "activity")
    ]


def test_the_opening_carries_each_account_its_own_way() -> None:
    """By account, auxiliary and activity; open items one by one; matched ones not; the profit to 120."""
    year, _ = open_years()
    wood = make_activity([make_entrepreneur()], code="BOIS")
    town, due = customer(), date(2026, 4, 9)
    paid = post(("411", "60"), ("706", "-60"), auxiliary=town, activity=wood, due=due, voucher="F1")
    payment = post(("512", "60"), ("411", "-60"), auxiliary=town, activity=wood, due=due, voucher="R1")
    match_lines(lines=[line_of(paid), line_of(payment)], on=date(2026, 3, 10), by=accountant())
    post(("411", "120"), ("706", "-100"), ("44574", "-20"), auxiliary=town, activity=wood, due=due, voucher="F2")
    post(("411", "30"), ("706", "-30"), auxiliary=customer(8, "Boulangerie"), voucher="F3")
    post(("613", "45"), ("512", "-45"), voucher="L1")
    close_fiscal_year(year=year, on=CLOSED_ON, by=accountant())
    check_deferred()
    assert opening() == [
        ("120", None, None, Decimal("-145.00"), None),
        ("411", "C000007", "BOIS", Decimal("120.00"), due),
        ("411", "C000008", None, Decimal("30.00"), date(2026, 3, 10)),
        ("44574", None, "BOIS", Decimal("-20.00"), None),
        ("512", None, "BOIS", Decimal("60.00"), None),
        ("512", None, None, Decimal("-45.00"), None),
    ]
    entry = Entry.objects.get(journal__code="AN")
    assert (entry.number, entry.entry_on, entry.voucher_number) == (1, date(2027, 1, 1), "AN20270101")
    assert entry.label == "À-nouveaux de l’exercice clos le 31/12/2026"
    assert balances_apart() == []


def test_a_loss_goes_to_129() -> None:
    year, _ = open_years()
    post(("613", "45"), ("512", "-45"))
    close_fiscal_year(year=year, on=CLOSED_ON, by=accountant())
    assert opening() == [
        ("129", None, None, Decimal("45.00"), None),
        ("512", None, None, Decimal("-45.00"), None),
    ]


def test_a_year_without_anything_left_has_no_opening() -> None:
    year, _ = open_years()
    post(("512", "45"), ("530", "-45"), voucher="V1")
    post(("530", "45"), ("512", "-45"), voucher="V2")
    close_fiscal_year(year=year, on=CLOSED_ON, by=accountant())
    check_deferred()
    assert not Entry.objects.filter(journal__code="AN").exists()


def test_two_years_closed_in_turn_carry_what_is_still_open() -> None:
    first, second = open_years()
    open_fiscal_year(starts_on=date(2028, 1, 1), ends_on=date(2029, 6, 30), by=accountant())
    post(("411", "30"), ("706", "-30"), auxiliary=customer(), due=date(2026, 4, 9))
    with pytest.raises(RefusalError, match="L’exercice précédent n’est pas clôturé"):
        close_fiscal_year(year=second, on=CLOSED_ON, by=accountant())
    close_fiscal_year(year=first, on=CLOSED_ON, by=accountant())
    close_fiscal_year(year=second, on=CLOSED_ON, by=accountant())
    check_deferred()
    january = trial_balance(starts_on=date(2028, 1, 1), ends_on=date(2028, 1, 31))
    assert [(b.number, b.balance) for b in january] == [("120", Decimal("-30.00")), ("411", Decimal("30.00"))]
    assert Entry.objects.get(entry_on=date(2028, 1, 1)).lines.get(account__number="411").due_on == date(2026, 4, 9)


@pytest.mark.parametrize("lines", [2, 40])
def test_closing_asks_the_same_queries_for_two_lines_and_for_forty(lines: int) -> None:
    year, _ = open_years()
    for _ in range(lines):
        post(("411", "30"), ("706", "-30"), auxiliary=customer())
    with CaptureQueriesContext(connection) as queries:
        close_fiscal_year(year=year, on=CLOSED_ON, by=accountant())
    assert len(queries) == 18


def test_a_closing_into_a_locked_month_is_refused() -> None:
    year, following = open_years()
    post(("512", "45"), ("758", "-45"))
    lock_period(period=following.periods.get(starts_on=date(2027, 1, 1)), by=accountant())
    with pytest.raises(RefusalError, match="La période 01/2027 est verrouillée"):
        close_fiscal_year(year=year, on=CLOSED_ON, by=accountant())
    year.refresh_from_db()
    assert (year.closed_on, Entry.objects.count()) == (None, 1)


def test_the_reason_of_an_unlocking_is_kept() -> None:
    open_years()
    lock_period(period=march(), by=accountant())
    with pytest.raises(RefusalError, match="est verrouillée"):
        lock_period(period=march(), by=accountant())
    with pytest.raises(RefusalError, match="Donnez le motif"):
        unlock_period(period=march(), reason="  ", by=accountant())
    assert march().state == "LOCKED"
    unlock_period(period=march(), reason="Facture oubliée", by=accountant())
    assert march().state == "OPEN"
    event = AuditEvent.objects.get(action="period.unlocked")
    assert (event.changes, event.author) == ({"reason": "Facture oubliée"}, accountant())


def test_months_are_locked_and_unlocked_on_their_pages(accountant_client: Client) -> None:
    open_years()
    two = list(Period.objects.order_by("starts_on")[:2])
    data = {"action": "lock", "_selected_action": [period.pk for period in two]}
    answer = accountant_client.post(reverse("admin:invoicing_period_changelist"), data, follow=True)
    assert "2 période(s) verrouillée(s)." in answer.content.decode()
    page = reverse("admin:invoicing_period_unlock_one", args=[two[0].pk])
    assert "Ce champ est obligatoire" in accountant_client.post(page, {"reason": ""}).content.decode()
    accountant_client.post(page, {"reason": "Oubli"})
    accountant_client.post(reverse("admin:invoicing_period_lock_one", args=[march().pk]))
    assert list(Period.objects.order_by("starts_on").values_list("state", flat=True)[:3]) == [
        "OPEN",
        "LOCKED",
        "LOCKED",
    ]


def checks(year: FiscalYear) -> list[tuple[str, bool]]:
    """The checklist as what was found, and whether it is in order."""
    return [(check.detail, check.is_done) for check in closing_checklist(year)]


def test_the_checklist_names_what_is_left() -> None:
    first, second = open_years()
    write_draft(("512", "45"), ("758", "-45"), on=date(2027, 5, 3))
    assert checks(second) == [
        ("", True),
        (f"{first} est encore ouvert", False),
        ("ouvrez l’exercice qui commence le 01/01/2028", False),
        ("1 en brouillard", False),
        ("débit 45,00\u00a0€, crédit 45,00\u00a0€", True),
        ("encore ouverts\u00a0: " + ", ".join(f"{month:02d}/2027" for month in range(1, 13)), False),
    ]
    for period in first.periods.all():
        lock_period(period=period, by=accountant())
    assert [done for _, done in checks(first)] == [True] * 6
    closed = close_fiscal_year(year=first, on=CLOSED_ON, by=accountant())
    assert checks(closed)[0] == ("clôturé le 01/03/2027", False)


def test_a_year_is_closed_on_its_page_by_typing_its_last_day(accountant_client: Client) -> None:
    first, second = open_years()
    post(("512", "45"), ("758", "-45"))
    page = reverse("admin:invoicing_fiscalyear_close", args=[first.pk])
    shown = accountant_client.get(page).content.decode()
    assert "Plus aucune écriture" in shown
    assert "du 01/01/2026 au 31/12/2026" in shown
    assert "Conseillé" in shown
    wrong = accountant_client.post(page, {"ends_on": "31/12/2027"})
    assert "Cet exercice finit le 31/12/2026" in wrong.content.decode()
    assert FiscalYear.objects.filter(pk=first.pk, closed_on=None).exists()
    done = accountant_client.post(page, {"ends_on": "31/12/2026"}, follow=True)
    assert "Exercice clôturé" in done.content.decode()
    assert FiscalYear.objects.filter(pk=first.pk, closed_on__isnull=False).exists()
    blocked = accountant_client.get(reverse("admin:invoicing_fiscalyear_close", args=[second.pk])).content.decode()
    assert "À régler" in blocked
    assert "Clôturer définitivement" not in blocked
