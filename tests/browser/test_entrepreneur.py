"""The main job of an entrepreneur, as she does it: on a phone and on a desk."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from cae_backoffice.core.access import Role
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import return_invoice, store_pdf
from members.activities.models import Activity
from members.contracts.enums import ContractKind
from members.people.models import User
from tests.browser.accessibility import assert_accessible
from tests.invoicing.factories import (
    accountant,
    make_customer,
    make_delivery_address,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
    open_books,
)
from tests.members.factories import (
    PASSWORD,
    make_activity,
    make_contract,
    make_cooperative,
    make_person,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def entrepreneur(transactional_db: None) -> User:
    """Camille, who signs in by typing and carries one activity under CESA."""
    make_cooperative()
    user = make_user(Role.ENTREPRENEUR, email="camille@example.org", full_name="Camille Martin", password=PASSWORD)
    person = make_person("Camille", "Martin", user=user)
    make_contract(person, ContractKind.CESA, starts_on=date(2025, 1, 1))
    make_activity([person], name="Atelier Camille")
    return user


@pytest.fixture
def activity(entrepreneur: User) -> Activity:
    """Hers."""
    return Activity.objects.get(name="Atelier Camille")


def sign_in(page: Page, user: User) -> None:
    """By the door."""
    page.goto("/connexion/")
    page.get_by_label("Adresse e-mail").fill(user.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page).not_to_have_url(re.compile("/connexion/"))


def assert_fits(page: Page) -> None:
    """Nothing to scroll sideways."""
    page.wait_for_load_state()  # after a click the next document may have begun without an element yet
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_from_a_blank_sheet_to_the_pdf(
    page: Page, context: BrowserContext, chromium: Browser, live_server: LiveServer, entrepreneur: User
) -> None:
    """She creates the customer on the way, submits; the accountant approves and issues; she sees revenue and PDF."""
    sign_in(page, entrepreneur)
    page.get_by_role("main").get_by_role("link", name="Nouvelle facture").click()
    page.get_by_label("Objet").fill("Escalier en chêne")
    page.get_by_label("Désignation").fill("Fabrication et pose")
    page.get_by_label("Quantité").fill("2")
    page.get_by_label("Prix unitaire HT").fill("1 234,56")
    expect(page.locator("[data-totals]")).to_contain_text("2\u202f962,94\u00a0€")
    assert_fits(page)
    page.get_by_role("button", name="Nouveau client").click()

    page.get_by_label("Nom ou raison sociale").fill("Boulangerie des Ponts")
    page.get_by_label("SIREN").fill("732 829 320")
    page.get_by_label("N° et rue").fill("8 rue des Lilas")
    page.get_by_label("Code postal").fill("44000")
    page.get_by_label("Ville").fill("Nantes")
    assert_fits(page)
    page.get_by_role("button", name="Enregistrer et revenir à la facture").click()

    expect(page.get_by_label("Client", exact=True)).to_have_value(str(Customer.objects.get().pk))
    expect(page.get_by_label("Prix unitaire HT")).to_have_value("1\u202f234,56")
    page.get_by_role("button", name="Enregistrer et soumettre").click()
    expect(page.get_by_role("status")).to_contain_text("est soumise")
    invoice = Invoice.objects.get()
    assert invoice.state == InvoiceState.SUBMITTED
    assert_fits(page)

    _approve_and_issue(chromium, live_server.url, invoice)
    invoice.refresh_from_db()
    page.goto(f"/factures/{invoice.pk}/pdf/")
    expect(page.get_by_role("heading", name="PDF en préparation")).to_be_visible()
    store_pdf(invoice=invoice, by=accountant())

    page.goto("/mon-activite/")
    expect(page.get_by_role("main")).to_contain_text("2\u202f469,12\u00a0€")
    page.get_by_role("link", name=re.compile("Boulangerie des Ponts")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Facture {invoice.number}")
    pdf = context.request.get(f"/factures/{invoice.pk}/pdf/")
    assert (pdf.headers["content-type"], pdf.body()[:5]) == ("application/pdf", b"%PDF-")


def _approve_and_issue(chromium: Browser, address: str, invoice: Invoice) -> None:
    """The accountant, in a browser of her own, by the buttons of the back office."""
    clerk = make_user(Role.ACCOUNTANT, email="anne@example.org", full_name="Anne Comptable", password=PASSWORD)
    open_books()
    own_context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = own_context.new_page()
    sign_in(page, clerk)
    for act in ("approuver", "emettre"):
        page.goto(f"/gestion/invoicing/invoice/{invoice.pk}/{act}/")
        page.locator("button.bo-button[type=submit]").click()
        page.wait_for_url(re.compile(rf"/gestion/invoicing/invoice/{invoice.pk}/change/"))
    own_context.close()
    assert Invoice.objects.get(pk=invoice.pk).state == InvoiceState.ISSUED
    assert Invoice.objects.get(pk=invoice.pk).issued_on == timezone.localdate()


def test_lines_are_added_copied_and_removed_on_the_spot(page: Page, entrepreneur: User, activity: Activity) -> None:
    """Totals follow, and what is saved is what is seen."""
    customer = make_customer(activity, name="Mairie de Rezé", kind=CustomerKind.PUBLIC)
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Client", exact=True).select_option(str(customer.pk))
    page.get_by_label("Désignation").fill("Étude")
    page.get_by_label("Prix unitaire HT").fill("100,5")
    page.get_by_text("Détail, chapitre, remise, nature").click()
    page.get_by_label("Détail", exact=True).fill("Plans")
    page.get_by_role("button", name="Dupliquer").click()
    second = page.locator("[data-line]").nth(1)
    expect(second.get_by_label("Détail", exact=True)).to_have_value("Plans")
    expect(second.locator("[data-rank]")).to_have_text("2")
    second.get_by_label("Quantité").fill("3")
    expect(second.locator("[data-net]")).to_have_text("301,50\u00a0€")
    page.get_by_role("button", name="Ajouter une ligne").click()
    third = page.locator("[data-line]").nth(2)
    expect(third.get_by_label("Désignation")).to_be_focused()
    third.get_by_label("Désignation").fill("Déplacement")
    third.get_by_label("Prix unitaire HT").fill("20")
    page.locator("[data-line]").first.get_by_role("button", name="Retirer").click()
    expect(page.locator("[data-line]")).to_have_count(2)
    expect(page.locator("[data-totals] .grand")).to_contain_text("385,80\u00a0€")
    assert_fits(page)
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(page.get_by_role("status")).to_contain_text("Votre brouillon est enregistré.")
    assert [(line.label, line.quantity) for line in Invoice.objects.get().lines.all()] == [
        ("Étude", 3),
        ("Déplacement", 1),
    ]


def test_a_mistake_is_shown_at_its_field_with_what_was_typed(page: Page, entrepreneur: User) -> None:
    """And the field has the focus."""
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Désignation").fill("Étude")
    page.get_by_label("Prix unitaire HT").fill("cent")
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    price = page.get_by_label("Prix unitaire HT")
    expect(price).to_be_focused()
    expect(price).to_have_value("cent")
    expect(price).to_have_accessible_description("Saisissez un nombre, par exemple 1\u00a0234,56.")
    assert_fits(page)


def test_every_page_fits_the_screen_and_is_accessible(page: Page, entrepreneur: User, activity: Activity) -> None:
    """With long words, several states, a credit of figures."""
    customer = make_customer(activity, name="Établissements Anticonstitutionnellement-Vôtres et Compagnie SARL")
    make_delivery_address(customer)
    issued = make_issued(activity, customer=customer, lines=[make_line("Très long " * 15, "1", "98765432.10")])
    make_issued(activity, on=timezone.localdate(), subject="x" * 160)
    draft = make_draft(activity, customer=customer, lines=[make_line() for _ in range(3)])
    returned = make_submitted(activity, customer=customer)
    return_invoice(invoice=returned, reason="Il manque la date de livraison. " * 8, by=accountant())
    make_draft(make_selling_activity())
    sign_in(page, entrepreneur)
    for address in (
        "/mon-activite/",
        "/factures/",
        "/factures/nouvelle/",
        f"/factures/{issued.pk}/",
        f"/factures/{issued.pk}/pdf/",
        f"/factures/{draft.pk}/modifier/",
        f"/factures/{returned.pk}/",
        "/clients/",
        "/clients/nouveau/",
        f"/clients/{customer.pk}/modifier/",
        f"/clients/{customer.pk}/adresses/nouvelle/",
        "/mon-compte/",
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_fits(page)
        assert_accessible(page)


def test_the_kind_of_customer_says_what_is_asked(page: Page, entrepreneur: User) -> None:
    """A consumer has no SIREN, a public body has a service code."""
    sign_in(page, entrepreneur)
    page.goto("/clients/nouveau/")
    expect(page.get_by_label("SIREN")).to_be_visible()
    expect(page.get_by_label("Code service")).to_be_hidden()
    page.get_by_label("Organisme public").check()
    expect(page.get_by_label("Code service")).to_be_visible()
    page.get_by_label("Particulier").check()
    expect(page.get_by_label("SIREN")).to_be_hidden()


def test_the_doors_fit_the_screen(page: Page, entrepreneur: User) -> None:
    """Before signing in."""
    for address in ("/connexion/", "/mot-de-passe/", "/mot-de-passe/envoye/", "/mot-de-passe/fait/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_fits(page)


def test_without_scripts_the_sheet_works_by_its_buttons(
    chromium: Browser, live_server: LiveServer, screen: tuple[int, int], entrepreneur: User
) -> None:
    """Lines are added and totals reckoned by the server."""
    bare = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": screen[0], "height": screen[1]}
    )
    page = bare.new_page()
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Désignation").fill("Étude")
    page.get_by_label("Prix unitaire HT").fill("100,5")
    page.get_by_role("button", name="Ajouter une ligne").click()
    expect(page.get_by_label("Désignation")).to_have_count(2)
    page.get_by_label("Désignation").nth(1).fill("Plans")
    page.get_by_label("Prix unitaire HT").nth(1).fill("9,50")
    page.get_by_role("button", name="Actualiser le total").click()
    expect(page.locator("[data-totals] .grand")).to_contain_text("132,00\u00a0€")
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(page.get_by_role("status")).to_contain_text("Votre brouillon est enregistré.")
    assert Invoice.objects.get().lines.count() == 2
    bare.close()
