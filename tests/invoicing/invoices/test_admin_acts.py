"""The buttons of a document's page: who sees them, what they do, how they refuse."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from cae_backoffice.core.access import Role
from cae_backoffice.core.models import AuditEvent
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from tests.conftest import signed_in
from tests.invoicing.factories import (
    entrepreneur_of,
    make_approved,
    make_draft,
    make_issued,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
ACTS = ("soumettre", "approuver", "renvoyer", "emettre", "avoir", "supprimer")


def url(invoice: Invoice, act: str = "change") -> str:
    """Where an act is confirmed."""
    return f"/gestion/invoicing/invoice/{invoice.pk}/{act}/"


def buttons(client: Client, invoice: Invoice) -> set[str]:
    """The acts offered on the document's page."""
    page = client.get(url(invoice)).content.decode()
    return {act for act in (*ACTS, "pdf") if f'href="{url(invoice, act)}"' in page}


def state_of(invoice: Invoice) -> str:
    """As stored."""
    return Invoice.objects.values_list("state", flat=True).get(pk=invoice.pk)


def test_each_state_has_its_buttons(accountant_client: Client) -> None:
    """Nothing is offered that would be refused for the state."""
    assert buttons(accountant_client, make_draft()) == {"soumettre", "supprimer"}
    assert buttons(accountant_client, make_submitted()) == {"approuver", "renvoyer"}
    assert buttons(accountant_client, make_approved()) == {"emettre", "renvoyer"}
    assert buttons(accountant_client, make_issued()) == {"avoir", "pdf"}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("act", ACTS)
def test_other_staff_see_no_document(role: Role, act: str) -> None:
    """404 hides it, and nothing happens."""
    invoice = make_approved()
    client = signed_in(make_user(role))
    assert client.get(url(invoice, act)).status_code == 404
    assert client.post(url(invoice, act), {"issued_on": "2026-11-20", "reason": "x"}).status_code == 404
    assert state_of(invoice) == InvoiceState.APPROVED


@pytest.mark.parametrize("act", ACTS)
def test_an_entrepreneur_does_not_enter(act: str) -> None:
    """403, even for one's own document."""
    activity = make_selling_activity()
    invoice = make_approved(activity)
    client = signed_in(entrepreneur_of(activity))
    assert client.post(url(invoice, act), {"issued_on": "2026-11-20", "reason": "x"}).status_code == 403
    assert state_of(invoice) == InvoiceState.APPROVED


@pytest.mark.parametrize("act", ACTS)
def test_looking_changes_nothing(accountant_client: Client, act: str) -> None:
    """A confirmation page is only a question."""
    invoice = make_submitted()
    before = AuditEvent.objects.count()
    accountant_client.get(url(invoice, act))
    assert state_of(invoice) == InvoiceState.SUBMITTED
    assert AuditEvent.objects.count() == before


def test_an_act_of_another_state_is_explained(accountant_client: Client) -> None:
    """Back to the document with a sentence."""
    invoice = make_issued()
    response = accountant_client.post(url(invoice, "emettre"), {"issued_on": "2026-11-20"})
    assert response.status_code == 302
    assert response["Location"] == url(invoice)
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "«\u00a0Émettre\u00a0» n’est pas possible\u00a0: le document est à l’état «\u00a0Émise\u00a0»."
    ]


def test_submitting(accountant_client: Client) -> None:
    """To the queue."""
    invoice = make_draft()
    response = accountant_client.post(url(invoice, "soumettre"))
    assert response["Location"] == url(invoice)
    assert state_of(invoice) == InvoiceState.SUBMITTED


def test_submitting_an_empty_draft_is_refused_with_all_reasons(accountant_client: Client) -> None:
    """Rien n’a changé."""
    invoice = make_draft(lines=[], customer=None)
    page = accountant_client.post(url(invoice, "soumettre")).content.decode()
    assert "Choisissez un client." in page
    assert "Ajoutez au moins une ligne." in page
    assert state_of(invoice) == InvoiceState.DRAFT


def test_approving(accountant_client: Client) -> None:
    """The page shows the document and its totals; the act makes it ready."""
    invoice = make_submitted()
    page = accountant_client.get(url(invoice, "approuver")).content.decode()
    assert "Conseil" in page
    assert "840,00\u00a0€" in page
    accountant_client.post(url(invoice, "approuver"))
    assert state_of(invoice) == InvoiceState.APPROVED


def test_returning_asks_for_a_reason(accountant_client: Client) -> None:
    """Without one, the form comes back; with one, the draft carries it."""
    invoice = make_submitted()
    assert (
        "Ce champ est obligatoire" in accountant_client.post(url(invoice, "renvoyer"), {"reason": " "}).content.decode()
    )
    assert state_of(invoice) == InvoiceState.SUBMITTED
    accountant_client.post(url(invoice, "renvoyer"), {"reason": "Le taux est faux."})
    invoice.refresh_from_db()
    assert (invoice.state, invoice.return_reason) == (InvoiceState.DRAFT, "Le taux est faux.")
    assert "Le taux est faux." in accountant_client.get(url(invoice)).content.decode()


def test_issuing(accountant_client: Client) -> None:
    """With its number and date."""
    invoice = make_approved()
    response = accountant_client.post(url(invoice, "emettre"), {"issued_on": "2026-11-20"})
    invoice.refresh_from_db()
    assert (invoice.number, invoice.issued_on) == ("F2026-00001", date(2026, 11, 20))
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Facture F2026-00001\u00a0: émise."]


def test_issuing_before_the_last_date_is_refused(accountant_client: Client) -> None:
    """The sequence is chronological."""
    make_issued(on=date(2026, 11, 10))
    invoice = make_approved()
    page = accountant_client.post(url(invoice, "emettre"), {"issued_on": "2026-11-09"}).content.decode()
    assert "Refusé. Rien n’a changé." in page
    assert "précède celle du dernier document émis (10/11/2026)" in page
    assert state_of(invoice) == InvoiceState.APPROVED


def test_the_credit_note_and_its_invoice_refer_to_each_other(accountant_client: Client) -> None:
    """Issued at once, today; offered once."""
    invoice = make_issued()
    response = accountant_client.post(url(invoice, "avoir"), {"scope": "ALL", "reason": "Erreur de client"})
    credit_note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert response["Location"] == url(credit_note)
    assert (credit_note.corrects, credit_note.gross, credit_note.issued_on) == (
        invoice,
        -invoice.gross,
        timezone.localdate(),
    )
    assert str(invoice) in accountant_client.get(url(credit_note)).content.decode()
    assert str(credit_note) in accountant_client.get(url(invoice)).content.decode()
    assert buttons(accountant_client, invoice) == {"pdf"}


def test_a_second_credit_note_is_refused(accountant_client: Client) -> None:
    """By the service, with its sentence."""
    invoice = make_issued()
    accountant_client.post(url(invoice, "avoir"), {"scope": "ALL", "reason": "Erreur de client"})
    page = accountant_client.post(url(invoice, "avoir"), {"scope": "ALL", "reason": "Encore"}).content.decode()
    assert "Refusé. Rien n’a changé." in page
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).count() == 1


def test_deleting_a_draft(accountant_client: Client) -> None:
    """Gone, and back to the list."""
    invoice = make_draft()
    response = accountant_client.post(url(invoice, "supprimer"))
    assert response["Location"] == "/gestion/invoicing/invoice/"
    assert not Invoice.objects.exists()


def test_the_pdf_button_leads_to_the_file(accountant_client: Client) -> None:
    """The same address for every role."""
    invoice = make_issued()
    assert accountant_client.get(url(invoice, "pdf"))["Location"] == f"/factures/{invoice.pk}/pdf/"


def test_an_unknown_document_is_not_found(accountant_client: Client) -> None:
    """Also with a name for a number."""
    assert accountant_client.get("/gestion/invoicing/invoice/999/emettre/").status_code == 404
    assert accountant_client.get("/gestion/invoicing/invoice/abc/emettre/").status_code == 404
