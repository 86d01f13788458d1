"""The entrepreneurs' sheet: saved by itself, given back, searched, driven by the keyboard."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from invoicing.invoices.models import Invoice
from invoicing.invoices.services import save_draft
from members.activities.models import Activity
from members.people.models import User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_entrepreneur import activity, assert_fits, entrepreneur, sign_in
from tests.invoicing.factories import make_content, make_customer, make_draft, make_line, make_product

__all__ = ["activity", "entrepreneur"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"


def saved(page: Page) -> None:
    """Wait until the sheet says that all is kept."""
    expect(page.locator("[data-autosave]")).to_have_text(re.compile(r"Enregistré à \d\d:\d\d"))


def labels(page: Page) -> list[str]:
    """The lines as they stand on the page."""
    return [one.input_value() for one in page.get_by_label("Désignation").all()]


def strict(route: Route) -> None:
    """The page as a server with a strict policy sends it."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})


def test_by_the_keyboard_alone_under_a_strict_policy(page: Page, entrepreneur: User, activity: Activity) -> None:
    """A product is found and chosen, a line added, moved, removed, given back; saved by itself, then by Ctrl+Enter."""
    product = make_product(activity, "Étude de sol", unit_price=Decimal("420.5"), description="Deux sondages")
    make_product(activity, "Étude de charpente")
    sign_in(page, entrepreneur)
    page.route("**/factures/**", strict)
    page.goto("/factures/nouvelle/")
    press, write = page.keyboard.press, page.keyboard.type
    label = page.get_by_label("Désignation").first
    label.focus()
    write("etude")
    offered = page.locator("[data-products]:not([hidden]) [role=option]")
    expect(offered).to_have_count(2)
    assert_accessible(page)
    press("ArrowDown")
    press("ArrowDown")
    expect(offered.nth(1)).to_contain_text("Étude de sol")
    expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
    expect(label).to_have_attribute("aria-activedescendant", re.compile("-1$"))
    press("Enter")
    expect(label).to_have_value("Étude de sol")
    expect(page.get_by_label("Prix unitaire HT")).to_have_value("420,50")
    expect(page.get_by_label("Quantité")).to_be_focused()
    write("2")
    for _ in range(4):  # unit, price, VAT, then a new line
        press("Enter")
    expect(page.get_by_label("Désignation").nth(1)).to_be_focused()
    write("Déplacement")
    press("Escape")
    for _ in range(3):
        press("Enter")
    write("20")
    saved(page)
    press("Alt+ArrowUp")
    expect(page.get_by_label("Désignation").first).to_have_value("Déplacement")
    page.get_by_role("button", name="Retirer").first.focus()
    press("Enter")
    expect(page.get_by_label("Désignation")).to_have_count(1)
    expect(page.get_by_role("button", name="Annuler")).to_be_focused()
    assert_accessible(page)
    press("Enter")
    expect(page.get_by_label("Désignation")).to_have_count(2)
    assert labels(page) == ["Déplacement", "Étude de sol"]
    saved(page)
    expect(page).to_have_url(re.compile(r"/factures/\d+/modifier/"))
    press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Votre brouillon est enregistré.")
    invoice = Invoice.objects.get()
    assert [(line.label, line.quantity, line.product_id) for line in invoice.lines.order_by("position")] == [
        ("Déplacement", 1, None),
        ("Étude de sol", 2, product.pk),
    ]
    assert invoice.net == Decimal("861.00")


def test_what_was_changed_elsewhere_is_not_overwritten(page: Page, entrepreneur: User, activity: Activity) -> None:
    """It is said at once; saving says it again; a second press replaces it knowingly."""
    customer = make_customer(activity)
    draft = make_draft(activity, by=entrepreneur, customer=customer)
    sign_in(page, entrepreneur)
    page.goto(f"/factures/{draft.pk}/modifier/")
    other = make_content(activity, customer=customer, subject="Ailleurs", lines=[make_line("Autre")])
    save_draft(invoice=draft, content=other, by=entrepreneur)
    page.get_by_label("Objet").fill("Ici")
    expect(page.locator("[data-autosave]")).to_contain_text("modifié ailleurs")
    assert Invoice.objects.get().subject == "Ailleurs"
    assert_accessible(page)
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(page.get_by_role("alert").first).to_contain_text("a été modifié ailleurs")
    assert Invoice.objects.get().subject == "Ailleurs"
    expect(page.get_by_label("Objet")).to_have_value("Ici")
    page.get_by_role("button", name="Enregistrer le brouillon").last.click()
    expect(page.get_by_role("status")).to_contain_text("Votre brouillon est enregistré.")
    assert Invoice.objects.get().subject == "Ici"


def test_a_phone_loses_its_network_and_leaving_is_asked(page: Page, entrepreneur: User, activity: Activity) -> None:
    """What is not kept is said, and the browser asks before the page goes; once kept it goes."""
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Désignation").fill("Étude")
    expect(page.locator("[data-autosave]")).to_contain_text("Non enregistré")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name=re.compile("Factures")).first.click()
    expect(page.get_by_label("Désignation")).to_have_value("Étude")
    assert asked == ["beforeunload"]
    page.get_by_label("Prix unitaire HT").fill("100")
    saved(page)
    assert_fits(page)
    page.get_by_role("link", name=re.compile("Factures")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Factures")
    assert asked == ["beforeunload"]
    assert Invoice.objects.get().net == Decimal("100.00")


def test_a_discount_on_the_whole_is_seen_at_once(page: Page, entrepreneur: User, activity: Activity) -> None:
    """5 % of 200 €."""
    sign_in(page, entrepreneur)
    page.goto("/factures/nouvelle/")
    page.get_by_label("Désignation").fill("Étude")
    page.get_by_label("Prix unitaire HT").fill("200")
    page.get_by_text("Remise ou frais sur le document").click()
    page.get_by_label("Valeur").fill("5")
    page.get_by_label("Motif").fill("Fidélité")
    expect(page.locator("[data-totals]")).to_contain_text("\u221210,00\u00a0€")
    saved(page)
    assert_accessible(page)
    assert_fits(page)
    assert Invoice.objects.get().net == Decimal("190.00")
