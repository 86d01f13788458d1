"""Asking for a credit note on one's own pages, and issuing one on the staff's."""

from decimal import Decimal

import pytest
from django.test import Client

from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import approve_invoice, issue_credit_note, issue_invoice, withdraw_invoice
from invoicing.invoices.services.request_credit_note import request_credit_note
from tests.conftest import signed_in
from tests.invoicing.factories import DAY, accountant, entrepreneur_of, make_draft, make_issued, make_line
from tests.invoicing.invoices.test_partial_credit import LATER, amounts_back, lines_back

pytestmark = pytest.mark.django_db


def two_rates() -> Invoice:
    """Two days at 350 € and three books at 12,50 €."""
    return make_issued(lines=[make_line(), make_line("Livre", "3", "12.50", "FR5.5")])


def typed(invoice: Invoice, action: str, **fields: str) -> dict[str, str]:
    """What is posted; `fields` are quantities by label."""
    boxes = {f"line-{line.pk}": fields[line.label] for line in invoice.lines.all() if line.label in fields}
    return {"scope": "LINES", "reason": "Journée annulée", "action": action, **boxes}


def test_a_request_is_seen_in_figures_then_sent_to_the_queue() -> None:
    """Nothing is written by looking; sent, it waits for approval without a number."""
    invoice = two_rates()
    client = signed_in(entrepreneur_of(invoice.activity))
    address = f"/factures/{invoice.pk}/avoir/"
    assert "Il en reste 2." in client.get(address).text
    page = client.post(address, typed(invoice, "preview", Conseil="0,5"))
    assert "210,00\u00a0€ TTC" in page.text
    assert Invoice.objects.count() == 1
    response = client.post(address, typed(invoice, "send", Conseil="0,5"))
    note = Invoice.objects.get(kind="381")
    assert response["Location"] == f"/factures/{note.pk}/"
    assert (note.state, note.number, note.gross, note.correction_reason) == (
        InvoiceState.SUBMITTED, None, -210, "Journée annulée",
    )  # fmt: skip
    assert "Motif : Journée annulée" in client.get(f"/factures/{note.pk}/").text.replace("\u00a0", " ")


def test_what_cannot_be_given_back_is_said_on_the_page() -> None:
    """More than is left, nothing at all, and a second request while one waits."""
    invoice = two_rates()
    client = signed_in(entrepreneur_of(invoice.activity))
    address = f"/factures/{invoice.pk}/avoir/"
    assert "il reste une quantité de 2 à créditer" in client.post(address, typed(invoice, "send", Conseil="3")).text
    assert "une quantité ou un montant" in client.post(address, typed(invoice, "send")).text
    client.post(address, typed(invoice, "send", Conseil="1"))
    assert "Une demande est déjà en cours" in client.post(address, typed(invoice, "send", Conseil="1")).text
    assert Invoice.objects.filter(kind="381").count() == 1


def test_a_request_is_issued_on_what_is_left_by_then() -> None:
    """Approved and issued like any document; its figures are those of the day."""
    invoice = two_rates()
    me = entrepreneur_of(invoice.activity)
    content = lines_back(invoice, Conseil="0.5")
    note = request_credit_note(invoice=invoice, reason="Annulée", by=me, on=DAY, content=content)
    approve_invoice(invoice=note, by=accountant(), on=LATER)
    issued = issue_invoice(invoice=note, by=accountant(), on=LATER)
    issued.refresh_from_db()
    assert (issued.number, issued.state, issued.gross, issued.lines.count()) == ("F2026-00002", "ISSUED", -210, 1)


def test_a_request_for_more_than_is_left_by_then_is_refused() -> None:
    """The cooperative credited 600 € meanwhile; the request stays approved."""
    invoice = make_issued()
    me = entrepreneur_of(invoice.activity)
    note = request_credit_note(
        invoice=invoice, reason="Annulée", by=me, on=DAY, content=lines_back(invoice, Conseil="1")
    )
    approve_invoice(invoice=note, by=accountant(), on=LATER)
    issue_credit_note(
        invoice=invoice,
        reason="Geste",
        by=accountant(),
        on=LATER,
        content=amounts_back({("S", Decimal("20.00")): "600"}),
    )
    page = signed_in(accountant()).post(
        f"/gestion/invoicing/invoice/{note.pk}/emettre/", {"issued_on": LATER.isoformat()}
    )
    assert "il reste 100,00\u00a0€ HT à créditer" in page.text
    note.refresh_from_db()
    assert (note.state, note.number) == ("APPROVED", None)


def test_a_request_that_was_taken_back_is_sent_again_or_thrown_away_but_not_typed_in() -> None:
    """It is what its invoice says, no text of its own."""
    invoice = two_rates()
    me = entrepreneur_of(invoice.activity)
    note = request_credit_note(invoice=invoice, reason="Annulée", by=me, on=DAY)
    withdraw_invoice(invoice=note, by=me)
    client = signed_in(me)
    page = client.get(f"/factures/{note.pk}/").text
    assert "Soumettre" in page
    assert "Modifier" not in page
    assert client.get(f"/factures/{note.pk}/modifier/").status_code == 403
    client.post(f"/factures/{note.pk}/supprimer/")
    assert not Invoice.objects.filter(pk=note.pk).exists()


def test_only_an_issued_invoice_is_asked_about() -> None:
    """Neither a draft nor a credit note: 403."""
    draft = make_draft()
    client: Client = signed_in(entrepreneur_of(draft.activity))
    assert client.get(f"/factures/{draft.pk}/avoir/").status_code == 403
    assert client.get(f"/factures/{draft.pk}/rectifier/").status_code == 403


def test_an_invoice_is_replaced_from_a_draft_of_its_content() -> None:
    """The reason is typed, then the draft opens."""
    invoice = two_rates()
    client = signed_in(entrepreneur_of(invoice.activity))
    assert "annule et remplace" in client.get(f"/factures/{invoice.pk}/rectifier/").text
    response = client.post(f"/factures/{invoice.pk}/rectifier/", {"reason": "Mauvaise référence"})
    draft = Invoice.objects.get(kind="384")
    assert response["Location"] == f"/factures/{draft.pk}/modifier/"
    assert client.get(response["Location"]).status_code == 200
    again = client.post(f"/factures/{invoice.pk}/rectifier/", {"reason": "Encore"})
    assert "Une correction est déjà en cours" in again.text


def test_the_staff_sees_a_part_in_figures_then_issues_it() -> None:
    """100 € at 5,5 % are too much; 10 € are issued at once."""
    invoice = two_rates()
    client = signed_in(accountant())
    address = f"/gestion/invoicing/invoice/{invoice.pk}/avoir/"
    asked = {"scope": "AMOUNTS", "reason": "Geste", "rate-1": "100", "action": "preview"}
    assert "il reste 37,50\u00a0€ HT à créditer" in client.post(address, asked).text
    page = client.post(address, asked | {"rate-1": "10"}).text
    assert "10,55\u00a0€" in page
    assert Invoice.objects.count() == 1
    client.post(address, asked | {"rate-1": "10", "action": "issue"})
    note = Invoice.objects.get(kind="381")
    assert (note.state, note.net, note.vat) == ("ISSUED", -10, Decimal("-0.55"))


def test_the_staff_begins_a_corrective_invoice() -> None:
    """Its draft opens; it is no longer offered once credited."""
    invoice = make_issued()
    client = signed_in(accountant())
    response = client.post(f"/gestion/invoicing/invoice/{invoice.pk}/rectifier/", {"reason": "Erreur"})
    draft = Invoice.objects.get(kind="384")
    assert response["Location"] == f"/gestion/invoicing/invoice/{draft.pk}/change/"
    assert client.get(response["Location"]).status_code == 200
    other = make_issued()
    issue_credit_note(invoice=other, reason="Erreur", by=accountant(), on=LATER)
    page = client.get(f"/gestion/invoicing/invoice/{other.pk}/change/").text
    assert "/rectifier/" not in page
    assert f"{other.pk}/avoir/" not in page
