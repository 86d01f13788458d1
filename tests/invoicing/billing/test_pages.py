"""The orders' pages: what remains, the next invoice, and the refusals beside what was typed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftContent, DraftLine
from invoicing.invoices.services import save_draft
from invoicing.orders.models import Order
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.billing.orders import deposit, make_order, position, progress
from tests.invoicing.factories import accountant, entrepreneur_of, make_customer, make_selling_activity
from tests.invoicing.quotes.books import accept, sent_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(db: None) -> Activity:
    """An activity that sells."""
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """The browser of its entrepreneur."""
    return signed_in(entrepreneur_of(activity))


def test_the_list_asks_as_much_for_one_order_as_for_three(
    activity: Activity, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Seven queries."""
    customer = make_customer(activity)
    progress(make_order(activity, customer=customer), "40")
    client.get("/commandes/")
    with django_assert_num_queries(7):
        page = client.get("/commandes/")
    assert "900,00" in page.content.decode()
    for _ in range(2):
        make_order(activity, customer=customer)
    with django_assert_num_queries(7):
        page = client.get("/commandes/")
    assert page.context["totals"].left == Decimal(3900)
    assert len(page.context["page"].object_list) == 3


def test_the_list_narrows_by_state_and_words(activity: Activity, client: Client) -> None:
    """Open, invoiced and cancelled are told apart by what was invoiced."""
    done = make_order(activity, subject="Véranda")
    progress(done, "100")
    open_one = make_order(activity, subject="Grange")
    for query, expected in (
        ("etat=COMPLETED", [done]),
        ("etat=OPEN", [open_one]),
        ("etat=CANCELLED", []),
        ("q=verAnda", [done]),
    ):
        assert list(client.get(f"/commandes/?{query}").context["page"].object_list) == expected


def test_an_order_shows_what_remains_and_prepares_its_invoices(activity: Activity, client: Client) -> None:
    """A deposit, then a progress invoice, each as a draft of the invoices' pages."""
    order = make_order(activity)
    answer = client.post(f"/commandes/{order.pk}/acompte/", {"percent": "30"})
    draft = Invoice.objects.get(order=order)
    assert answer["Location"] == f"/factures/{draft.pk}/"
    assert (draft.kind, draft.part, draft.net, draft.gross) == (
        InvoiceKind.DEPOSIT,
        "DEPOSIT",
        Decimal(450),
        Decimal(525),
    )
    page = client.get(f"/commandes/{order.pk}/")
    assert "en préparation" in page.content.decode()
    assert "Nouvelle situation" not in page.content.decode()
    assert order.number in client.get(f"/factures/{draft.pk}/").content.decode()
    refused = client.post(f"/commandes/{order.pk}/acompte/", {"percent": "10"})
    assert "déjà une facture en préparation" in refused.content.decode()
    assert Invoice.objects.filter(order=order).count() == 1


def test_progress_is_previewed_then_prepared(activity: Activity, client: Client) -> None:
    """6 of 10 units, and 20 % of the other line: 600 + 100 = 700 net, 120 + 10 VAT; « Calculer » writes nothing."""
    order = make_order(activity)
    first, second = (row.line.pk for row in position(order).lines)
    typed = {f"quantity-{first}": "6", f"percent-{second}": "20"}
    preview = client.post(f"/commandes/{order.pk}/situation/", typed | {"action": "preview"})
    assert (preview.context["totals"].net, preview.context["totals"].vat) == (Decimal(700), Decimal(130))
    assert not Invoice.objects.filter(order=order).exists()
    client.post(f"/commandes/{order.pk}/situation/", typed | {"action": "save"})
    draft = Invoice.objects.get(order=order)
    assert (draft.part, draft.net, draft.vat) == ("PROGRESS", Decimal(700), Decimal(130))
    assert [(line.quantity, line.unit_price, line.net) for line in draft.lines.order_by("position")] == [
        (Decimal(6), Decimal(100), Decimal(600)),
        (Decimal(1), Decimal(100), Decimal(100)),
    ]


def test_more_than_the_order_is_refused_at_the_form(activity: Activity, client: Client) -> None:
    """With what was typed still there; nothing is written."""
    order = make_order(activity)
    (first, _) = (row.line.pk for row in position(order).lines)
    answer = client.post(f"/commandes/{order.pk}/situation/", {f"quantity-{first}": "11", "action": "save"})
    assert "la quantité commandée est de 10" in answer.content.decode()
    assert 'value="11"' in answer.content.decode()
    assert not Invoice.objects.filter(order=order).exists()


def test_a_draft_of_an_order_keeps_its_figures(activity: Activity, client: Client) -> None:
    """Labels may change; a quantity may not."""
    order = make_order(activity)
    client.post(f"/commandes/{order.pk}/situation/", {"whole": "50", "action": "save"})
    draft = Invoice.objects.get(order=order)
    sheet = client.get(f"/factures/{draft.pk}/modifier/")
    assert f"commande {order.number}" in sheet.content.decode()
    line = draft.lines.order_by("position")[0]
    lines = [
        DraftLine(
            label="Autre libellé",
            quantity=one.quantity,
            unit=one.unit,
            unit_price=one.unit_price,
            discount_percent=one.discount_percent,
            nature=one.nature,
            vat_code=one.vat_code,
        )
        for one in draft.lines.order_by("position")
    ]
    content = DraftContent(activity=activity, customer=draft.customer, lines=lines)
    with pytest.raises(RefusalError, match="ne changent pas ici"):
        save_draft(
            invoice=draft,
            content=replace(content, lines=[replace(lines[0], quantity=Decimal(1)), *lines[1:]]),
            by=accountant(),
        )
    assert draft.lines.get(position=1).quantity == line.quantity
    saved = save_draft(invoice=draft, content=content, by=accountant())
    assert (saved.order, saved.part, saved.net) == (order, "PROGRESS", Decimal(750))
    assert [one.label for one in saved.lines.all()] == ["Autre libellé", "Autre libellé"]
    assert all(one.order_line for one in saved.lines.all())


def test_the_rest_is_cancelled_but_not_over_a_deposit(activity: Activity, client: Client) -> None:
    """The deposit's credit note comes first."""
    order = make_order(activity)
    deposit(order, "30", date(2026, 11, 3))
    answer = client.post(f"/commandes/{order.pk}/annuler/", {"reason": "Abandon"})
    assert "Un acompte n’est pas déduit" in answer.content.decode()
    other = make_order(activity)
    client.post(f"/commandes/{other.pk}/annuler/", {"reason": "Abandon"})
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.cancelled_on, other.cancel_reason) == (None, "Abandon")


def test_an_accepted_quote_becomes_an_order_once(activity: Activity, client: Client) -> None:
    """From the list of orders, where it then no longer waits."""
    quote = sent_quote(activity)
    accept(quote)
    assert "Devis acceptés" in client.get("/commandes/").content.decode()
    client.post(f"/commandes/devis/{quote.pk}/")
    order = Order.objects.get(quote=quote)
    assert (order.net, order.customer) == (quote.net, quote.customer)
    assert client.post(f"/commandes/devis/{quote.pk}/").status_code == 404
    assert Order.objects.filter(quote=quote).count() == 1


def test_the_staff_sees_orders_and_prepares_their_invoices(accountant_client: Client) -> None:
    """The same services, from the admin."""
    order = make_order()
    assert order.number in accountant_client.get("/gestion/invoicing/order/").content.decode()
    page = accountant_client.get(f"/gestion/invoicing/order/{order.pk}/change/")
    assert "Facture finale" in page.content.decode()
    accountant_client.post(f"/gestion/invoicing/order/{order.pk}/progress/", {"percent": "40"})
    draft = Invoice.objects.get(order=order)
    assert (draft.part, draft.net) == ("PROGRESS", Decimal(600))
