"""Discounts and charges on a whole document: their shares, by example and by property."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.rules import (
    TaxedNet,
    TypedAdjustment,
    adjustment_problems,
    adjustment_shares,
    typed_totals,
)

CODES = [TaxedNet("S", Decimal(rate), ZERO) for rate in ("20.00", "10.00", "5.50")] + [TaxedNet("E", ZERO, ZERO)]


@dataclass(frozen=True)
class Sold:
    """A line as far as a discount sees it."""

    vat_code: TaxedNet
    net: Decimal
    nature: str = SupplyNature.SERVICES


amounts = st.decimals(min_value="0.01", max_value=100_000, places=2)
lines = st.lists(
    st.builds(Sold, st.sampled_from(CODES), amounts, st.sampled_from(SupplyNature.values)), min_size=1, max_size=12
)
adjustments = st.lists(
    st.one_of(
        st.builds(
            TypedAdjustment,
            st.just("Remise"),
            st.booleans(),
            percent=st.decimals(min_value="0.01", max_value=100, places=2),
        ),
        st.builds(TypedAdjustment, st.just("Frais"), st.booleans(), amount=amounts),
    ),
    max_size=4,
)


def discount(**figures: str) -> TypedAdjustment:
    """Of 5 %, or of what is said."""
    values = {name: Decimal(value) for name, value in figures.items()}
    return TypedAdjustment("Fidélité", percent=values.get("percent"), amount=values.get("amount"))


def test_a_discount_in_percent_falls_on_each_rate() -> None:
    """5 % of 1 400 € is 70 €: 50 € at 20 % and 20 € at 5.5 %."""
    sold = [Sold(CODES[0], Decimal(1000)), Sold(CODES[2], Decimal(400), SupplyNature.GOODS)]
    shares = adjustment_shares([discount(percent="5")], sold)
    assert [(share.rate, share.nature, share.effect) for share in shares] == [
        (Decimal("5.50"), "GOODS", Decimal("-20.00")),
        (Decimal("20.00"), "SERVICES", Decimal("-50.00")),
    ]
    result = typed_totals(sold, shares)
    assert (result.net, result.vat, result.gross) == (Decimal("1330.00"), Decimal("210.90"), Decimal("1540.90"))


def test_the_cent_that_is_left_goes_to_the_largest_remainder() -> None:
    """1 € over three equal rates."""
    sold = [Sold(code, Decimal(10)) for code in CODES[:3]]
    shares = adjustment_shares([discount(amount="1")], sold)
    assert sorted(share.amount for share in shares) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]


def test_a_rate_that_only_gives_back_bears_no_share() -> None:
    """The base is still what the lines sum to: 10 % of 900 €."""
    sold = [Sold(CODES[0], Decimal(1000)), Sold(CODES[1], Decimal(-100))]
    (share,) = adjustment_shares([discount(percent="10")], sold)
    assert (share.rate, share.amount) == (Decimal("20.00"), Decimal("90.00"))
    assert adjustment_shares([discount(percent="10")], []) == ()


@given(adjustments, lines)
def test_shares_sum_to_the_whole(typed: list[TypedAdjustment], sold: list[Sold]) -> None:
    """Of each discount and charge; and the net is that of the lines, less or more the whole of each."""
    shares = adjustment_shares(typed, sold)
    base = sum((line.net for line in sold), ZERO)
    for one in typed:
        assert sum(share.amount for share in shares if share.adjustment is one) == one.of(base)
    effect = sum(one.of(base) if one.is_charge else -one.of(base) for one in typed)
    assert typed_totals(sold, shares).net == base + effect


@given(adjustments, lines)
def test_what_is_accepted_leaves_nothing_below_zero(typed: list[TypedAdjustment], sold: list[Sold]) -> None:
    """Neither the document nor the lines of a rate and nature, but for the cent that rounding moves."""
    if adjustment_problems(typed, sold):
        return
    shares = adjustment_shares(typed, sold)
    assert typed_totals(sold, shares).net >= 0
    nets: dict[tuple[Decimal, str], Decimal] = {}
    for line in sold:
        key = (line.vat_code.rate, line.nature)
        nets[key] = nets.get(key, ZERO) + line.net
    for share in shares:
        nets[share.rate, share.nature] += share.effect
    assert min(nets.values()) >= Decimal("-0.01") * len(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ([TypedAdjustment(" ", percent=Decimal(5))], "ont un motif"),
        ([TypedAdjustment("x")], "en pourcentage ou en euros"),
        ([TypedAdjustment("x", percent=Decimal(5), amount=Decimal(5))], "en pourcentage ou en euros"),
        ([discount(percent="0")], "compris entre 0,01 et 100"),
        ([discount(percent="100.01")], "compris entre 0,01 et 100"),
        ([discount(percent="1.234")], "compris entre 0,01 et 100"),
        ([discount(amount="-1")], "supérieur à zéro"),
        ([discount(amount="0.001")], "supérieur à zéro"),
        ([discount(amount="60"), discount(percent="50")], "dépassent le total des lignes"),
        ([discount(percent="0.01")] * 6, "au plus 5 remises et frais"),
    ],
)
def test_what_no_document_can_hold_is_said(typed: list[TypedAdjustment], words: str) -> None:
    (problem,) = adjustment_problems(typed, [Sold(CODES[0], Decimal(100))])
    assert words in problem


def test_there_must_be_something_to_take_a_part_of() -> None:
    assert "demandent des lignes" in adjustment_problems([discount(amount="1")], [])[0]
    assert "moins d’un centime" in adjustment_problems([discount(percent="1")], [Sold(CODES[0], Decimal("0.10"))])[0]
    assert adjustment_problems([], []) == []
