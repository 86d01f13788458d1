"""The pages of sending: the entrepreneur's, the staff's, and the customer's link."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.mail import deliver
from invoicing.sending.models import DocumentSending, SendingPreference
from tests.conftest import signed_in
from tests.invoicing.factories import entrepreneur_of, make_contact, make_customer, make_draft, make_selling_activity
from tests.invoicing.sending.books import AT, make_sent, make_stored

pytestmark = pytest.mark.django_db
SECRET = "s" * 43


def test_the_entrepreneur_reads_the_message_over_and_sends_it() -> None:
    activity = make_selling_activity()
    customer = make_customer(activity, email="client@example.org")
    make_contact(customer, "Zoé", email="zoe@example.org", gets_invoices=True)
    invoice = make_stored(activity, customer=customer)
    client = signed_in(entrepreneur_of(activity))
    page = reverse("invoice-send", args=[invoice.pk])
    shown = client.get(page)
    assert shown.context["form"].initial["to"] == ["zoe@example.org"]
    assert "client@example.org" in shown.content.decode()
    nobody = client.post(page, {"to": [], "also": "", "subject": "Objet", "body": "Texte"}).content.decode()
    assert "Choisissez au moins un destinataire." in nobody
    refused = client.post(page, {"to": [], "also": "x@y", "subject": "Objet", "body": "Texte"}).content.decode()
    assert "«\u00a0x@y\u00a0» n’est pas une adresse de courriel." in refused
    assert not DocumentSending.objects.exists()
    sent = client.post(
        page, {"to": ["zoe@example.org"], "also": "b@example.org; c@example.org", "subject": "Objet", "body": "{lien}"}
    )
    assert sent.headers["Location"] == reverse("invoice-detail", args=[invoice.pk])
    message = DocumentSending.objects.get().message
    assert (message.recipients, message.title) == (["zoe@example.org", "b@example.org", "c@example.org"], "Objet")


def test_a_document_that_is_not_issued_cannot_be_sent() -> None:
    activity = make_selling_activity()
    client = signed_in(entrepreneur_of(activity))
    assert client.get(reverse("invoice-send", args=[make_draft(activity).pk])).status_code == 403


def test_the_entrepreneur_sends_again_closes_the_link_and_lets_documents_leave_by_themselves() -> None:
    activity = make_selling_activity()
    sending = make_sent(activity)
    deliver(message_id=sending.message_id, at=AT)
    client = signed_in(entrepreneur_of(activity))
    client.post(reverse("documentsending-resend", args=[sending.pk]))
    assert DocumentSending.objects.count() == 2
    client.post(reverse("documentsending-revoke", args=[sending.pk]))
    client.post(reverse("invoice-send-choose", args=[sending.invoice_id]), {"automatic": "1"})
    assert SendingPreference.objects.get().is_automatic
    page = client.get(reverse("invoice-send", args=[sending.invoice_id])).content.decode()
    assert "partent par courriel dès leur émission" in page
    client.post(reverse("invoice-send-choose", args=[sending.invoice_id]), {"automatic": "0"})
    assert not SendingPreference.objects.get().is_automatic


def test_the_customer_opens_the_link_without_an_account(client: Client) -> None:
    sending = make_sent(secret=SECRET)
    response = client.get(reverse("document-download", args=[SECRET]))
    assert b"".join(response.streaming_content) == f"%PDF-1.7 {sending.invoice.number}".encode()  # type: ignore[attr-defined]
    assert {name: response.headers[name] for name in ("Content-Type", "X-Robots-Tag", "Referrer-Policy")} == {
        "Content-Type": "application/pdf",
        "X-Robots-Tag": "noindex, nofollow",
        "Referrer-Policy": "no-referrer",
    }
    assert "no-store" in response.headers["Cache-Control"]
    for _ in range(59):
        b"".join(client.get(reverse("document-download", args=[SECRET])).streaming_content)  # type: ignore[attr-defined]
    slowed = client.get(reverse("document-download", args=[SECRET]))
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "60")


def test_a_link_that_does_not_open_says_so(client: Client) -> None:
    make_sent(secret=SECRET)
    page = client.get(reverse("document-download", args=["t" * 43]))
    assert page.status_code == 404
    assert "Ce lien n’est plus valable" in page.content.decode()
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_staff_sends_and_follows(accountant_client: Client) -> None:
    invoice = make_stored()
    page = reverse("admin:invoicing_documentsending_send", args=[invoice.pk])
    assert "client@example.org" in accountant_client.get(page).content.decode()
    response = accountant_client.post(
        page, {"to": ["client@example.org"], "also": "", "subject": "Objet", "body": "Texte"}
    )
    assert response.headers["Location"] == reverse("admin:invoicing_invoice_change", args=[invoice.pk])
    sending = DocumentSending.objects.get()
    shown = accountant_client.get(reverse("admin:invoicing_documentsending_change", args=[sending.pk])).content.decode()
    assert "client@example.org" in shown
    deliver(message_id=sending.message_id, at=AT)
    assert (
        accountant_client.post(reverse("admin:invoicing_documentsending_resend", args=[sending.pk])).status_code == 302
    )
    assert (
        accountant_client.post(reverse("admin:invoicing_documentsending_revoke", args=[sending.pk])).status_code == 302
    )
    sending.refresh_from_db()
    sending.link.refresh_from_db()
    assert (sending.message.state, sending.link.revoked_at is None) == (MessageState.SENT, False)
    assert DocumentSending.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_staffs_list_costs_the_same(
    accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    activity = make_selling_activity()
    for _ in range(count):
        make_sent(activity)
    with django_assert_num_queries(6):
        accountant_client.get(reverse("admin:invoicing_documentsending_changelist"))
