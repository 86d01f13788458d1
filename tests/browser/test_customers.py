"""A customer typed twice, and the private page that another reads: on a phone and on a desk."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DistinctPair
from invoicing.invoices.services import store_pdf
from invoicing.quotes.models import QuoteLink
from members.activities.models import Activity
from members.people.models import User
from tests.browser.accessibility import assert_accessible
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_customer,
    make_delivery_address,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.quotes.books import sent_quote
from tests.members.factories import PASSWORD, make_cooperative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def activity(transactional_db: None) -> Activity:
    """An activity with one entrepreneur."""
    make_cooperative()
    return make_selling_activity()


@pytest.fixture
def entrepreneur(activity: Activity) -> User:
    """Who signs in by typing."""
    user = entrepreneur_of(activity)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Page, user: User) -> None:
    """By the door."""
    page.goto("/connexion/")
    page.get_by_label("Adresse e-mail").fill(user.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).not_to_have_url(re.compile("/connexion/"))


def assert_good(page: Page) -> None:
    """Nothing to scroll sideways, nothing grave for those who do not see it."""
    page.wait_for_load_state()
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert_accessible(page)


def test_a_customer_typed_twice(page: Page, activity: Activity, entrepreneur: User) -> None:
    """She is warned, goes on, and is not warned of the same two again; the list is filtered."""
    make_customer(activity, CustomerKind.CONSUMER, name="Marie Dupont")
    sign_in(page, entrepreneur)
    page.goto("/clients/nouveau/")
    page.get_by_text("Particulier", exact=True).click()
    page.get_by_label("Nom ou raison sociale").fill("Dupond Marie")
    page.get_by_label("N° et rue").fill("8 rue des Lilas")
    page.get_by_label("Code postal").fill("35000")
    page.get_by_label("Ville").fill("Rennes")
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.get_by_role("main")).to_contain_text("Un client semblable existe déjà")
    expect(page.get_by_label("Nom ou raison sociale")).to_have_value("Dupond Marie")
    assert_good(page)
    assert Customer.objects.count() == 1
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.get_by_role("status")).to_contain_text("Dupond Marie est enregistré.")
    assert (Customer.objects.count(), DistinctPair.objects.count()) == (2, 1)
    page.get_by_label("Type de client").select_option("CONSUMER")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_url(re.compile("type=CONSUMER"))
    expect(page.get_by_role("link", name="Dupond Marie")).to_be_visible()
    assert_good(page)
    page.get_by_role("link", name="Reste dû").click()
    expect(page.get_by_role("heading", name="Aucun client ne correspond")).to_be_visible()


def test_the_default_place_follows_the_customer(page: Page, activity: Activity, entrepreneur: User) -> None:
    """On a new invoice, whenever another one is chosen."""
    one, other = (make_customer(activity, name=name) for name in ("Menuiserie Rose", "Scierie Bleue"))
    make_delivery_address(one)
    default = make_delivery_address(one, label="Dépôt", is_default=True)
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Client", exact=True).select_option(str(one.pk))
    expect(page.get_by_label("Adresse de livraison")).to_have_value(str(default.pk))
    page.get_by_label("Client", exact=True).select_option(str(other.pk))
    expect(page.get_by_label("Adresse de livraison")).to_have_value("")


def test_the_private_page_of_a_customer(
    page: Page, chromium: Browser, live_server: LiveServer, activity: Activity, entrepreneur: User
) -> None:
    """She gives the link; the customer, who has no account, reads what is due and goes on to the quote."""
    customer, today = make_customer(activity, name="Menuiserie Rose"), timezone.localdate()
    invoice = make_issued(activity, customer=customer, lines=[make_line("Étude", "1", "100")], on=date(2026, 11, 2))
    store_pdf(invoice=invoice, by=accountant())
    sent_quote(activity, customer=customer, on=today, valid_until=today + timedelta(days=9), subject="Parquet")
    sign_in(page, entrepreneur)
    page.goto(f"/clients/{customer.pk}/")
    page.get_by_role("button", name="Donner un lien").click()
    address = page.get_by_label("Lien privé").input_value()
    assert_good(page)

    own_context = chromium.new_context(base_url=live_server.url, viewport=page.viewport_size, locale="fr-FR")
    theirs = own_context.new_page()
    theirs.goto(address)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Menuiserie Rose")
    expect(theirs.get_by_role("main")).to_contain_text("120,00\u00a0€")
    assert_good(theirs)
    with theirs.expect_download() as download:
        theirs.get_by_role("link", name=re.compile(f"{invoice.number}")).click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    theirs.get_by_role("button", name=re.compile("Lire et répondre")).click()
    expect(theirs.get_by_role("main")).to_contain_text("Parquet")
    assert QuoteLink.objects.get().created_by == entrepreneur
    own_context.close()
