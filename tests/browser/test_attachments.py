"""Files joined to documents, by those who sell and by those who approve, on a phone and at a desk."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from cae_backoffice.core.access import Role
from invoicing.invoices.models.attachments import DocumentAttachment
from tests.browser.accessibility import assert_accessible
from tests.browser.test_entrepreneur import assert_fits, sign_in
from tests.invoicing.factories import (
    blank_pdf,
    entrepreneur_of,
    make_attachment,
    make_draft,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Convention de formation professionnelle signée par le client et par la coopérative le 2 novembre 2026"


def test_an_entrepreneur_joins_a_file_and_takes_it_away(page: Page) -> None:
    """By the form of the draft's page."""
    activity = make_selling_activity()
    user = entrepreneur_of(activity)
    user.set_password(PASSWORD)
    user.save()
    invoice = make_draft(activity)
    sign_in(page, user)
    page.goto(f"/factures/{invoice.pk}/")
    page.get_by_text("Joindre une pièce").click()
    page.get_by_label("Nature de la pièce").select_option("Convention ou contrat de formation")
    page.get_by_label("Fichier").set_input_files(
        FilePayload(name=f"{LONG}.pdf", mimeType="application/pdf", buffer=blank_pdf())
    )
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("button", name="Joindre", exact=True).click()
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("button", name=re.compile("^Retirer Convention")).click()
    expect(page.get_by_text("Aucune pièce.")).to_be_visible()
    assert not DocumentAttachment.objects.exists()


def test_the_accountant_finds_the_file_in_the_queue_and_on_the_document(page: Page) -> None:
    """Where a further one is joined."""
    invoice = make_submitted(on=timezone.localdate())
    make_attachment(invoice)
    sign_in(page, make_user(Role.ACCOUNTANT, email="pieces@example.org", password=PASSWORD))
    page.goto(f"/gestion/invoicing/invoice/a-valider/{invoice.pk}/")
    expect(page.get_by_role("link", name="Convention Écrire")).to_be_visible()
    expect(page.locator("#queue-preview img").first).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    page.goto(f"/gestion/invoicing/invoice/{invoice.pk}/change/")
    page.get_by_label("Nature de la pièce").select_option("Bon de commande")
    page.locator("#id_file").set_input_files(
        FilePayload(name="Bon 12.pdf", mimeType="application/pdf", buffer=blank_pdf(300))
    )
    page.get_by_role("button", name="Joindre la pièce").click()
    expect(page.get_by_role("link", name="Bon 12")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
