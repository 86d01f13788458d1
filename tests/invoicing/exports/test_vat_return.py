"""The VAT return: exact lines of the form, when the VAT becomes due, and the agreement with the ledger."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.customers.models import Customer
from invoicing.exports.queries.vat import vat_details, vat_return
from invoicing.exports.rules.vat_return import VatKey, VatMovement, VatReturn, box_of, fill_return, form_boxes
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.models import Allocation, AllocationVat
from invoicing.payments.services import allocate_receipt, bounce_receipt, offset_credit_note, refund_customer
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_selling_activity
from tests.invoicing.payments.books import GOODS, invoice_of, receive

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))
SEVERAL_RATES = [
    ("Conseil", "1", "1000", "FR20"),
    ("Chantier", "1", "500", "FR10"),
    ("Livre", "1", "200", "FR5.5"),
    ("Presse", "1", "100", "FR2.1"),
    ("Outre-mer", "1", "300", "DOM8.5"),
]


def amounts(filled: VatReturn) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """Base and tax of every line that is not empty."""
    return {box.number: (box.base, box.vat) for box in filled.boxes if box.base or box.vat}


def money(*texts: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if text is None else Decimal(text) for text in texts)


def lines_of(period: tuple[date, date]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The return of a period, which agrees with the ledger."""
    filled = vat_return(starts_on=period[0], ends_on=period[1])
    assert filled.difference == 0
    return amounts(filled)


def issue(customer: Customer, *lines: tuple[str, str, str, str]) -> Invoice:
    """An invoice of these lines, issued on 2 November 2026."""
    return make_issued(customer.activity, customer=customer, lines=[make_line(*line) for line in lines])


@pytest.fixture
def customer(cooperative: Cooperative) -> Customer:
    return make_customer(make_selling_activity(), vat_number="FR83404833048")


@pytest.mark.django_db
def test_services_become_due_by_payment_over_two_months(customer: Customer) -> None:
    """2 388.60 € incl. VAT at five rates; 1 000 € in November, the rest in December: nothing is lost on the way."""
    invoice = issue(customer, *SEVERAL_RATES)
    assert (invoice.net, invoice.vat, invoice.gross) == money("2100.00", "288.60", "2388.60")
    receive(customer, "1000", (invoice, "1000"), on=date(2026, 11, 20))
    receive(customer, "1388.60", (invoice, "1388.60"), on=date(2026, 12, 4))
    assert lines_of(NOVEMBER) == {
        "A1": money("879.17", None),
        "08": money("418.66", "83.73"),
        "9B": money("209.33", "20.93"),
        "09": money("83.73", "4.61"),
        "T6": money("41.86", "0.88"),
        "10": money("125.59", "10.68"),
        "16": money(None, "120.83"),
        "28": money(None, "120.83"),
    }
    whole = {
        "08": ("1000", "200"),
        "9B": ("500", "50"),
        "09": ("200", "11"),
        "T6": ("100", "2.10"),
        "10": ("300", "25.50"),
    }
    november, december = lines_of(NOVEMBER), lines_of(DECEMBER)
    for number, expected in whole.items():
        sums = [(november[number][i] or 0) + (december[number][i] or 0) for i in (0, 1)]
        assert tuple(sums) == money(*expected), number


@pytest.mark.django_db
def test_goods_are_due_at_issue_and_a_mixed_row_in_two_parts(customer: Customer) -> None:
    goods = make_line("Table", "1", "300", nature=GOODS)
    invoice = make_issued(customer.activity, customer=customer, lines=[goods, make_line("Pose", "1", "100.01")])
    assert lines_of(NOVEMBER) == {
        "A1": money("300.01", None),
        "08": money("300.01", "60.00"),
        "16": money(None, "60.00"),
        "28": money(None, "60.00"),
    }
    receive(customer, "100", (invoice, "100"), on=date(2026, 12, 1))
    receive(customer, "380.01", (invoice, "380.01"), on=date(2026, 12, 2))
    assert lines_of(DECEMBER)["08"] == money("100.00", "20.00")


@pytest.mark.django_db
def test_with_the_option_for_debits_all_is_due_at_issue(customer: Customer) -> None:
    Cooperative.objects.update(vat_on_debits=True)
    invoice = issue(customer, *SEVERAL_RATES)
    receive(customer, "2388.60", (invoice, "2388.60"), on=date(2026, 12, 4))
    assert lines_of(NOVEMBER)["A1"] == money("2100.00", None)
    assert lines_of(NOVEMBER)["28"] == money(None, "288.60")
    assert lines_of(DECEMBER) == {}


@pytest.mark.django_db
def test_sales_without_vat_go_to_their_lines(customer: Customer) -> None:
    issue(
        customer,
        ("Formation", "1", "1000", "EXO-FORMATION"),
        ("Sous-traitance", "1", "500", "AUTO-BTP"),
    )
    issue(customer, ("Subvention", "1", "90", "HORS-CHAMP"))
    abroad: dict[str, Any] = {"vat_number": "DE136695976", "country": "DE", "siren": ""}
    german = make_customer(customer.activity, **abroad)
    swiss = make_customer(customer.activity, country="CH", siren="")
    for buyer, price, code in ((german, "80", "UE-BIENS"), (german, "7", "UE-SERVICES"), (swiss, "70", "EXPORT")):
        lines, on = [make_line("Vente", "1", price, code)], date(2026, 11, 1)
        make_issued(customer.activity, customer=buyer, lines=lines, supplied_on=on)
    assert lines_of(NOVEMBER) == {
        "E1": money("70.00", None),
        "E2": money("1507.00", None),
        "F2": money("80.00", None),
        "—": money("90.00", None),
    }


@pytest.mark.django_db
def test_the_two_rates_of_2_1_are_told_apart(customer: Customer) -> None:
    for code in ("FR2.1", "DOM2.1"):
        make_issued(customer.activity, customer=customer, lines=[make_line("Bien", "1", "100", code, nature=GOODS)])
    lines = lines_of(NOVEMBER)
    assert (lines["11"], lines["T6"]) == (money("100.00", "2.10"), money("100.00", "2.10"))


@pytest.mark.django_db
def test_a_bounce_takes_the_vat_back_in_its_own_month(customer: Customer) -> None:
    invoice = invoice_of(customer, "100")
    cheque = receive(customer, "120", (invoice, "120"), method="CHEQUE", on=date(2026, 11, 20))
    assert lines_of(NOVEMBER)["08"] == money("100.00", "20.00")
    bounce_receipt(receipt=cheque, on=date(2026, 12, 3), reason="Sans provision", by=accountant())
    assert lines_of(NOVEMBER)["08"] == money("100.00", "20.00")
    assert lines_of(DECEMBER) == {
        "B5": money("100.00", None),
        "21": money(None, "20.00"),
        "23": money(None, "20.00"),
        "25": money(None, "20.00"),
    }
    receive(customer, "120", (invoice, "120"), on=date(2026, 12, 20))
    assert lines_of(DECEMBER) == {}


@pytest.mark.django_db
def test_a_credit_note_of_goods_is_deducted_at_issue(customer: Customer) -> None:
    invoice = invoice_of(customer, "100", nature=GOODS)
    invoice_of(customer, "400", nature=GOODS)
    issue_credit_note(invoice=invoice, reason="Retour", by=accountant(), on=date(2026, 11, 9))
    assert lines_of(NOVEMBER)["08"] == money("400.00", "80.00")


@pytest.mark.django_db
def test_a_credit_note_of_services_is_due_when_it_is_refunded_not_when_it_is_set_off(customer: Customer) -> None:
    unpaid, paid = invoice_of(customer, "100"), invoice_of(customer, "50")
    credit = issue_credit_note(invoice=unpaid, reason="Annulé", by=accountant(), on=date(2026, 11, 9))
    offset_credit_note(credit_note=credit, invoice=unpaid, amount=Decimal(120), by=accountant(), on=date(2026, 11, 9))
    assert lines_of(NOVEMBER) == {}
    receive(customer, "60", (paid, "60"), on=date(2026, 11, 10))
    credit = issue_credit_note(invoice=paid, reason="Geste", by=accountant(), on=date(2026, 12, 1))
    refund_customer(
        customer=customer,
        credit_note=credit,
        amount=Decimal(60),
        refunded_on=date(2026, 12, 2),
        method="TRANSFER",
        by=accountant(),
    )
    assert lines_of(NOVEMBER)["08"] == money("50.00", "10.00")
    assert lines_of(DECEMBER)["B5"] == money("50.00", None)
    assert lines_of(DECEMBER)["21"] == money(None, "10.00")


@pytest.mark.django_db
def test_a_receipt_allocated_later_is_due_from_then(customer: Customer) -> None:
    invoice = invoice_of(customer, "100")
    receipt = receive(customer, "120", on=date(2026, 11, 20))
    assert lines_of(NOVEMBER) == {}
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=date(2026, 12, 1))
    assert lines_of(DECEMBER)["08"] == money("100.00", "20.00")


def purchase(*lines: tuple[str, str, str], journal: JournalCode = JournalCode.MISCELLANEOUS, on: date) -> None:
    """An entry of account, debit and credit."""
    drafts = tuple(LineDraft(number, debit=Decimal(debit), credit=Decimal(credit)) for number, debit, credit in lines)
    post_entry(entry=EntryDraft(journal, on, "OD1", on, "Opération", drafts), by=accountant())


@pytest.mark.django_db
def test_deductible_vat_and_the_settlement_of_the_month_before(customer: Customer) -> None:
    invoice_of(customer, "100", nature=GOODS)
    purchase(("606", "500", "0"), ("44566", "100", "0"), ("512", "0", "600"), on=date(2026, 11, 5))
    purchase(("2183", "50", "0"), ("44562", "10", "0"), ("512", "0", "60"), on=date(2026, 11, 6))
    first = {
        "A1": money("100.00", None),
        "08": money("100.00", "20.00"),
        "16": money(None, "20.00"),
        "19": money(None, "10.00"),
        "20": money(None, "100.00"),
        "23": money(None, "110.00"),
        "25": money(None, "90.00"),
    }
    assert lines_of(NOVEMBER) == first
    settlement = (("44571", "20", "0"), ("44566", "0", "100"), ("44562", "0", "10"), ("44567", "90", "0"))
    purchase(*settlement, on=date(2026, 11, 30))
    purchase(("44571", "3", "0"), ("44566", "0", "3"), journal=JournalCode.OPENING, on=date(2026, 11, 1))
    assert lines_of(NOVEMBER) == first
    purchase(("512", "24", "0"), ("606", "0", "20"), ("44566", "0", "4"), on=date(2026, 12, 1))
    assert lines_of(DECEMBER) == {
        "15": money(None, "4.00"),
        "16": money(None, "4.00"),
        "22": money(None, "90.00"),
        "23": money(None, "90.00"),
        "25": money(None, "86.00"),
    }


@pytest.mark.django_db
def test_vat_collected_by_hand_is_told_as_a_difference(customer: Customer) -> None:
    invoice_of(customer, "100", nature=GOODS)
    purchase(("512", "12", "0"), ("708", "0", "10"), ("44571", "0", "2"), on=date(2026, 11, 5))
    filled = vat_return(starts_on=NOVEMBER[0], ends_on=NOVEMBER[1])
    assert (filled.collected, filled.in_ledger, filled.difference) == money("20.00", "22.00", "-2.00")


@pytest.mark.django_db
def test_one_activity_alone(customer: Customer) -> None:
    other = make_customer(make_selling_activity())
    invoice_of(customer, "100", nature=GOODS)
    invoice_of(other, "1000", nature=GOODS)
    filled = vat_return(starts_on=NOVEMBER[0], ends_on=NOVEMBER[1], activity_id=customer.activity_id)
    assert (filled.box("08").vat, filled.collected, filled.in_ledger) == money("20.00", "20.00", "20.00")


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(
        st.tuples(st.integers(1, 99_999), st.sampled_from(["FR20", "FR10", "FR5.5"]), st.booleans()),
        min_size=1,
        max_size=4,
    ),
    parts=st.lists(st.integers(1, 99), min_size=1, max_size=4),
)
def test_payments_in_any_parts_make_the_whole_due(
    cooperative: Cooperative, prices: list[tuple[int, str, bool]], parts: list[int]
) -> None:
    """Over all months, bases and tax of a document paid in full are its own; each month agrees with the ledger."""
    payer = make_customer(make_selling_activity())
    lines = [
        make_line("Vente", "1", str(Decimal(cents) / 100), code, **({"nature": GOODS} if is_goods else {}))
        for cents, code, is_goods in prices
    ]
    invoice = make_issued(payer.activity, customer=payer, lines=lines)
    left = invoice.gross
    for day, part in enumerate(parts, 1):
        amount = min(left, max(Decimal("0.01"), (invoice.gross * part / 100).quantize(Decimal("0.01"))))
        amount = left if day == len(parts) else amount
        if amount:
            receive(payer, str(amount), (invoice, str(amount)), on=date(2026, 11, 10 + day))
            left -= amount
    activity = {"activity_id": payer.activity_id}
    filled = vat_return(starts_on=NOVEMBER[0], ends_on=NOVEMBER[1], **activity)
    assert filled.difference == 0
    assert filled.box("A1").base == invoice.net
    assert filled.box("16").vat == invoice.vat
    details = vat_details(starts_on=NOVEMBER[0], ends_on=NOVEMBER[1], **activity)
    assert (sum(d.base for d in details), sum(d.vat for d in details)) == (invoice.net, invoice.vat)


def test_every_row_names_a_line_of_the_form() -> None:
    keys = [
        VatKey(category, Decimal(rate), is_overseas)
        for category, rate in (("S", "20"), ("S", "10"), ("S", "5.5"), ("S", "8.5"), ("S", "2.1"), ("S", "19.6"))
        for is_overseas in (False, True)
    ]
    assert [box_of(key) for key in keys] == ["08", "08", "9B", "9B", "09", "09", "10", "10", "T6", "11", "13", "13"]
    numbers = {box.number for box in form_boxes()}
    assert {
        box_of(VatKey(category, Decimal(0), is_overseas=False)) for category in ("G", "K", "AE", "E", "Z", "O")
    } <= numbers


def test_negative_sales_without_tax_go_to_f8() -> None:
    movement = VatMovement(VatKey("G", Decimal(0), is_overseas=False), issue_base=Decimal("-5.00"))
    filled = fill_return([movement], accounts={}, credit_before=Decimal("-3.00"))
    assert amounts(filled) == {"F8": money("5.00", None)}


# Pages


@pytest.mark.django_db
def test_the_page_drills_down_and_exports(customer: Customer) -> None:
    invoice = invoice_of(customer, "100")
    receipt = receive(customer, "120", (invoice, "120"), on=date(2026, 11, 20))
    goods = invoice_of(customer, "50", nature=GOODS)
    client, period = signed_in(accountant()), {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    text = client.get(reverse("vat-return"), period).content.decode()
    detail = f"{reverse('vat-return-detail')}?box=08&amp;starts_on=2026-11-01&amp;ends_on=2026-11-30"
    assert detail in text
    assert "Ils concordent." in text
    assert f"{reverse('general-ledger')}?account=44566" in text
    page = client.get(reverse("vat-return-detail"), period | {"box": "08"}).content.decode()
    assert reverse("admin:invoicing_receipt_change", args=[receipt.pk]) in page
    assert reverse("admin:invoicing_invoice_change", args=[goods.pk]) in page
    assert f"Encaissement {receipt.number}" in page
    csv = client.get(reverse("vat-return"), period | {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert "08;Taux normal 20 %;150,00;30,00;10,00;20,00" in csv.split("\r\n")
    xlsx = client.get(reverse("vat-return-detail"), period | {"box": "08", "format": "xlsx"})
    assert xlsx.getvalue().startswith(b"PK")
    wrong = client.get(reverse("vat-return"), {"starts_on": "2026-11-30", "ends_on": "2026-11-01"})
    assert "La fin précède le début." in wrong.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["vat-return", "vat-return-detail"])
def test_the_pages_take_as_many_queries_for_three_documents_as_for_one(customer: Customer, name: str) -> None:
    client: Client = signed_in(accountant())
    seen = []
    for documents in (1, 3):
        while Invoice.objects.count() < documents:
            invoice_of(customer, "100", nature=GOODS)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(name), {"starts_on": "2026-11-01", "ends_on": "2026-11-30"})
        assert page.status_code == 200
        seen.append(len(queries))
    assert seen == [{"vat-return": 11, "vat-return-detail": 6}[name]] * 2


@pytest.mark.django_db
def test_what_is_lost_never_becomes_due_and_what_was_due_is_taken_back(customer: Customer) -> None:
    """A document may be settled by what is no money: 60 € of goods and services lost, of 240 €."""
    goods = make_line("Table", "1", "100", nature=GOODS)
    invoice = make_issued(customer.activity, customer=customer, lines=[goods, make_line("Pose", "1", "100")])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE invoicing_allocation DROP CONSTRAINT invoicing_allocation_one_source")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    loss = Allocation.objects.create(invoice=invoice, amount=Decimal(60), allocated_on=date(2026, 12, 9))
    figures = {"net": Decimal(50), "vat": Decimal(10), "due_vat": Decimal(5)}
    AllocationVat.objects.create(allocation=loss, category="S", rate=Decimal(20), **figures)
    lost = (("654", "50", "0"), ("44571", "5", "0"), ("44574", "5", "0"), ("512", "0", "60"))
    purchase(*lost, on=date(2026, 12, 9))
    assert lines_of(DECEMBER) == {"21": money(None, "5.00"), "23": money(None, "5.00"), "25": money(None, "5.00")}
    (detail,) = vat_details(starts_on=DECEMBER[0], ends_on=DECEMBER[1])
    assert (detail.box, detail.timing, detail.vat) == ("21", "LOSS", Decimal("-5.00"))
