"""The accountant goes through the approval queue: at the desk by keyboard alone, on a phone by buttons."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cae_backoffice.core.access import Role
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ReturnReason
from tests.browser.accessibility import assert_accessible
from tests.browser.test_entrepreneur import assert_fits, sign_in
from tests.invoicing.factories import make_submitted
from tests.members.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = 768


def make_queue(page: Page) -> list[Invoice]:
    """Four submitted documents, and the accountant before the first of them."""
    ReturnReason.objects.create(text="Joignez le devis signé.")
    names = ("Un", "Deux", "Trois", "Quatre")
    invoices = [make_submitted(on=timezone.localdate(), subject=f"Document {name}") for name in names]
    user = make_user(Role.ACCOUNTANT, email="queue@example.org", password=PASSWORD)
    sign_in(page, user)
    main = page.locator("#main, main").first
    main.get_by_role("link", name=re.compile("^Relire les 4")).click()
    shows(page, "Un", "1 sur 4")
    return invoices


def shows(page: Page, name: str, position: str) -> None:
    """The document and its place in the queue; the keys listen once its script has run."""
    expect(page.locator(".bo-queue-bar")).to_contain_text(position)
    expect(page.locator(".bo-facts")).to_contain_text(f"Document {name}")
    expect(page.locator("#queue-preview img").first).to_be_visible()


def states(invoices: list[Invoice]) -> list[str]:
    """As stored, in the order of the queue."""
    stored = dict(Invoice.objects.values_list("pk", "state"))
    return [stored[invoice.pk] for invoice in invoices]


def test_the_queue_by_keyboard_or_by_buttons(page: Page) -> None:
    """Look, go back and forth, approve, issue, return with a reason: the next document comes each time."""
    invoices = make_queue(page)
    assert page.viewport_size is not None
    assert_fits(page)
    assert_accessible(page)
    if page.viewport_size["width"] < PHONE:
        by_buttons(page)
    else:
        by_keyboard(page)
    assert states(invoices) == ["APPROVED", "ISSUED", "DRAFT", "SUBMITTED"]
    invoices[2].refresh_from_db()
    assert invoices[2].return_reason == "Joignez le devis signé."


def by_buttons(page: Page) -> None:
    """As on a phone."""
    page.get_by_role("link", name="Suivant").click()
    shows(page, "Deux", "2 sur 4")
    page.get_by_role("link", name="Précédent").click()
    shows(page, "Un", "1 sur 4")
    page.get_by_role("button", name="Valider", exact=True).click()
    shows(page, "Deux", "1 sur 3")
    page.get_by_role("button", name="Valider et émettre").click()
    shows(page, "Trois", "1 sur 2")
    page.get_by_text("Renvoyer avec un motif").click()
    page.get_by_role("button", name="Joignez le devis signé.").click()
    assert_accessible(page)
    page.get_by_role("button", name="Renvoyer en brouillon").click()
    shows(page, "Quatre", "1 sur 1")


def by_keyboard(page: Page) -> None:
    """Not one click."""
    press = page.keyboard.press
    press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press("j")
    shows(page, "Deux", "2 sur 4")
    press("ArrowRight")
    shows(page, "Trois", "3 sur 4")
    press("k")
    shows(page, "Deux", "2 sur 4")
    press("ArrowLeft")
    shows(page, "Un", "1 sur 4")
    press("a")
    shows(page, "Deux", "1 sur 3")
    press("e")
    shows(page, "Trois", "1 sur 2")
    press("r")
    expect(page.get_by_label("Motif", exact=True)).to_be_focused()
    page.keyboard.type("aej")
    expect(page.get_by_label("Motif", exact=True)).to_have_value("aej")
    press("Escape")
    expect(page.get_by_label("Motif", exact=True)).to_be_hidden()
    press("r")
    expect(page.get_by_label("Motif", exact=True)).to_be_focused()
    press("Control+a")
    press("Delete")
    press("Tab")
    while page.evaluate("document.activeElement.dataset.reason") != "Joignez le devis signé.":
        press("Tab")
    press("Enter")
    expect(page.get_by_label("Motif", exact=True)).to_be_focused()
    expect(page.get_by_label("Motif", exact=True)).to_have_value("Joignez le devis signé.")
    assert_accessible(page)
    press("Control+Enter")
    shows(page, "Quatre", "1 sur 1")
