"""Runs: what is taken, what is corrected; replays: who pays more."""

from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.settlement import Correction, Difference, Settlement, replay, settle
from invoicing.contributions.rules.terms import Terms
from tests.invoicing.contributions.samples import JANUARY, MONTHS, TIERS, history, rule_of, terms

FEBRUARY, MARCH = MONTHS[1], MONTHS[2]


def test_a_first_run_takes_the_month() -> None:
    lines = contributions(history("1000", "2000"), rule_of())
    assert settle(lines, month=JANUARY, taken={}) == (Settlement("contribution", JANUARY, Decimal(100), ()),)


def test_a_late_invoice_is_corrected_in_the_next_run_with_its_reason() -> None:
    """January had 100.00 €; an invoice of 500 € arrived late, and pushes February into the next tier."""
    rule = rule_of(Terms(TIERS))
    lines = contributions(history("1500", "34000"), rule)
    (settled,) = settle(lines, month=FEBRUARY, taken={(JANUARY, "contribution"): Decimal("100.00")})
    assert settled.due == 3390  # 33 500 at 10 %, 500 at 8 %
    assert settled.corrections == (Correction(JANUARY, Decimal(150), Decimal(100)),)
    assert (settled.corrections[0].amount, settled.amount) == (50, 3440)


def test_a_run_made_twice_takes_nothing_more() -> None:
    lines = contributions(history("1000", "2000"), rule_of())
    taken = {(JANUARY, "contribution"): Decimal(100), (FEBRUARY, "contribution"): Decimal(200)}
    (settled,) = settle(lines, month=FEBRUARY, taken=taken)
    assert (settled.due, settled.corrections, settled.amount) == (ZERO, (), ZERO)


def test_later_months_wait_and_a_line_that_is_gone_is_given_back() -> None:
    lines = contributions(history("1000", "2000", "3000"), rule_of())
    taken = {(JANUARY, "contribution"): Decimal(100), (JANUARY, "insurance"): Decimal("12.50")}
    contribution, insurance = settle(lines, month=FEBRUARY, taken=taken)
    assert (contribution.code, contribution.amount) == ("contribution", 200)
    assert (insurance.code, insurance.amount) == ("insurance", Decimal("-12.50"))
    assert settle(lines, month=date(2025, 12, 1), taken={}) == ()


def test_a_replay_tells_each_activity_what_changes() -> None:
    small, large = history("1000"), history("50000", "50000")
    differences = replay([small, large], current=rule_of(), proposed=rule_of(Terms(TIERS, monthly_fee=Decimal(5))))
    assert differences == [
        Difference("A1", Decimal(100), Decimal(105)),
        Difference("A1", Decimal(10000), Decimal(7610)),
    ]
    assert [difference.amount for difference in differences] == [5, -2390]


def test_a_replay_of_the_same_rule_changes_nothing() -> None:
    rule = rule_of(terms(monthly_minimum="50"))
    assert [difference.amount for difference in replay([history("10", "1000")], current=rule, proposed=rule)] == [0]
