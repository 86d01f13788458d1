"""The approval queue as the accountant uses it, page by page."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import ApprovalSettings, ReturnReason, SelfApproval
from invoicing.invoices.services import grant_self_approval
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_approved,
    make_draft,
    make_issued,
    make_selling_activity,
    make_submitted,
)

pytestmark = pytest.mark.django_db
QUEUE = "/gestion/invoicing/invoice/a-valider/"


@pytest.fixture
def client(db: None) -> Client:
    """The browser of the accountant who writes in the factories."""
    return signed_in(accountant())


def submitted() -> Invoice:
    """A document submitted today."""
    return make_submitted(on=timezone.localdate())


def url(invoice: Invoice, act: str = "") -> str:
    """Where a document of the queue is, or what is done to it there."""
    return f"{QUEUE}{invoice.pk}/{act}"


def state_of(invoice: Invoice) -> str:
    """As stored."""
    return Invoice.objects.values_list("state", flat=True).get(pk=invoice.pk)


def test_an_empty_queue_says_so(client: Client) -> None:
    """And leads to what is to be issued."""
    page = client.get(QUEUE).content.decode()
    assert "Aucun document n’attend votre validation." in page
    assert "?state__exact=APPROVED" in page


def test_the_oldest_comes_first_and_each_shows_its_neighbours(client: Client) -> None:
    """With how many remain."""
    first, second, third = submitted(), submitted(), submitted()
    assert client.get(QUEUE)["Location"] == url(first)
    page = client.get(url(second)).content.decode()
    assert "<strong>2</strong> sur 3" in page
    assert f'data-key="previous" href="{url(first)}"' in page
    assert f'data-key="next" href="{url(third)}"' in page
    assert "Première facture du client" in page
    assert 'data-key="previous"' not in client.get(url(first)).content.decode()


def test_what_has_left_the_queue_leads_to_its_page(client: Client) -> None:
    """Somebody else was quicker."""
    invoice = make_approved()
    assert client.get(url(invoice))["Location"] == f"/gestion/invoicing/invoice/{invoice.pk}/change/"
    assert client.get(f"{QUEUE}999/").status_code == 404


@pytest.mark.parametrize(("act", "state"), [("valider/", "APPROVED"), ("valider-et-emettre/", "ISSUED")])
def test_an_act_leads_to_the_next_document(client: Client, act: str, state: str) -> None:
    """From the last to the first, and at the end to the good news."""
    first, second, third = submitted(), submitted(), submitted()
    assert client.post(url(second, act))["Location"] == url(third)
    assert client.post(url(third, act))["Location"] == url(first)
    assert client.post(url(first, act))["Location"] == QUEUE
    assert {state_of(invoice) for invoice in (first, second, third)} == {state}


def test_returning_with_a_reason(client: Client) -> None:
    """Without one the page comes back, its form open; with one the next document comes."""
    first, second = submitted(), submitted()
    page = client.post(url(first, "renvoyer/"), {"reason": " "}).content.decode()
    assert 'id="queue-return" open' in page
    assert state_of(first) == InvoiceState.SUBMITTED
    assert client.post(url(first, "renvoyer/"), {"reason": "Le taux."})["Location"] == url(second)
    first.refresh_from_db()
    assert (first.state, first.return_reason) == ("DRAFT", "Le taux.")


def test_reasons_are_offered(client: Client) -> None:
    """Those that the cooperative keeps."""
    ReturnReason.objects.create(text="Joignez le devis signé.")
    ReturnReason.objects.create(text="Ancien motif", is_offered=False)
    page = client.get(url(submitted())).content.decode()
    assert 'data-reason="Joignez le devis signé."' in page
    assert "Ancien motif" not in page


def test_a_refusal_stays_on_the_document(client: Client) -> None:
    """With its sentence, and nothing changed."""
    ApprovalSettings.objects.create(pk=1, four_eyes=True)
    invoice = submitted()
    page = client.get(url(invoice)).content.decode()
    assert "(quatre yeux)" in page
    assert 'data-key="approve"' not in page
    response = client.post(url(invoice, "valider/"))
    assert response["Location"] == url(invoice)
    assert "(quatre yeux)" in str(next(iter(get_messages(response.wsgi_request))))
    assert state_of(invoice) == InvoiceState.SUBMITTED


def test_the_first_of_two_waits_for_the_second(client: Client) -> None:
    """And is not offered to approve again, nor to issue before."""
    ApprovalSettings.objects.create(pk=1, two_approvers_from=Decimal(0))
    invoice = submitted()
    assert 'data-key="issue"' not in client.get(url(invoice)).content.decode()
    client.post(url(invoice, "valider/"))
    page = client.get(url(invoice)).content.decode()
    assert "Déjà validé par Claude Comptable" in page
    assert 'data-key="approve"' not in page


def test_what_became_wrong_since_is_shown(client: Client) -> None:
    """The contract ended."""
    invoice = submitted()
    yesterday = timezone.localdate() - timedelta(days=1)
    person = invoice.activity.conventions.get().shares.get().person
    person.contracts.update(ends_on=yesterday)
    page = client.get(url(invoice)).content.decode()
    assert "Ne peut être émise aujourd’hui" in page
    assert "n’a plus de contrat en cours" in page


def test_those_without_warning_are_approved_together(client: Client) -> None:
    """Only what was shown, only what is still clear."""
    known = make_issued()
    clear = make_submitted(known.activity, customer=known.customer, on=timezone.localdate(), subject="Tout autre chose")
    warned = submitted()
    page = client.get(f"{QUEUE}sans-alerte/").content.decode()
    assert f'name="invoice" value="{clear.pk}"' in page
    assert f'value="{warned.pk}"' not in page
    response = client.post(f"{QUEUE}sans-alerte/", {"invoice": [clear.pk, warned.pk]})
    assert response["Location"] == QUEUE
    assert (state_of(clear), state_of(warned)) == ("APPROVED", "SUBMITTED")
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Documents validés\u00a0: 1 sur 2."]


def test_the_pages_are_pictures_rendered_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named by their content; a document that is not submitted has none here."""
    invoice = submitted()
    fragment = client.get(url(invoice, "apercu/")).content.decode()
    assert f'src="{url(invoice, "apercu/1/")}?v=' in fragment
    monkeypatch.setattr("invoicing.invoices.services.preview.preview_pages", None)
    picture = client.get(url(invoice, "apercu/1/"))
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/png", "private, max-age=3600, immutable")
    with Image.open(io.BytesIO(picture.content)) as page:
        assert (page.format, page.width) == ("PNG", 910)
    assert client.get(url(invoice, "apercu/2/")).status_code == 404
    assert client.get(url(make_draft(), "apercu/")).status_code == 404


def test_the_mark_is_in_the_picture(client: Client) -> None:
    """Reddish across the middle of the sheet: what is shown cannot pass for an invoice."""
    with Image.open(io.BytesIO(client.get(url(submitted(), "apercu/1/")).content)) as page:
        colours = page.convert("RGB").getcolors(1 << 20) or []
    reddish = sum(count for count, colour in colours if isinstance(colour, tuple) and colour[0] - colour[1] > 30)
    assert reddish > 10_000


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_the_queue(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A literal count."""
    first, *_ = [submitted() for _ in range(count)]
    client.get(url(first))
    with django_assert_num_queries(31):
        client.get(url(first))


def test_rights(manager_client: Client) -> None:
    """Those who do not approve do not enter."""
    invoice = submitted()
    assert manager_client.get(QUEUE).status_code == 403
    assert manager_client.post(url(invoice, "valider/")).status_code == 403
    assert state_of(invoice) == InvoiceState.SUBMITTED


def test_granting_and_ending_a_right_by_hand(client: Client) -> None:
    """From the list to the record and to its end."""
    person = submitted().activity.conventions.get().shares.get().person
    typed = {"person": person.pk, "ceiling": "1500,50", "starts_on": "2026-11-01", "ends_on": "", "reason": "CA"}
    base = "/gestion/invoicing/selfapproval/"
    response = client.post(f"{base}add/", typed)
    assert response.status_code == 302
    page = client.get(base).content.decode()
    assert "1\u202f500,50\u00a0€" in page or "1\u00a0500,50\u00a0€" in page
    refused = client.post(f"{base}add/", typed).content.decode()
    assert "Cette personne a déjà une autovalidation" in refused
    pk = SelfApproval.objects.get().pk
    client.post(f"{base}{pk}/fin/", {"ends_on": "2026-12-31"})
    assert "31/12/2026" in client.get(f"{base}{pk}/change/").content.decode()


def test_an_entrepreneur_with_the_right_issues_alone() -> None:
    """The button is there for whoever has the right, and for nobody else."""
    activity = make_selling_activity()
    user = entrepreneur_of(activity)
    draft, browser = make_draft(activity, by=user), signed_in(entrepreneur_of(activity))
    address = f"/factures/{draft.pk}/"
    assert "Émettre moi-même" not in browser.get(address).content.decode()
    assert browser.post(f"{address}emettre/").status_code == 403
    grant_self_approval(
        person=activity.conventions.get().shares.get().person,
        ceiling=Decimal(700),
        starts_on=timezone.localdate(),
        ends_on=None,
        reason="CA",
        by=accountant(),
    )
    page = browser.get(address).content.decode()
    assert "Émettre moi-même" in page
    assert "700,00\u00a0€ HT" in page
    assert browser.post(f"{address}emettre/")["Location"] == address
    assert state_of(draft) == InvoiceState.ISSUED
