"""The staff's list of outgoing messages, and the page of one."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.mail import deliver, keep_attachment, queue_mail
from cae_backoffice.core.models import OutgoingMessage
from members.cooperative.models import Cooperative
from tests.members.factories import clerk

LIST = reverse("admin:core_outgoingmessage_changelist")
AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cooperative(cooperative: Cooperative) -> None:
    """The pages bear its name."""


def queued(to: str = "client@example.org", subject: str = "Votre facture") -> OutgoingMessage:
    file = keep_attachment(name="facture.pdf", content_type="application/pdf", content=b"octets")
    return queue_mail(
        to=[to], subject=subject, body="Bonjour,\n<b>voici</b>.", about=clerk(), by=clerk(), at=AT, attachments=[file]
    )


def page_of(message: OutgoingMessage, act: str = "change") -> str:
    return reverse(f"admin:core_outgoingmessage_{act}", args=[message.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(
    accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        queued(subject=f"Facture {number}")
    with django_assert_num_queries(7):
        page = accountant_client.get(LIST).content.decode()
    assert all(f"Facture {number}" in page for number in range(count))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("recipient=ANNA", ["À Anna"]),
        ("state__exact=SENT", ["À Bruno"]),
        ("about=members.user", ["À Bruno", "À Anna"]),
        ("about=members.person", []),
        ("q=bruno", ["À Bruno"]),
    ],
)
def test_the_list_is_filtered(accountant_client: Client, query: str, found: list[str]) -> None:
    queued("anna@example.org", "À Anna")
    deliver(message_id=queued("bruno@example.org", "À Bruno").pk, at=AT)
    response = accountant_client.get(f"{LIST}?{query}")
    assert [message.title for message in response.context["cl"].queryset] == found


def test_a_message_is_read_with_its_log_then_cancelled(accountant_client: Client) -> None:
    message = queued()
    page = accountant_client.get(page_of(message)).content.decode()
    assert "Bonjour,\n&lt;b&gt;voici&lt;/b&gt;." in page
    assert "facture.pdf (1\u00a0Ko, SHA-256 " in page
    assert "25/11/2026 10:00:00 · Mis en attente" in page
    assert accountant_client.post(page_of(message, "cancel")).headers["Location"] == page_of(message)
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    again = accountant_client.post(page_of(message, "cancel")).content.decode()
    assert "Seul un message en attente peut être annulé." in again


def test_the_staff_does_not_read_the_secret_of_a_link(accountant_client: Client) -> None:
    secret = "s" * 43
    body = f"Voici :\nhttps://gestion.example.org/documents/{secret}/"
    message = queue_mail(to=["client@example.org"], subject="Lien", body=body, about=clerk(), by=clerk(), at=AT)
    page = accountant_client.get(page_of(message)).content.decode()
    assert (secret in page, "https://gestion.example.org/documents/•••/" in page) == (False, True)


def test_a_sent_message_is_sent_again(accountant_client: Client) -> None:
    message = queued()
    deliver(message_id=message.pk, at=AT)
    assert accountant_client.post(page_of(message, "resend")).status_code == 302
    copy = OutgoingMessage.objects.get(resent_of=message)
    assert copy.state == MessageState.QUEUED
    assert f'href="{page_of(message)}">Message n° {message.pk}' in accountant_client.get(page_of(copy)).content.decode()
