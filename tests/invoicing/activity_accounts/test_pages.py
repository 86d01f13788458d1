"""The pages of the activity's account: exact figures, whose they are, and the same queries for one or three."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from cae_backoffice.core.access import Role
from invoicing.activity_accounts.models import OpeningBalance, PaySettings, PooledAccount, Provision
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import Entry
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.activity_accounts.books import activity as activity  # noqa: PLC0414  a fixture
from tests.invoicing.activity_accounts.books import book
from tests.invoicing.factories import entrepreneur_of, make_customer, make_selling_activity
from tests.invoicing.payments.books import invoice_of, receive
from tests.members.factories import make_entrepreneur, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = {"first_month": "2026-11", "last_month": "2026-11"}


@pytest.fixture
def invoice(activity: Activity) -> Invoice:
    """1 000 € excl. VAT, paid by half; 100 € of purchases."""
    customer = make_customer(activity, name="Boulangerie des Ponts")
    sold = invoice_of(customer, "1000")
    receive(customer, "600", (sold, "600"))
    book(("606", activity, "100"), ("512", None, "-100"))
    return sold


@pytest.fixture
def client(activity: Activity) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(activity))


def text_of(client: Client, address: str, **query: str) -> str:
    """A page, which opens."""
    response = client.get(address, query)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_statement_tells_what_is_left_and_each_figure_opens_its_lines(client: Client, invoice: Invoice) -> None:
    page = text_of(client, "/compte/", **NOVEMBER)
    for told in ("400,00\u00a0€", "500,00\u00a0€", "\u2212100,00\u00a0€", "novembre 2026"):
        assert told in page
    lines = text_of(client, "/compte/lignes/", month="2026-11", heading="COLLECTED")
    assert f'<a href="/factures/{invoice.pk}/">{invoice.number}</a>' in lines
    assert "500,00\u00a0€" in lines
    assert client.get(f"/factures/{invoice.pk}/").status_code == 200
    assert "\u2212100,00\u00a0€" in text_of(client, "/compte/lignes/", month="2026-11")


@pytest.mark.usefixtures("invoice")
def test_the_spreadsheet_and_the_paper_say_the_same(client: Client) -> None:
    sheet = load_workbook(BytesIO(client.get("/compte/tableur/", NOVEMBER).content)).active
    assert sheet is not None
    assert list(sheet.values) == [
        ("Mois", "Chiffre d’affaires encaissé, hors taxes", "Achats et frais", "Disponible"),
        ("Solde au début", None, None, 0),
        ("11/2026", 500, -100, 400),
        ("Total", 500, -100, 400),
    ]
    pdf = client.get("/compte/etat-des-comptes/", NOVEMBER)
    words = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert pdf["Content-Type"] == "application/pdf"
    for told in ("État des comptes", "400,00", "−100,00", "L7332-3"):
        assert told in words


@pytest.mark.parametrize(
    "query",
    [
        {"first_month": "2026-13"},
        {"first_month": "2026-11", "last_month": "2026-01"},
        {"first_month": "0001-01"},
        {"last_month": "9999-12"},
    ],
)
def test_months_that_are_none_are_said_on_the_page(client: Client, query: dict[str, str]) -> None:
    page = text_of(client, "/compte/", **query)
    assert "errorlist" in page
    assert client.get("/compte/tableur/", query).status_code == 404


@pytest.mark.parametrize("month", ["", "2026-13", "9999-12", "0001-01"])
def test_lines_of_a_month_that_is_none_are_not_found(client: Client, month: str) -> None:
    assert client.get("/compte/lignes/", {"month": month}).status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "demain"])
def test_a_day_that_no_calendar_reckons_is_said_on_the_staff_s_page(accountant_client: Client, day: str) -> None:
    assert "bo-filter-error" in text_of(accountant_client, "/gestion/comptes-activites/", on=day)


def test_pay_answers_at_once_and_for_what_is_typed(client: Client, activity: Activity) -> None:
    PaySettings.objects.create(pk=1, staff=60)
    book(("110", activity, "-2000"), ("110", None, "2000"), on=date(2026, 1, 5))
    page = text_of(client, "/combien-puis-je-me-payer/")
    for told in (
        "2\u202f000,00\u00a0€",
        "1\u202f874,48\u00a0€",
        "1\u202f483,83\u00a0€",
        "Estimation, qui",
        "juin 2026",
    ):
        assert told in page, told
    half = text_of(client, "/combien-puis-je-me-payer/", start="budget", amount="2000", months="2")
    assert "Par mois, pendant 2 mois" in half
    net = client.get("/combien-puis-je-me-payer/", {"start": "net", "amount": "1 903", "months": "1"})
    assert (net.context["plan"].estimate.gross, net.context["plan"].needed) == (Decimal("2404.01"), Decimal("3000.57"))
    assert "1\u202f000,57\u00a0€" in net.content.decode(), "what is lacking"


def test_pay_for_the_script_is_the_answer_alone_and_an_error_says_what_to_type(client: Client) -> None:
    answer = client.get(
        "/combien-puis-je-me-payer/",
        {"start": "gross", "amount": "1500", "months": "1"},
        headers={"X-Requested-With": "fetch"},
    ).content.decode()
    assert "<html" not in answer
    assert "1\u202f500,00\u00a0€" in answer
    for amount, told in (
        ("douze", "Saisissez un nombre"),
        ("-3", "positif"),
        ("900000", "au plus"),
        ("", "obligatoire"),
    ):
        page = text_of(client, "/combien-puis-je-me-payer/", start="budget", amount=amount, months="1")
        assert told in page, amount


def test_who_carries_nothing_yet_is_told_so() -> None:
    client = signed_in(make_entrepreneur().user or make_user(Role.ENTREPRENEUR))
    for address in ("/compte/", "/combien-puis-je-me-payer/"):
        assert "pas encore ouverte" in text_of(client, address)


def test_an_activity_of_someone_else_is_hidden(client: Client) -> None:
    other = make_selling_activity()
    for page in ("", "lignes/", "tableur/", "etat-des-comptes/"):
        asked = {"activite": str(other.pk), "month": "2026-11"}
        assert client.get(f"/compte/{page}", asked).status_code == 404
    assert client.get("/combien-puis-je-me-payer/", {"activite": other.pk}).status_code == 404


def test_the_staff_s_overview_reads_one_or_three_activities_with_the_same_queries(accountant_client: Client) -> None:
    make_selling_activity()
    counts = []
    for more in (0, 2):
        for _ in range(more):
            make_selling_activity()
        with CaptureQueriesContext(connection) as queries:
            text_of(accountant_client, "/gestion/comptes-activites/")
        counts.append(len(queries))
    assert counts == [counts[0]] * 2
    assert counts[0] <= 12


@pytest.mark.usefixtures("invoice")
def test_the_overview_sums_the_year_after_what_came_before(accountant_client: Client, activity: Activity) -> None:
    book(("110", activity, "-400"), ("110", None, "400"), on=date(2025, 6, 1))
    book(("740", activity, "-9"), ("512", None, "9"), on=date(2026, 12, 1))
    page = accountant_client.get("/gestion/comptes-activites/", {"on": "2026-11-25"})
    assert [row.cells[2:] for row in page.context["table"].rows] == [(Decimal(400), Decimal(500), Decimal(800))]
    later = accountant_client.get("/gestion/comptes-activites/", {"on": "2026-12-25"})
    assert [row.cells[4] for row in later.context["table"].rows] == [Decimal(809)]


def test_the_accountant_reads_the_same_statement_and_reaches_the_documents(
    accountant_client: Client, activity: Activity, invoice: Invoice
) -> None:
    page = text_of(accountant_client, f"/gestion/comptes-activites/{activity.pk}/", **NOVEMBER)
    assert "400,00" in page
    assert "600,00\u00a0€" in page, "what the customer owes"
    paper = accountant_client.get(f"/gestion/comptes-activites/{activity.pk}/etat-des-comptes/")
    assert paper.content[:5] == b"%PDF-"
    lines = text_of(accountant_client, f"/gestion/comptes-activites/{activity.pk}/lignes/", month="2026-11", heading="")
    assert f"/gestion/invoicing/invoice/{invoice.pk}/change/" in lines
    assert "/gestion/invoicing/entry/" in lines


def test_provisions_by_rule_are_shown_then_posted_once(accountant_client: Client, activity: Activity) -> None:
    book(("641", activity, "1000"), ("512", None, "-1000"))
    asked = {"kind": "PAID_LEAVE", "month": "2026-11"}
    assert "100,00" in text_of(accountant_client, "/gestion/provisions-selon-la-regle/", **asked)
    for _ in range(2):
        assert accountant_client.post("/gestion/provisions-selon-la-regle/", asked).status_code == 302
    assert [(made.activity, made.amount) for made in Provision.objects.all()] == [(activity, Decimal(100))]


def test_a_provision_typed_by_hand_and_its_refusal(accountant_client: Client, activity: Activity) -> None:
    typed = {
        "activity": activity.pk,
        "kind": "OTHER",
        "amount": "80.50",
        "provided_on": "25/11/2026",
        "reason": "Litige",
    }
    accountant_client.post("/gestion/invoicing/provision/add/", typed | {"amount": "-1"})
    assert (Provision.objects.count(), Entry.objects.count()) == (0, 0)
    accountant_client.post("/gestion/invoicing/provision/add/", typed)
    assert Provision.objects.get().amount == Decimal("80.50")


def test_opening_balances_are_shown_then_imported(accountant_client: Client, activity: Activity) -> None:
    text = f"activity;balance\n{activity.code};400,10\n"
    address = "/gestion/reprise-de-soldes/"
    shown = accountant_client.post(address, {"on": "2026-11-25", "text": text}).content.decode()
    assert "400,10" in shown
    assert OpeningBalance.objects.count() == 0
    wrong = accountant_client.post(address, {"on": "2026-11-25", "text": text + "ZZZ;1\n", "confirm": "1"})
    assert "Ligne 3" in wrong.content.decode()
    assert OpeningBalance.objects.count() == 0
    assert accountant_client.post(address, {"on": "2026-11-25", "text": text, "confirm": "1"}).status_code == 302
    assert OpeningBalance.objects.get().amount == Decimal("400.10")


def test_the_pooled_account_is_published_to_every_entrepreneur(accountant_client: Client, client: Client) -> None:
    book(("613", None, "80"), ("512", None, "-80"), on=date(2025, 6, 1))
    assert "Rien n’est encore publié" in text_of(client, "/services-mutualises/")
    year = Entry.objects.get().fiscal_year_id
    accountant_client.post("/gestion/invoicing/pooledaccount/add/", {"fiscal_year": year})
    assert PooledAccount.objects.get().result == -80
    assert "Locaux, sous-traitance, assurances" in text_of(client, "/services-mutualises/")


def test_settings_of_pay_are_one_row(accountant_client: Client) -> None:
    typed = {
        "staff": "12",
        "accident_rate": "1.5",
        "transport_levy": "0",
        "health_cover_employer": "20",
        "health_cover_employee": "20",
    }
    accountant_client.post("/gestion/invoicing/paysettings/add/", typed)
    assert (PaySettings.objects.get().pk, PaySettings.objects.get().staff) == (1, 12)
    again = accountant_client.get("/gestion/invoicing/paysettings/", follow=True)
    assert again.redirect_chain[-1][0] == "/gestion/invoicing/paysettings/1/change/"
