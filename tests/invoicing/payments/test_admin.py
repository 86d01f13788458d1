"""The staff's pages: recording, acts, slip, closings; who enters; how many queries."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cae_backoffice.core.access import Role
from invoicing.invoices.services import issue_credit_note
from invoicing.payments.models import Allocation, ChequeRemittance, PaymentClosing, Receipt, Refund
from invoicing.payments.queries import paid_amount, receipt_left
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.invoicing.payments.books import PAID_ON, invoice_of, receive
from tests.members.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
PAGES = ("receipt", "refund", "allocation", "chequeremittance", "paymentclosing", "paymentevent")


@pytest.fixture
def client() -> Client:
    """The accountant's browser."""
    return signed_in(accountant())


def receipt_url(receipt: Receipt, act: str = "change") -> str:
    if act == "change":
        return reverse("admin:invoicing_receipt_change", args=[receipt.pk])
    return reverse(f"admin:invoicing_receipt_{act}", args=[receipt.pk])


def receipt_form(**fields: object) -> dict[str, object]:
    """A posted form with three empty rows of invoices."""
    rows = {"allocations-TOTAL_FORMS": 3, "allocations-INITIAL_FORMS": 0}
    typed = {"method": "TRANSFER", "received_on": "20/11/2026", "amount": "1 320,50", "reference": "VIR 12"}
    return {**rows, **typed, **fields}


def test_a_receipt_is_recorded_with_the_invoices_it_pays(client: Client) -> None:
    customer = make_customer(make_selling_activity())
    first, second = invoice_of(customer, "1000"), invoice_of(customer)
    page = client.get(reverse("admin:invoicing_receipt_add"))
    assert page.status_code == 200
    form = receipt_form(customer=customer.pk)
    form |= {"allocations-0-invoice": first.pk, "allocations-0-amount": "1 200,00"}
    form |= {"allocations-1-invoice": second.pk, "allocations-1-amount": "120,5"}
    refused = client.post(reverse("admin:invoicing_receipt_add"), form)
    assert "n’attend plus que 120,00\u00a0€" in refused.content.decode()
    assert not Receipt.objects.exists()
    done = client.post(reverse("admin:invoicing_receipt_add"), form | {"allocations-1-amount": "120"})
    receipt = Receipt.objects.get()
    assert done.status_code == 302
    assert (receipt.payer, receipt.amount, receipt_left(receipt)) == (
        customer.name,
        Decimal("1320.50"),
        Decimal("0.50"),
    )
    assert (paid_amount(first), paid_amount(second)) == (1200, 120)
    page = client.get(receipt_url(receipt))
    text = page.content.decode()
    assert "À affecter" in text
    assert "Rembourser" in text


def test_what_the_customer_owes_is_proposed_the_oldest_first(client: Client) -> None:
    """Under each of the activities from which the company buys, and only what waits for money."""
    customer = make_customer(make_selling_activity())
    elsewhere = make_customer(make_selling_activity(), siren=customer.siren)
    paid, first, second = invoice_of(customer), invoice_of(customer, "500"), invoice_of(elsewhere, "200")
    receive(customer, "120", (paid, "120"))
    invoice_of(make_customer(customer.activity), "5000")
    add = reverse("admin:invoicing_receipt_add")
    page = client.get(f"{add}?customer={customer.pk}&amount=700,50&reference=VIR+12")
    (inline,) = page.context["inline_admin_formsets"]
    rows = [form.initial for form in inline.formset.forms]
    assert rows == [
        {"invoice": first.pk, "amount": Decimal(600)},
        {"invoice": second.pk, "amount": Decimal("100.50")},
    ]
    assert f"{second.number} · {elsewhere} · reste 240,00\u00a0€" in page.text
    assert 'value="VIR 12"' in page.text
    assert client.get(add).context["inline_admin_formsets"][0].formset.forms == []
    strange = client.get(add, {"customer": "1e3", "amount": "NaN"})
    assert (strange.status_code, strange.context["inline_admin_formsets"][0].formset.forms) == (200, [])


def test_the_acts_on_a_receipt(client: Client) -> None:
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    receipt = receive(customer, "150", method="CHEQUE")
    assert client.get(receipt_url(receipt, "allocate")).status_code == 200
    typed = {"invoice": invoice.pk, "amount": "200", "on": "2026-11-21"}
    assert "de libre" in client.post(receipt_url(receipt, "allocate"), typed).content.decode()
    assert client.post(receipt_url(receipt, "allocate"), typed | {"amount": "120,00"}).status_code == 302
    assert client.get(receipt_url(receipt, "refund")).status_code == 200
    typed = {"amount": "30", "refunded_on": "2026-11-22", "method": "TRANSFER"}
    assert client.post(receipt_url(receipt, "refund"), typed).status_code == 302
    assert (paid_amount(invoice), receipt_left(receipt)) == (120, 0)
    assert client.get(receipt_url(receipt, "bounce")).status_code == 200
    assert client.post(receipt_url(receipt, "bounce"), {"on": "2026-11-23", "reason": "Impayé"}).status_code == 302
    assert paid_amount(invoice) == 0
    text = client.get(receipt_url(receipt)).content.decode()
    assert "Impayé le 23/11/2026" in text
    assert "rejeter/" not in text


def test_cheques_are_remitted_from_the_list_and_the_slip_opens(client: Client) -> None:
    cheques = [receive(None, "10", method="CHEQUE") for _ in range(2)]
    url = reverse("admin:invoicing_receipt_changelist")
    chosen = {"action": "remit_selection", "_selected_action": [cheque.pk for cheque in cheques]}
    assert "Remettre 2 chèques en banque" in client.post(url, chosen).content.decode()
    early = client.post(url, chosen | {"confirmed": "1", "on": "2026-11-01"})
    assert "n’a été reçu que le 20/11/2026" in early.content.decode()
    assert client.post(url, chosen | {"confirmed": "1", "on": "2026-11-21"}).status_code == 302
    remittance = ChequeRemittance.objects.get()
    assert client.get(reverse("admin:invoicing_chequeremittance_change", args=[remittance.pk])).status_code == 200
    pdf = client.get(reverse("admin:invoicing_chequeremittance_slip", args=[remittance.pk]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    listed = client.get(url, {"situation": "remit"}).content.decode()
    assert "E2026-00001" not in listed


def test_a_credit_note_is_set_off_then_refunded(client: Client) -> None:
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    receive(customer, "60", (invoice, "60"))
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=PAID_ON)
    url = reverse("admin:invoicing_allocation_add")
    assert "reste 120,00\u00a0€" in client.get(url).content.decode()
    typed = {"credit_note": credit_note.pk, "amount": "60", "allocated_on": "21/11/2026"}
    assert client.post(url, typed).status_code == 302
    typed = {"credit_note": credit_note.pk, "amount": "60", "refunded_on": "21/11/2026", "method": "TRANSFER"}
    assert client.post(reverse("admin:invoicing_refund_add"), typed).status_code == 302
    assert (Allocation.objects.count(), Refund.objects.get().amount, paid_amount(credit_note)) == (4, 60, -120)


def test_a_period_that_is_over_is_closed_and_the_chain_is_verified(client: Client) -> None:
    receive(None, "10", on=date(2024, 5, 2))
    url = reverse("admin:invoicing_paymentclosing_add")
    assert client.get(url).status_code == 200
    assert "ne se termine que le" in client.post(url, {"kind": "DAY", "day": "2199-01-01"}).content.decode()
    assert client.post(url, {"kind": "MONTH", "day": "2024-05-02"}).status_code == 302
    assert PaymentClosing.objects.get().total == 10
    again = client.post(url, {"kind": "MONTH", "day": "2024-05-03"}).content.decode()
    assert "Cette période est déjà clôturée." in again
    page = client.get(reverse("admin:invoicing_paymentevent_verify"), follow=True).content.decode()
    assert "Chaîne intacte\u00a0: 1 événements, 1 clôtures." in page


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
def test_others_of_the_staff_do_not_enter(role: Role) -> None:
    receipt = receive(None, "10")
    browser = signed_in(make_user(role))
    for page in PAGES:
        assert browser.get(reverse(f"admin:invoicing_{page}_changelist")).status_code == 403
    for act in ("change", "allocate", "bounce", "refund"):
        assert browser.get(receipt_url(receipt, act)).status_code in {403, 404}
    assert browser.get(reverse("admin:invoicing_paymentevent_verify")).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_lists_ask_the_same_number_of_queries_for_one_and_for_three(client: Client, page: str) -> None:
    def write(day: int) -> None:
        customer = make_customer(make_selling_activity())
        invoice = invoice_of(customer)
        receive(customer, "130", (invoice, "120"), method="CHEQUE", on=date(2026, 11, day))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"admin:invoicing_{page}_changelist")).status_code == 200
        return len(queries)

    write(3)
    count()
    one = count()
    write(4)
    write(5)
    assert count() == one
