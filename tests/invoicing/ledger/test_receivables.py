"""Aged receivables on any day: what was open then, though it was paid, matched or carried later; exact columns."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import aged_receivables, open_items
from invoicing.ledger.services import close_fiscal_year, match_lines
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import check_deferred, customer, line_of, open_years, post
from tests.members.factories import make_activity, make_entrepreneur

pytestmark = pytest.mark.django_db


def aged(on: date, *, by_activity: bool = False) -> list[tuple[str, list[str]]]:
    """Who owes what, column by column."""
    return [
        (row.name, [str(a) for a in (row.current, row.late_30, row.late_60, row.late_90, row.late_more)])
        for row in aged_receivables(on=on, by_activity=by_activity)
    ]


@pytest.mark.parametrize(
    ("on", "column"),
    [
        (date(2026, 4, 9), 0),
        (date(2026, 4, 10), 0),
        (date(2026, 4, 11), 1),
        (date(2026, 5, 10), 1),
        (date(2026, 5, 11), 2),
        (date(2026, 6, 9), 2),
        (date(2026, 6, 10), 3),
        (date(2026, 7, 9), 3),
        (date(2026, 7, 10), 4),
    ],
)
def test_the_columns_at_their_bounds(on: date, column: int) -> None:
    """Due on 10 April 2026: current on that day, then 1–30, 31–60, 61–90 and more than 90 days late."""
    open_years()
    post(("411", "120"), ("706", "-120"), auxiliary=customer(), due=date(2026, 4, 10))
    assert aged(on) == [("Mairie de Nantes", ["120.00" if i == column else "0.00" for i in range(5)])]


def test_a_day_shows_what_was_open_then() -> None:
    """Invoiced on 10 March, paid on 2 May, matched on 20 May; a retention and a doubtful claim of another customer."""
    open_years()
    town, shop = customer(), customer(8, "Boulangerie")
    invoice = post(("411", "120"), ("706", "-120"), auxiliary=town, due=date(2026, 4, 10))
    post(("4117", "30"), ("416", "70"), ("706", "-100"), auxiliary=shop, due=date(2026, 12, 31), voucher="F2")
    payment = post(("512", "120"), ("411", "-120"), auxiliary=town, on=date(2026, 5, 2), due=date(2026, 4, 10))
    match_lines(lines=[line_of(invoice), line_of(payment)], on=date(2026, 5, 20), by=accountant())
    shop_row = ("Boulangerie", ["100.00", "0.00", "0.00", "0.00", "0.00"])
    town_row = ("Mairie de Nantes", ["0.00", "120.00", "0.00", "0.00", "0.00"])
    assert aged(date(2026, 3, 9)) == []
    assert aged(date(2026, 5, 1)) == [town_row, shop_row]
    assert aged(date(2026, 5, 2)) == [shop_row]
    assert aged(date(2026, 6, 1)) == [shop_row]
    assert open_items(on=date(2026, 5, 10)).count() == 4
    assert open_items(on=date(2026, 5, 20)).count() == 2


def test_a_payment_without_due_date_stands_in_its_own_column() -> None:
    """Matched only later: until then the invoice is late and the payment, due on its own day, is younger."""
    open_years()
    invoice = post(("411", "120"), ("706", "-120"), auxiliary=customer(), due=date(2026, 4, 10))
    payment = post(("512", "120"), ("411", "-120"), auxiliary=customer(), on=date(2026, 5, 2))
    match_lines(lines=[line_of(invoice), line_of(payment)], on=date(2026, 5, 20), by=accountant())
    assert aged(date(2026, 5, 15)) == [("Mairie de Nantes", ["0.00", "-120.00", "120.00", "0.00", "0.00"])]
    assert aged(date(2026, 5, 20)) == []


def test_the_turn_of_the_year_changes_no_age() -> None:
    """Open at the end of 2026, carried by the closing, paid in February 2027: each day shows it once, at its age."""
    year, _ = open_years()
    town = customer()
    post(("411", "120"), ("706", "-120"), auxiliary=town, on=date(2026, 11, 2), due=date(2026, 12, 2))
    post(("512", "50"), ("411", "-50"), auxiliary=town, on=date(2026, 12, 20), voucher="R1")
    days = (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31))
    before = [aged(day) for day in days]
    close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant())
    check_deferred()
    assert [aged(day) for day in days] == before
    assert before == [
        [("Mairie de Nantes", ["0.00", "70.00", "0.00", "0.00", "0.00"])],
        [("Mairie de Nantes", ["0.00", "70.00", "0.00", "0.00", "0.00"])],
        [("Mairie de Nantes", ["0.00", "0.00", "70.00", "0.00", "0.00"])],
    ]
    payment = post(("512", "70"), ("411", "-70"), auxiliary=town, on=date(2027, 2, 10), voucher="R2")
    opened = EntryLine.objects.filter(entry__journal__code="AN", account__number="411")
    match_lines(lines=[*opened, line_of(payment)], on=date(2027, 2, 10), by=accountant())
    assert [aged(day) for day in days] == before
    assert aged(date(2027, 2, 10)) == []


def test_a_letter_across_the_closing_goes_with_the_opening_line() -> None:
    """Paid and matched in January, before December is closed: the closed year keeps it open, the new one matched."""
    year, _ = open_years()
    town = customer()
    invoice = post(("411", "120"), ("706", "-120"), auxiliary=town, on=date(2026, 12, 1), due=date(2026, 12, 31))
    payment = post(("512", "120"), ("411", "-120"), auxiliary=town, on=date(2027, 1, 8), voucher="R1")
    matching = match_lines(lines=[line_of(invoice), line_of(payment)], on=date(2027, 1, 8), by=accountant())
    days = (date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 8))
    before = [aged(day) for day in days]
    close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant())
    check_deferred()
    assert [aged(day) for day in days] == before
    assert [len(rows) for rows in before] == [1, 1, 0]
    assert sorted(matching.lines.values_list("entry__journal__code", "debit", "credit")) == [
        ("AN", Decimal("120.00"), Decimal("0.00")),
        ("OD", Decimal("0.00"), Decimal("120.00")),
    ]
    assert line_of(invoice).matching is None


def test_by_activity() -> None:
    open_years()
    activity = make_activity([make_entrepreneur()], name="Bois & Cie")
    post(("411", "120"), ("706", "-120"), auxiliary=customer(), due=date(2026, 4, 10), activity=activity)
    post(("411", "30"), ("706", "-30"), auxiliary=customer(), due=date(2026, 4, 10))
    assert aged(date(2026, 4, 20), by_activity=True) == [
        ("Bois & Cie", ["0.00", "120.00", "0.00", "0.00", "0.00"]),
        ("Sans activité", ["0.00", "30.00", "0.00", "0.00", "0.00"]),
    ]
