"""The pages of quotes: the list and its number of queries, the sheet, the acts, and the customer's page."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.models import OutgoingMessage
from cae_backoffice.core.tokens import MOST_PER_MINUTE, digest_of
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import GeneralConditions, Quote, QuoteLink, QuoteTemplate
from invoicing.quotes.services import open_link, store_pdf
from members.activities.models import Activity
from tests.invoicing.factories import entrepreneur_of, make_customer, make_selling_activity, vat
from tests.invoicing.quotes.books import draft_quote, line, sent_quote
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> Activity:
    """It may sell today too."""
    make_cooperative()
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """Its entrepreneur, signed in."""
    client = Client()
    client.force_login(entrepreneur_of(activity))
    return client


def today() -> date:
    """The pages read the clock."""
    return timezone.localdate()


def on_offer(activity: Activity, **fields: Any) -> Quote:  # noqa: ANN401
    """A quote sent today."""
    content: dict[str, Any] = {"valid_until": today() + timedelta(days=30), "by": entrepreneur_of(activity)} | fields
    return sent_quote(activity, on=today(), **content)


def secret_of(quote: Quote) -> str:
    """A private address of it."""
    return open_link(quote=quote, by=quote.created_by, at=timezone.now())


def sheet(activity: Activity, **fields: str) -> dict[str, str]:
    """What a browser sends of a quote of one line."""
    return {
        "activity": str(activity.pk),
        "customer": str(make_customer(activity).pk),
        "valid_until": str(today() + timedelta(days=30)),
        "sale_setting": "DISTANCE",
        "payment_terms": "D30",
        "deposit_percent": "30",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-label": "Conseil",
        "lines-0-quantity": "2",
        "lines-0-unit": "DAY",
        "lines-0-unit_price": "350",
        "lines-0-nature": "SERVICES",
        "lines-0-vat_code": str(vat().pk),
    } | fields


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    client: Client, activity: Activity, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        on_offer(activity)
    client.get("/devis/")
    with django_assert_num_queries(7):
        page = client.get("/devis/")
    assert page.content.decode().count("row-link") == count


def test_the_list_is_filtered_and_says_when_it_is_empty(client: Client, activity: Activity) -> None:
    assert "Votre premier devis" in client.get("/devis/").content.decode()
    quote = on_offer(activity, subject="Terrasse en bois")
    draft_quote(activity, subject="Escalier")
    for query, found in (
        ("?q=terrasse", True),
        ("?q=escalier", False),
        ("?etat=SENT", True),
        ("?etat=DRAFT", False),
        (f"?annee={today().year}", True),
        (f"?client={quote.customer_id}", True),
        ("?client=999999", False),
    ):
        assert ("Terrasse en bois" in client.get(f"/devis/{query}").content.decode()) == found, query


def test_a_sheet_is_saved_then_numbered(client: Client, activity: Activity) -> None:
    response = client.post("/devis/nouveau/", sheet(activity, action="save") | {"lines-0-is_option": "on"})
    quote = Quote.objects.get()
    assert response["Location"] == f"/devis/{quote.pk}/"
    assert (quote.net, quote.deposit_percent, quote.lines.get().is_option) == (0, 30, True)
    assert "Option, non comprise" in client.get(f"/devis/{quote.pk}/modifier/").content.decode()
    client.post(f"/devis/{quote.pk}/modifier/", sheet(activity, action="send"))
    quote.refresh_from_db()
    assert (quote.state, quote.number, quote.net) == (QuoteState.SENT, f"D{today().year}-00001", Decimal(700))


def test_what_lacks_is_said_on_the_sheet(client: Client, activity: Activity) -> None:
    client.post("/devis/nouveau/", sheet(activity, action="send", customer=""))
    quote = Quote.objects.get()
    assert quote.state == QuoteState.DRAFT
    page = client.post("/devis/nouveau/", sheet(activity, action="save") | {"lines-0-quantity": "0"})
    assert "La quantité d’une ligne n’est pas nulle." in page.content.decode()
    assert Quote.objects.count() == 1


def test_live_totals_leave_options_out(client: Client, activity: Activity) -> None:
    assert "840,00" in client.post("/devis/totaux/", sheet(activity)).content.decode()
    optional = sheet(activity) | {"lines-0-is_option": "on"}
    assert "840,00" not in client.post("/devis/totaux/", optional).content.decode().split("<div hidden>")[0]


def test_the_acts_of_the_page(client: Client, activity: Activity, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    quote = on_offer(activity)
    assert "Copiez ce lien" in client.post(f"/devis/{quote.pk}/lien/", follow=True).content.decode()
    page = client.post(f"/devis/{quote.pk}/courriel/", {"to": "ana@example.org"}, follow=True)
    assert "Le message part" in page.content.decode()
    message = OutgoingMessage.objects.get()
    assert (message.recipients, message.attachments.count()) == (["ana@example.org"], 1)
    assert "/devis/" in message.body
    assert QuoteLink.objects.filter(quote=quote).count() == 2
    client.post(f"/devis/{quote.pk}/modele/", {"name": "Parquet"})
    template = QuoteTemplate.objects.get()
    begun = client.post(f"/devis/modeles/{template.pk}/partir/")
    assert begun["Location"] == f"/devis/{Quote.objects.latest('pk').pk}/modifier/"
    client.post(f"/devis/{quote.pk}/dupliquer/")
    client.post(f"/devis/{quote.pk}/reviser/")
    assert Quote.objects.filter(state=QuoteState.DRAFT).count() == 3
    assert Quote.objects.filter(replaces=quote).count() == 1
    signed = SimpleUploadedFile("signe.pdf", b"%PDF-1.7 x", content_type="application/pdf")
    answer = {"name": "Ana", "answered_on": str(today()), "action": "accept", "signed": signed}
    assert "L’accord est noté" in client.post(f"/devis/{quote.pk}/reponse/", answer, follow=True).content.decode()
    assert Quote.objects.get(pk=quote.pk).acceptance.sha256


def test_the_customer_reads_chooses_and_signs(client: Client, activity: Activity) -> None:
    quote = on_offer(activity, lines=[line(), line("Vernis", "1", "300", is_option=True)])
    address, visitor = f"/devis/{secret_of(quote)}/", Client()
    page = visitor.get(address)
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex, nofollow")
    option = str(quote.lines.get(is_option=True).pk)
    assert "1\u202f440,00" in visitor.post(f"{address}totaux/", {"options": [option]}).content.decode()
    refused = visitor.post(f"{address}accepter/", {"name": "Ana", "options": [option]})
    assert refused.status_code == 200
    assert Quote.objects.get(pk=quote.pk).state == QuoteState.SENT
    signed = visitor.post(f"{address}accepter/", {"name": "Ana", "agrees": "on", "options": [option]}, follow=True)
    assert "Devis accepté" in signed.content.decode()
    acceptance = Quote.objects.get(pk=quote.pk).acceptance
    assert (acceptance.name, acceptance.gross, acceptance.ip_address) == ("Ana", Decimal(1440), "127.0.0.1")
    assert "Signer et accepter" not in visitor.get(address).content.decode()
    again = visitor.post(f"{address}accepter/", {"name": "Bob", "agrees": "on"})
    assert Quote.objects.get(pk=quote.pk).acceptance.name == "Ana"
    assert again.status_code == 200


def test_the_customer_declines(activity: Activity) -> None:
    quote = on_offer(activity)
    address = f"/devis/{secret_of(quote)}/"
    page = Client().post(f"{address}refuser/", {"refus-name": "Ana", "refus-reason": "Trop cher"}, follow=True)
    assert "Devis refusé" in page.content.decode()
    assert Quote.objects.get(pk=quote.pk).refusal.reason == "Trop cher"


def test_unknown_expired_and_revoked_links_open_nothing(activity: Activity) -> None:
    quote = on_offer(activity)
    secret = secret_of(quote)
    link = QuoteLink.objects.get()
    assert link.digest == digest_of(secret)
    assert secret not in str(QuoteLink.objects.values().get())
    other = ("A" if secret[0] != "A" else "B") + secret[1:]
    assert Client().get(f"/devis/{other}/").status_code == 404
    for field in ("expires_at", "revoked_at"):
        QuoteLink.objects.update(**{field: link.created_at + timedelta(microseconds=1)})
        closed = Client().get(f"/devis/{secret}/")
        assert (closed.status_code, "n’ouvre rien" in closed.content.decode()) == (404, True)
        QuoteLink.objects.update(expires_at=link.expires_at, revoked_at=None)
    assert Client().get(f"/devis/{secret}/").status_code == 200


def test_a_link_opened_too_often_waits(activity: Activity) -> None:
    secret = secret_of(on_offer(activity))
    QuoteLink.objects.update(minute_began_at=timezone.now(), minute_uses=MOST_PER_MINUTE)
    assert Client().get(f"/devis/{secret}/").status_code == 429


def test_the_customer_gets_the_stored_files(activity: Activity, settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    GeneralConditions.objects.create(
        valid_from=date(2026, 1, 1), pdf=SimpleUploadedFile("cgv.pdf", b"%PDF-1.7 cgv"), sha256="0" * 64
    )
    quote = on_offer(activity)
    address = f"/devis/{secret_of(quote)}/"
    assert Client().get(f"{address}pdf/").status_code == 503
    store_pdf(quote=quote, by=quote.created_by)
    response = Client().get(f"{address}pdf/")
    assert (response.status_code, b"".join(response.streaming_content)[:5]) == (200, b"%PDF-")  # type: ignore[attr-defined]
    assert Client().get(f"{address}conditions/").content == b"%PDF-1.7 cgv"
