"""Recurring invoices' pages: set up from an invoice, changed, paused, seen by the staff."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from invoicing.invoices.models import Invoice
from invoicing.recurring.models import RecurringInvoice
from invoicing.recurring.services import prepare_recurring
from members.contracts.models import Contract
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, entrepreneur_of, make_issued, make_selling_activity
from tests.invoicing.recurring.books import recurring_of

pytestmark = pytest.mark.django_db
LIST_QUERIES = 5
ADMIN_LIST_QUERIES = 6


@pytest.fixture
def invoice() -> Invoice:
    """Two days at 350 €."""
    return make_issued(make_selling_activity())


@pytest.fixture
def client(invoice: Invoice) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(invoice.activity))


TYPED = {
    "subject": "Suivi {mois}", "frequency": "QUARTERLY", "day": "31", "starts_on": "2030-11-01", "ends_on": "",
    "times": "4", "days_ahead": "7", "is_submitted": "on", "label-0": "Suivi {trimestre}", "quantity-0": "1,5",
    "price-0": "400",
}  # fmt: skip


def test_an_invoice_is_made_recurring_in_its_own_words(client: Client, invoice: Invoice) -> None:
    """What it says is there to be changed; the next dates show."""
    address = f"/factures/{invoice.pk}/recurrente/"
    assert "Rendre récurrente" in client.get(f"/factures/{invoice.pk}/").text
    page = client.get(address).text
    assert 'value="Conseil"' in page
    assert "{période}" in page
    response = client.post(address, TYPED)
    made = RecurringInvoice.objects.get()
    assert response["Location"] == f"/factures/recurrentes/{made.pk}/"
    assert (made.frequency, made.day, made.times, made.days_ahead, made.is_submitted) == ("QUARTERLY", 31, 4, 7, True)
    (line,) = made.lines.all()
    assert (line.label, str(line.quantity), line.unit_price) == ("Suivi {trimestre}", "1.5000", 400)
    shown = client.get(response["Location"]).text
    assert "30/11/2030" in shown
    assert "28/02/2031" in shown
    assert "Suivi {mois}" in client.get("/factures/recurrentes/").text


def test_a_schedule_without_a_day_is_refused(client: Client, invoice: Invoice) -> None:
    """With what was typed."""
    page = client.post(f"/factures/{invoice.pk}/recurrente/", TYPED | {"ends_on": "2030-11-02"})
    assert "Aucune facture ne tombe entre ces dates." in page.text
    assert RecurringInvoice.objects.count() == 0


def test_it_is_changed_paused_and_resumed(client: Client, invoice: Invoice) -> None:
    """Each from its page."""
    recurring = recurring_of(invoice, by=entrepreneur_of(invoice.activity))
    page = f"/factures/recurrentes/{recurring.pk}/"
    client.post(f"{page}modifier/", TYPED | {"subject": "Autre"})
    client.post(f"{page}suspendre/")
    recurring.refresh_from_db()
    assert (recurring.subject, recurring.frequency, recurring.is_paused) == ("Autre", "QUARTERLY", True)
    assert "Suspendue" in client.get(page).text
    client.post(f"{page}reprendre/")
    recurring.refresh_from_db()
    assert not recurring.is_paused


def test_what_could_not_be_prepared_is_shown_with_a_button(client: Client, invoice: Invoice) -> None:
    """And prepared once the reason is gone."""
    today = timezone.localdate()
    recurring = recurring_of(invoice, by=entrepreneur_of(invoice.activity), days_ahead=60)
    Contract.objects.update(ends_on=date(2026, 11, 3), end_reason="RESIGNATION")
    prepare_recurring(recurring=recurring, on=today)
    page = f"/factures/recurrentes/{recurring.pk}/"
    assert "Préparer de nouveau" in client.get(page).text
    assert "Non préparée" in client.get("/factures/recurrentes/").text
    Contract.objects.update(ends_on=None, end_reason="")
    for time in recurring.occurrences.all():
        client.post(f"/factures/recurrentes/echeances/{time.pk}/preparer/")
    assert "Préparer de nouveau" not in client.get(page).text
    assert "Brouillon" in client.get(page).text or "brouillon" in client.get(page).text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_as_much_for_one_as_for_three(
    client: Client, invoice: Invoice, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        recurring = recurring_of(invoice, by=accountant())
        prepare_recurring(recurring=recurring, on=timezone.localdate() + timedelta(days=60))
    client.get("/factures/recurrentes/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/factures/recurrentes/")
    staff = signed_in(accountant())
    staff.get("/gestion/invoicing/recurringinvoice/")
    with django_assert_num_queries(ADMIN_LIST_QUERIES):
        staff.get("/gestion/invoicing/recurringinvoice/")


def test_the_staff_sees_pauses_and_resumes_them(invoice: Invoice) -> None:
    """Every activity's."""
    recurring = recurring_of(invoice, by=entrepreneur_of(invoice.activity))
    staff = signed_in(accountant())
    page = f"/gestion/invoicing/recurringinvoice/{recurring.pk}/"
    assert "/suspendre/" in staff.get(f"{page}change/").text
    staff.post(f"{page}suspendre/", {})
    assert "/reprendre/" in staff.get(f"{page}change/").text
    staff.post(f"{page}reprendre/", {})
    recurring.refresh_from_db()
    assert not recurring.is_paused
