"""Writing a draft on the staff's page: header and lines in one form, totals by the server, services only."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.models import AuditEvent
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from tests.invoicing.factories import (
    make_customer,
    make_draft,
    make_issued,
    make_line,
    make_product,
    make_selling_activity,
    make_submitted,
    vat,
)

pytestmark = pytest.mark.django_db
ADD = "/gestion/invoicing/invoice/add/"
TOTALS = "/gestion/invoicing/invoice/totaux/"


def change(invoice: Invoice) -> str:
    """The document's page."""
    return f"/gestion/invoicing/invoice/{invoice.pk}/change/"


def typed_line(index: int, label: str, quantity: str, price: str, code: str = "FR20", **fields: str) -> dict[str, str]:
    """A line as the browser posts it."""
    line = {
        "id": "",
        "position": "",
        "label": label,
        "description": "",
        "nature": "SERVICES",
        "quantity": quantity,
        "unit": "DAY",
        "unit_price": price,
        "discount_percent": "0",
        "vat_code": str(vat(code).pk),
    }
    return {f"lines-{index}-{name}": value for name, value in (line | fields).items()}


def posted(customer: Customer, *lines: dict[str, str], existing: int = 0, **fields: str) -> dict[str, str]:
    """The whole form as the browser posts it."""
    form = {
        "activity": str(customer.activity_id),
        "customer": str(customer.pk),
        "subject": "Refonte",
        "supplied_on": "20/11/2026",
        "payment_terms": "D30",
        "delivery_address": "",
        "purchase_order": "",
        "note": "",
        "kind": "380",
        "retention_percent": "",
        "retention_due_on": "",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": str(existing),
        "adjustments-TOTAL_FORMS": "0",
        "adjustments-INITIAL_FORMS": "0",
        "_continue": "1",
    }
    for line in lines:
        form |= line
    return form | fields


def existing_line(index: int, invoice: Invoice, **fields: str) -> dict[str, str]:
    """A stored line posted back, changed where said."""
    line = invoice.lines.order_by("position")[index]
    return typed_line(
        index, line.label, str(line.quantity), str(line.unit_price), id=str(line.pk), position=str(index), **fields
    )


def labels(invoice: Invoice) -> list[str]:
    """The stored lines in order."""
    return list(invoice.lines.order_by("position").values_list("label", flat=True))


def test_a_new_draft_with_french_numbers(cooperative: object, accountant_client: Client) -> None:
    """2,5 × 1 000,50 less 10 % at 20 %, and 3 × 20 at 5.5 %."""
    customer = make_customer(make_selling_activity())
    form = posted(
        customer,
        typed_line(0, "Atelier", "2,5", "1 000,50", discount_percent="10"),
        typed_line(1, "Livre", "3", "20", "FR5.5", nature="GOODS", unit="C62"),
    )
    response = accountant_client.post(ADD, form)
    draft = Invoice.objects.get()
    assert response["Location"] == change(draft)
    assert (draft.net, draft.vat, draft.gross) == (Decimal("2311.13"), Decimal("453.53"), Decimal("2764.66"))
    assert (draft.state, draft.customer, draft.subject) == (InvoiceState.DRAFT, customer, "Refonte")
    assert [event.action for event in AuditEvent.objects.filter(subject_type="invoicing.invoice")] == [
        "invoice.drafted"
    ]


def test_lines_are_changed_added_struck_out_and_moved(accountant_client: Client) -> None:
    """In one post; ranks follow the order typed."""
    draft = make_draft(lines=[make_line("Un"), make_line("Deux"), make_line("Trois")])
    assert draft.customer is not None
    form = posted(
        draft.customer,
        existing_line(0, draft) | {"lines-0-position": "2"},
        existing_line(1, draft) | {"lines-1-position": "1", "lines-1-label": "Deux bis"},
        existing_line(2, draft) | {"lines-2-DELETE": "on"},
        typed_line(3, "Quatre", "1", "10"),
        existing=3,
    )
    assert accountant_client.post(change(draft), form).status_code == 302
    assert labels(draft) == ["Deux bis", "Un", "Quatre"]
    draft.refresh_from_db()
    assert draft.net == Decimal("1410.00")


def test_the_staff_keep_the_product_and_the_chapter_of_a_line(accountant_client: Client) -> None:
    """What the entrepreneur chose from the catalogue, and the chapter, which is typed here as well."""
    activity = make_selling_activity()
    product = make_product(activity)
    draft = make_draft(activity, lines=[make_line(product_id=product.pk, chapter="Études")])
    page = accountant_client.get(change(draft)).text
    assert f'name="lines-0-product_id" value="{product.pk}"' in page
    assert draft.customer is not None
    stored = existing_line(0, draft, product_id=str(product.pk), chapter="Travaux")
    assert accountant_client.post(change(draft), posted(draft.customer, stored, existing=1)).status_code == 302
    assert draft.lines.values_list("product", "chapter").get() == (product.pk, "Travaux")


def test_wrong_figures_come_back_with_their_reason(accountant_client: Client) -> None:
    """Nothing is written, and what was typed is still there."""
    draft = make_draft()
    assert draft.customer is not None
    form = posted(
        draft.customer, existing_line(0, draft) | {"lines-0-quantity": "beaucoup"}, existing=1, subject="Autre objet"
    )
    page = accountant_client.post(change(draft), form).content.decode()
    assert "beaucoup" in page
    assert "Autre objet" in page
    draft.refresh_from_db()
    assert (draft.subject, draft.net) == ("", Decimal("700.00"))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("quantity", "0", "La quantité d’une ligne n’est pas nulle."),
        ("unit_price", "-1", "Un prix unitaire n’est pas négatif"),
        ("discount_percent", "101", "Une remise est comprise entre 0 et 100"),
    ],
)
def test_figures_that_no_line_can_hold_are_refused(
    accountant_client: Client, field: str, value: str, reason: str
) -> None:
    """In the words of the rule."""
    draft = make_draft()
    assert draft.customer is not None
    form = posted(draft.customer, existing_line(0, draft) | {f"lines-0-{field}": value}, existing=1)
    page = accountant_client.post(change(draft), form).content.decode().replace("&#x27;", "’").replace("'", "’")
    assert reason in page
    assert labels(draft) == ["Conseil"]


def test_a_service_refusal_is_an_error_of_the_form(accountant_client: Client) -> None:
    """A control character: the service's sentence, nothing written."""
    draft = make_draft()
    assert draft.customer is not None
    form = posted(draft.customer, existing_line(0, draft), existing=1, subject="Objet\x07")
    page = accountant_client.post(change(draft), form).content.decode()
    assert "caractère de contrôle" in page or "caractères nuls" in page
    draft.refresh_from_db()
    assert draft.subject == ""


@pytest.mark.parametrize("make", [make_submitted, make_issued])
def test_what_is_no_longer_a_draft_is_read_only(accountant_client: Client, make: object) -> None:
    """No field to type in, and a forged post is refused."""
    invoice = make()  # type: ignore[operator]
    page = accountant_client.get(change(invoice)).content.decode()
    assert 'name="subject"' not in page
    assert 'name="lines-0-label"' not in page
    assert "700,00\u00a0€" in page
    form = posted(invoice.customer, existing_line(0, invoice), existing=1)
    assert accountant_client.post(change(invoice), form).status_code == 403
    invoice.refresh_from_db()
    assert invoice.subject == ""


def test_the_page_of_a_document_tells_its_history(accountant_client: Client) -> None:
    """From the audit trail, the latest first."""
    page = accountant_client.get(change(make_submitted())).content.decode()
    assert page.index("Soumission") < page.index("Brouillon enregistré")


def test_totals_follow_what_is_typed_and_write_nothing(cooperative: object, accountant_client: Client) -> None:
    """Lines that are not complete yet are left out."""
    customer = make_customer(make_selling_activity())
    form = posted(
        customer,
        typed_line(0, "Atelier", "2,5", "1 000,50"),
        typed_line(1, "", "3", "20", "FR5.5"),
        typed_line(2, "À venir", "", "10"),
        typed_line(3, "Rayée", "1", "10") | {"lines-3-DELETE": "on"},
    )
    page = accountant_client.post(TOTALS, form).content.decode()
    for amount in ("2\u202f561,25\u00a0€", "500,25\u00a0€", "3,30\u00a0€", "3\u202f064,80\u00a0€"):
        assert amount in page
    assert not Invoice.objects.exists()


def test_totals_of_a_stored_draft(accountant_client: Client) -> None:
    """Its lines carry their ids."""
    draft = make_draft()
    assert draft.customer is not None
    form = posted(draft.customer, existing_line(0, draft) | {"lines-0-quantity": "3"}, existing=1)
    assert "1\u202f050,00\u00a0€" in accountant_client.post(TOTALS, form).content.decode()


def test_totals_are_for_those_who_draft(manager_client: Client, entrepreneur_client: Client) -> None:
    """403, and only by POST."""
    assert manager_client.post(TOTALS).status_code == 403
    assert entrepreneur_client.post(TOTALS).status_code == 403


def test_totals_want_a_post(accountant_client: Client) -> None:
    """A link cannot ask for them."""
    assert accountant_client.get(TOTALS).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_lines(
    accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """VAT codes are read once for all lines."""
    draft = make_draft(lines=[make_line(f"Ligne {i}") for i in range(count)])
    accountant_client.get(change(draft))
    with django_assert_num_queries(19):
        accountant_client.get(change(draft))


def test_a_deposit_and_a_final_invoice_with_its_retention_are_typed(accountant_client: Client) -> None:
    """The deposits of the activity are offered on its drafts; the lines that take them off are not shown as lines."""
    customer = make_customer(make_selling_activity())
    deposit = make_issued(customer.activity, customer=customer, terms=SaleTerms(kind=InvoiceKind.DEPOSIT))
    draft = make_draft(customer.activity, customer=customer, lines=[make_line("Chantier", "1", "2000")])
    assert f"{deposit.number} · {customer} · 700,00\u00a0€ HT" in accountant_client.get(change(draft)).text
    typed = posted(
        customer,
        existing_line(0, draft),
        existing=1,
        deposits=str(deposit.pk),
        retention_percent="5",
        retention_due_on="02/11/2027",
    )
    assert accountant_client.post(change(draft), typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.net, draft.retention_percent, draft.retention_due_on) == (1300, 5, date(2027, 11, 2))
    page = accountant_client.get(change(draft))
    assert page.context["inline_admin_formsets"][0].formset.initial_form_count() == 1
    assert page.context["totals"].net == 1300
