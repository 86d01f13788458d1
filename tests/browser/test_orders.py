"""A job invoiced in parts, on a phone and on a desk: what remains, a progress typed, its amounts while typing."""

import re

import pytest
from playwright.sync_api import Page, expect

from invoicing.invoices.models import Invoice
from members.activities.models import Activity
from members.people.models import User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_entrepreneur import activity, entrepreneur, sign_in  # noqa: F401  fixtures
from tests.invoicing.billing.orders import deposit, make_order
from tests.invoicing.factories import make_line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_progress_invoice_is_typed_and_prepared(page: Page, entrepreneur: User, activity: Activity) -> None:  # noqa: F811
    """40 % of 1 000 € at 20 % and of 500 € at 10 %: 600 € net, 100 € VAT, before anything is sent."""
    lines = [make_line("Pose", "10", "100", chapter="Gros œuvre"), make_line("Isolation", "5", "100", "FR10")]
    order = make_order(activity, lines=lines, subject="Rénovation de la grange")
    deposit(order, "30")
    sign_in(page, entrepreneur)
    page.goto("/commandes/")
    page.get_by_role("link", name=order.number).click()
    expect(page.get_by_role("heading", name=f"Commande {order.number}")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Nouvelle situation").click()
    expect(page.get_by_role("heading", name="Nouvelle situation")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Toute la commande (%)").fill("40")
    expect(page.locator("#montants")).to_contain_text(re.compile(r"700,00"))
    page.get_by_role("button", name="Préparer la situation").click()
    expect(page.get_by_role("heading", name=re.compile("Situation n°"))).to_be_visible()
    draft = Invoice.objects.get(order=order, part="PROGRESS")
    assert (str(draft.net), str(draft.vat), str(draft.gross)) == ("600.00", "100.00", "700.00")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("document.documentElement.clientWidth")
