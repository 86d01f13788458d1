"""Products that a rule leaves out of its base: told apart on invoices, to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.catalogue.models import Product
from invoicing.contributions.queries.figures import figures
from invoicing.contributions.queries.rule import products_nobody_sells, rule_in_force
from invoicing.contributions.rules.figures import ProductTurnover
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note
from members.activities.models import Activity
from tests.invoicing.contributions.books import FEBRUARY, JANUARY, MARCH, activity_under, adopted, amounts, run
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_product
from tests.invoicing.payments.books import receive

RULE = """
name = "Dix pour cent, sans les formations sous-traitées"
[products]
FORM-ST = "Formations sous-traitées"
[[versions]]
valid_from = 2026-01-01
decision = "AG"
[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "BASE"
exclude_internal = false
excluded_products = ["FORM-ST"]
values.ALL = { rate = 10 }
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def product() -> Product:
    """A subcontracted training of an activity under CESA."""
    return make_product(activity_under(), "Formation", contribution_code="FORM-ST")


def sale(product: Product, *, on: date, own: str = "1000", left_out: str = "400", **fields: object) -> Invoice:
    """An invoice of work and of the product, both at 20 %."""
    lines = [make_line("Travail", "1", own), make_line("Formation", "1", left_out, product_id=product.pk)]
    return make_issued(product.activity, on=on, lines=lines, **fields)


def sold(activity: Activity, last: date) -> list[tuple[ProductTurnover, ...]]:
    """What the months say of products, stay by stay."""
    (mine,) = [one for one in figures(first=JANUARY, wanted=JANUARY, month=last) if one.activity_id == activity.pk]
    return [stay.products for month in mine.months for stay in month.stays]


def turnover(invoiced: str, collected: str) -> ProductTurnover:
    """Of the one product."""
    return ProductTurnover("FORM-ST", Decimal(invoiced), Decimal(collected))


def test_what_is_invoiced_of_it_does_not_count(product: Product) -> None:
    """1 400 € invoiced, 400 € of them left out: 100 €. Its credit note takes the same back."""
    adopted(RULE.replace("BASE", "invoiced"))
    invoice = sale(product, on=date(2026, 1, 12))
    run(JANUARY)
    assert amounts(product.activity) == [("2026-01", "100.00")]
    issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=date(2026, 2, 3))
    run(FEBRUARY)
    assert amounts(product.activity) == [("2026-01", "100.00"), ("2026-02", "0.00"), ("2026-01", "-100.00")]


def test_what_is_collected_of_it_does_not_count(product: Product) -> None:
    """A third of 1 680 € incl. VAT is paid in February: 466,67 € net, of which 133,33 € of the product."""
    adopted(RULE.replace("BASE", "collected"))
    customer = make_customer(product.activity)
    invoice = sale(product, on=date(2026, 1, 12), customer=customer)
    receive(customer, "560", (invoice, "560"), on=date(2026, 2, 2))
    receive(customer, "1120", (invoice, "1120"), on=date(2026, 3, 2))
    assert sold(product.activity, MARCH) == [
        (turnover("400.00", "0.00"),),
        (turnover("0.00", "133.33"),),
        (turnover("0.00", "266.67"),),
    ]
    for month in (JANUARY, FEBRUARY, MARCH):
        run(month)
    assert amounts(product.activity) == [("2026-01", "0.00"), ("2026-02", "33.33"), ("2026-03", "66.67")]


def test_a_code_written_later_corrects_what_was_run(product: Product) -> None:
    """140 € taken, then 40 € given back."""
    adopted(RULE.replace("BASE", "invoiced"))
    Product.objects.update(contribution_code="")
    sale(product, on=date(2026, 1, 12))
    run(JANUARY)
    Product.objects.update(contribution_code="FORM-ST")
    run(FEBRUARY)
    assert amounts(product.activity) == [("2026-01", "140.00"), ("2026-02", "0.00"), ("2026-01", "-40.00")]


def test_a_deposit_that_is_taken_off_counts_once(product: Product) -> None:
    """A deposit of 300 € on the product and a final invoice of 400 € that takes it off: 400 € left out in all."""
    customer = make_customer(product.activity)
    deposit = make_issued(
        product.activity,
        customer=customer,
        on=date(2026, 1, 5),
        lines=[make_line("Acompte", "1", "300", product_id=product.pk)],
        terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
    )
    sale(product, on=date(2026, 1, 20), customer=customer, terms=SaleTerms(deposits=[deposit]))
    assert sold(product.activity, JANUARY) == [(turnover("400.00", "0.00"),)]


def test_other_products_and_drafts_say_nothing(product: Product) -> None:
    """Nor does a product that another rule's code does not name."""
    plain = make_product(product.activity, "Conseil")
    make_issued(product.activity, on=date(2026, 1, 5), lines=[make_line(product_id=plain.pk)])
    assert sold(product.activity, JANUARY) == [()]


def test_a_code_that_nobody_sells_is_told(product: Product) -> None:
    """On the page where a rule is tried."""
    adopted(RULE.replace("BASE", "invoiced"))
    rule = rule_in_force()
    assert rule is not None
    assert products_nobody_sells(rule) == []
    Product.objects.update(contribution_code="AUTRE")
    assert products_nobody_sells(rule) == ["Formations sous-traitées"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(1, 99_999), min_size=1, max_size=3),
    st.lists(st.integers(1, 99_999), min_size=1, max_size=4),
)
def test_parts_of_products_sum_to_what_is_collected(product: Product, cents: list[int], payments: list[int]) -> None:
    """All lines are products: their shares of each payment are the payment, and in the end each has its net."""
    activity = activity_under()
    shelf = [make_product(activity, f"P{i}", contribution_code=f"P{i}") for i in range(len(cents))]
    lines = [
        make_line("x", "1", str(Decimal(cent) / 100), product_id=one.pk) for one, cent in zip(shelf, cents, strict=True)
    ]
    customer = make_customer(activity)
    invoice = make_issued(activity, customer=customer, on=JANUARY, lines=lines)
    rest = invoice.gross
    for day, part in enumerate(payments, start=2):
        amount = min(rest, Decimal(part) / 100)
        if amount:
            receive(customer, str(amount), (invoice, str(amount)), on=date(2026, 1, day))
            rest -= amount
    (mine,) = [one for one in figures(first=JANUARY, wanted=JANUARY, month=JANUARY) if one.activity_id == activity.pk]
    (stay,) = mine.months[0].stays
    assert sum(one.collected for one in stay.products) == stay.collected
    assert {one.product: one.invoiced for one in stay.products} == {
        f"P{i}": Decimal(cent) / 100 for i, cent in enumerate(cents)
    }
    if not rest:
        assert all(one.collected == one.invoiced for one in stay.products)
