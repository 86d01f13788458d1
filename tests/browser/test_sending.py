"""An invoice leaves from the entrepreneur's page; the customer opens its link elsewhere, without an account."""

import re

import pytest
from django.conf import settings
from django.core import mail as outbox
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from cae_backoffice.core.tasks import send_message
from invoicing.sending.models import DocumentSending
from tests.browser.accessibility import assert_accessible
from tests.conftest import signed_in
from tests.invoicing.factories import entrepreneur_of, make_contact, make_customer, make_selling_activity
from tests.invoicing.sending.books import make_stored

pytestmark = pytest.mark.browser


def test_an_invoice_is_sent_and_its_link_opened(
    page: Page,
    context: BrowserContext,
    chromium: Browser,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "SITE_ADDRESS", live_server.url)
    activity = make_selling_activity(name="Bois & Cie")
    customer = make_customer(activity, email="accueil@example.org")
    make_contact(customer, "Zoé Blin", email="zoe@example.org", gets_invoices=True)
    invoice = make_stored(activity, customer=customer)
    session = signed_in(entrepreneur_of(activity)).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"/factures/{invoice.pk}/")
    page.get_by_role("link", name="Envoyer", exact=True).click()
    expect(page.get_by_label("Zoé Blin (zoe@example.org)")).to_be_checked()
    expect(page.get_by_label("Objet")).to_have_value(re.compile(f"^Votre facture {invoice.number}"))
    assert_accessible(page)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Votre document part par courriel")).to_be_visible()
    expect(page.get_by_role("cell", name="zoe@example.org")).to_be_visible()
    assert_accessible(page)
    send_message(DocumentSending.objects.get().message_id)
    (mail,) = outbox.outbox
    (address,) = re.findall(r"http://\S+/documents/\S+", str(mail.body))
    elsewhere = chromium.new_context()
    answer = elsewhere.request.get(address)
    assert (answer.status, answer.headers["content-type"], answer.body()) == (
        200,
        "application/pdf",
        f"%PDF-1.7 {invoice.number}".encode(),
    )
    stranger = elsewhere.new_page()
    stranger.goto(address[:-5] + "xxxx/")
    expect(stranger.get_by_role("heading", name="Ce lien n’est plus valable")).to_be_visible()
    elsewhere.close()
    page.reload()
    expect(page.get_by_role("cell", name=re.compile("^1 ?le "))).to_be_visible()
