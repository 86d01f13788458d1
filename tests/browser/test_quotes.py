"""A quote written with the keyboard alone, and signed by its customer in another browser: phone and desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from invoicing.customers.enums import CustomerKind
from invoicing.quotes.enums import QuoteState, SignatureKind
from invoicing.quotes.models import Quote
from members.activities.models import Activity
from members.people.models import User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_entrepreneur import activity, assert_fits, entrepreneur, sign_in
from tests.invoicing.factories import make_customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["activity", "entrepreneur"]

LINES = [
    ("Dépose de l’ancien sol", "20", "15"),
    ("Ragréage", "20", "12,50"),
    ("Parquet en chêne", "22", "48"),
    ("Pose collée", "20", "35"),
    ("Plinthes", "18", "9,90"),
    ("Vitrification", "20", "18"),
]
NET = "2\u202f484,20\u00a0€"
WITH_OPTION = "2\u202f844,20\u00a0€"
MOST_TABS = 60


def tab_to(page: Page, selector: str) -> None:
    """Move with the Tab key alone until the focus is there."""
    for _ in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way by keyboard to {selector}")


def type_into(page: Page, selector: str, text: str) -> None:
    """Go there by Tab and replace what stands there."""
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def write_by_keyboard(page: Page) -> None:
    """Subject, delay and six lines, the last one an option, and the button that numbers the quote."""
    type_into(page, "#id_subject", "Parquet du salon")
    for index, (label, quantity, price) in enumerate(LINES):
        type_into(page, f"[name=lines-{index}-label]", label)
        type_into(page, f"[name=lines-{index}-quantity]", quantity)
        type_into(page, f"[name=lines-{index}-unit_price]", price)
        if index < len(LINES) - 1:
            tab_to(page, "[data-add]")
            page.keyboard.press("Enter")
            expect(page.locator("[data-lines] > [data-line]")).to_have_count(index + 2)
    tab_to(page, "[name=lines-5-is_option]")
    page.keyboard.press("Space")
    type_into(page, "#id_execution", "Six semaines après l’accord")
    expect(page.locator("[data-totals]")).to_contain_text(NET)
    assert_fits(page)
    assert_accessible(page)
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")


def test_a_quote_is_written_by_keyboard_and_signed_through_its_link(
    page: Page, chromium: Browser, live_server: LiveServer, entrepreneur: User, activity: Activity
) -> None:
    customer = make_customer(activity, CustomerKind.CONSUMER)
    sign_in(page, entrepreneur)
    page.goto(f"/devis/nouveau/?client={customer.pk}")
    expect(page.get_by_label("Client", exact=True)).to_have_value(str(customer.pk))
    write_by_keyboard(page)

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Devis D\d{4}-00001"))
    assert_fits(page)
    assert_accessible(page)
    quote = Quote.objects.get()
    assert (quote.state, f"{quote.net}") == (QuoteState.SENT, "2484.20")
    page.get_by_role("button", name="Créer un lien privé").click()
    said = page.get_by_text("Copiez ce lien maintenant")
    expect(said).to_be_visible()
    address = re.search(r"https?://\S+", said.inner_text())
    assert address is not None
    assert_fits(page)

    customers_view(chromium, page, address[0], draws=False)
    quote.refresh_from_db()
    assert (quote.state, f"{quote.acceptance.net}") == (QuoteState.ACCEPTED, "2844.20")
    assert quote.acceptance.signature_kind == SignatureKind.TYPED
    assert [choice.line.label for choice in quote.acceptance.options.all()] == ["Vitrification"]
    page.reload()
    expect(page.get_by_text("Accepté par Élodie Bernard")).to_be_visible()


def customers_view(chromium: Browser, page: Page, address: str, *, draws: bool) -> None:
    """Another browser, without account: reads, takes the option, signs; by keyboard, or by drawing."""
    context = chromium.new_context(viewport=page.viewport_size, locale="fr-FR", timezone_id="Europe/Paris")
    other = context.new_page()
    problems: list[str] = []
    other.on("pageerror", lambda error: problems.append(str(error)))
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text(re.compile("Devis D"))
    expect(other.locator("meta[name=robots]")).to_have_attribute("content", "noindex, nofollow")
    assert_fits(other)
    assert_accessible(other)
    tab_to(other, "[name=options]")
    other.keyboard.press("Space")
    expect(other.locator("[data-totals]")).to_contain_text(WITH_OPTION)
    type_into(other, "#id_name", "Élodie Bernard")
    if draws:
        box = other.locator("canvas").bounding_box()
        assert box is not None
        other.mouse.move(box["x"] + 20, box["y"] + 40)
        other.mouse.down()
        other.mouse.move(box["x"] + 180, box["y"] + 90, steps=5)
        other.mouse.up()
    tab_to(other, "[name=agrees]")
    other.keyboard.press("Space")
    tab_to(other, "[data-quote] button:not([type=button])")
    other.keyboard.press("Enter")
    expect(other.get_by_role("status")).to_contain_text("Devis accepté")
    assert_fits(other)
    assert_accessible(other)
    assert problems == []
    context.close()


def test_a_signature_is_drawn(
    page: Page, chromium: Browser, live_server: LiveServer, entrepreneur: User, activity: Activity
) -> None:
    customer = make_customer(activity, CustomerKind.CONSUMER)
    sign_in(page, entrepreneur)
    page.goto(f"/devis/nouveau/?client={customer.pk}")
    expect(page.get_by_label("Client", exact=True)).to_have_value(str(customer.pk))
    write_by_keyboard(page)
    page.get_by_role("button", name="Créer un lien privé").click()
    said = page.get_by_text("Copiez ce lien maintenant")
    expect(said).to_be_visible()
    address = re.search(r"https?://\S+", said.inner_text())
    assert address is not None
    customers_view(chromium, page, address[0], draws=True)
    assert Quote.objects.get().acceptance.signature_kind == SignatureKind.DRAWN
