"""What is reported to the State: by day, rate and category, and in full agreement with the documents and the books."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.customers.enums import CustomerKind
from invoicing.exports.queries.ereporting import reported_payments, reported_sales
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.invoices.services import issue_credit_note
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.services import bounce_receipt, offset_credit_note, refund_customer
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_selling_activity
from tests.invoicing.payments.books import GOODS, balance, receive
from tests.members.factories import make_cooperative

NOVEMBER = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
DAY, LATER = date(2026, 11, 2), date(2026, 11, 20)


def sold_to(kind: CustomerKind, *lines: tuple[str, str, dict[str, Any]], on: date = DAY, **customer: Any) -> Invoice:  # noqa: ANN401
    """An invoice of these lines (net, VAT code, more)."""
    activity = make_selling_activity()
    return make_issued(
        activity,
        on=on,
        customer=make_customer(activity, kind, **customer),
        lines=[make_line("Travail", "1", net, code, **more) for net, code, more in lines],
    )


def consumer(*lines: tuple[str, str, dict[str, Any]], on: date = DAY) -> Invoice:
    """The same, to a consumer."""
    return sold_to(CustomerKind.CONSUMER, *lines, on=on)


def sales() -> list[tuple[str, str, str, str, int, str, str]]:
    """What November reports, as one reads it."""
    return [
        (f"{s.day:%d/%m}", s.treatment, s.operation.value, str(s.rate), s.documents, str(s.net), str(s.vat))
        for s in reported_sales(**NOVEMBER)
    ]


def payments() -> list[tuple[str, str, str, int, str, str]]:
    """The same of payments."""
    return [
        (f"{p.day:%d/%m}", p.treatment, str(p.rate), p.payments, str(p.gross), str(p.vat))
        for p in reported_payments(**NOVEMBER)
    ]


@pytest.mark.django_db
def test_sales_are_told_by_day_category_and_rate() -> None:
    make_cooperative()
    consumer(("100", "FR20", {}), ("50", "FR20", {"nature": GOODS}), ("10", "FR5.5", {"nature": GOODS}))
    consumer(("200", "FR20", {}))
    consumer(("30", "FR20", {}), on=date(2026, 11, 3))
    sold_to(CustomerKind.PROFESSIONAL, ("999", "FR20", {}), on=date(2026, 11, 3))
    german = {"siren": "", "country": "DE", "vat_number": "DE123456788"}
    sold_to(CustomerKind.PROFESSIONAL, ("70", "UE-SERVICES", {}), on=date(2026, 11, 3), **german)
    assert sales() == [
        ("02/11", "B2C", "TLB1", "20.00", 1, "50.00", "10.00"),
        ("02/11", "B2C", "TLB1", "5.50", 1, "10.00", "0.55"),
        ("02/11", "B2C", "TPS1", "20.00", 2, "300.00", "60.00"),
        ("03/11", "B2C", "TPS1", "20.00", 1, "30.00", "6.00"),
        ("03/11", "B2BINT", "TNT1", "0.00", 1, "70.00", "0.00"),
    ]


@pytest.mark.django_db
def test_exempt_training_is_not_reported_and_a_credit_note_takes_its_sale_back() -> None:
    make_cooperative()
    consumer(("400", "EXO-FORMATION", {}))
    invoice = consumer(("100", "FR20", {}))
    issue_credit_note(invoice=invoice, reason="Annulée", by=accountant(), on=LATER)
    assert sales() == [
        ("02/11", "B2C", "TPS1", "20.00", 1, "100.00", "20.00"),
        ("20/11", "B2C", "TPS1", "20.00", 1, "-100.00", "-20.00"),
    ]


@pytest.mark.django_db
def test_payments_are_those_of_services_whose_vat_waits_for_them() -> None:
    """Goods are due at once; set-offs are no money; what bounces or is refunded is taken back."""
    make_cooperative()
    by = accountant()
    company = sold_to(CustomerKind.PROFESSIONAL, ("999", "FR20", {}))
    mixed = consumer(("100", "FR20", {}), ("50", "FR5.5", {"nature": GOODS}))
    receive(mixed.customer, "172.75", (mixed, "172.75"), on=date(2026, 11, 5))
    service = consumer(("100", "FR20", {}))
    receipt = receive(service.customer, "60", (service, "60"), on=date(2026, 11, 5))
    bounce_receipt(receipt=receipt, on=date(2026, 11, 9), reason="Sans provision", by=by)
    receive(service.customer, "60", (service, "60"), on=date(2026, 11, 12))
    credit_note = issue_credit_note(invoice=service, reason="Annulée", by=by, on=LATER)
    offset_credit_note(credit_note=credit_note, invoice=service, amount=Decimal(60), by=by, on=LATER)
    assert service.customer is not None
    refund_customer(
        customer=service.customer,
        credit_note=credit_note,
        amount=Decimal(60),
        refunded_on=date(2026, 11, 25),
        method=PaymentMethod.TRANSFER,
        by=by,
    )
    receive(company.customer, "500", (company, "500"), on=date(2026, 11, 5))
    assert payments() == [
        ("05/11", "B2C", "20.00", 2, "180.00", "30.00"),
        ("09/11", "B2C", "20.00", 1, "-60.00", "-10.00"),
        ("12/11", "B2C", "20.00", 1, "60.00", "10.00"),
        ("25/11", "B2C", "20.00", 1, "-60.00", "-10.00"),
    ]


amounts = st.integers(1, 100_000).map(lambda cents: str(Decimal(cents) / 100))
line = st.tuples(amounts, st.sampled_from(["FR20", "FR10", "FR5.5"]), st.booleans())


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.tuples(st.lists(line, min_size=1, max_size=4), st.integers(0, 100)), min_size=1, max_size=3)
)
def test_the_reports_agree_with_the_documents_and_the_books(
    documents: list[tuple[list[tuple[str, str, bool]], int]],
) -> None:
    """Sales: rate by rate, the VAT rows of the documents and the sales accounts. Payments: what left 44574."""
    with transaction.atomic():
        make_cooperative()
        for lines, percent in documents:
            invoice = consumer(*((net, code, {"nature": GOODS} if goods else {}) for net, code, goods in lines))
            paid = (invoice.gross * percent / 100).quantize(Decimal("0.01"))
            if paid:
                receive(invoice.customer, str(paid), (invoice, str(paid)))
        told: defaultdict[Decimal, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for sale in reported_sales(**NOVEMBER):
            told[sale.rate][0] += sale.net
            told[sale.rate][1] += sale.vat
        rows = InvoiceVat.objects.order_by().values_list("rate").annotate(net=Sum("net"), vat=Sum("vat"))
        assert {rate: tuple(sums) for rate, sums in told.items()} == {rate: (net, vat) for rate, net, vat in rows}
        assert sum(sale.net for sale in reported_sales(**NOVEMBER)) == -balance("706") - balance("707")
        pending = InvoiceVat.objects.aggregate(total=Sum("pending"))["total"]
        assert sum((p.vat for p in reported_payments(**NOVEMBER)), Decimal(0)) == pending + balance("44574")
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["reported-sales", "reported-payments"])
def test_the_pages_are_files_too_and_ask_the_same_queries_whatever_their_length(name: str) -> None:
    make_cooperative()
    client, seen = Client(), []
    client.force_login(accountant())
    period = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    for day in (3, 4, 5):
        invoice = consumer(("100", "FR20", {}), on=date(2026, 11, day))
        receive(invoice.customer, "120", (invoice, "120"), on=date(2026, 11, day))
        client.get(reverse(name), period)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(name), period).content.decode()
        seen.append(len(queries))
    assert seen[0] == seen[2] == 5
    assert "Particuliers" in page
    csv = client.get(reverse(name), period | {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("03/11/2026;Particuliers;")
    assert csv.splitlines()[-1].endswith(";300,00;60,00")
    assert client.get(reverse(name), period | {"format": "xlsx"}).getvalue()[:2] == b"PK"
