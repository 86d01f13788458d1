"""Amounts: rounding, splitting without losing a cent, writing them the French way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import CENT, format_decimal, format_euros, round_cents, split_largest_remainder

amounts = st.decimals(Decimal(-1000000), Decimal(1000000), places=2)
weights = st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=12).filter(lambda w: sum(w) > 0)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("1.234999", "1.23"),
        ("2.675", "2.68"),
        ("1", "1.00"),
    ],
)
def test_rounding_is_half_up(exact: str, rounded: str) -> None:
    """Away from zero on the half cent."""
    assert str(round_cents(Decimal(exact))) == rounded


@given(st.decimals(Decimal(-1000000), Decimal(1000000), places=6))
def test_rounding_mirrors(amount: Decimal) -> None:
    """−x rounds to −round(x), at most half a cent away: an invoice and its credit note cancel out."""
    assert round_cents(-amount) == -round_cents(amount)
    assert abs(round_cents(amount) - amount) <= CENT / 2


@given(amounts, weights)
def test_parts_sum_to_the_whole(total: Decimal, shares: list[Decimal]) -> None:
    """Always, to the cent; each part within a cent of its exact share; nothing for a share of zero."""
    parts = split_largest_remainder(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / sum(shares)) < CENT
        assert part == round_cents(part)


@given(amounts, weights)
def test_splitting_the_opposite_gives_the_opposite(total: Decimal, shares: list[Decimal]) -> None:
    """A credit note splits as its invoice did."""
    assert split_largest_remainder(-total, shares) == [-part for part in split_largest_remainder(total, shares)]


def test_the_cents_left_go_to_the_largest_remainders() -> None:
    """The earlier part first when they are equal."""
    thirds = [Decimal(1)] * 3
    assert split_largest_remainder(Decimal("100.00"), thirds) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split_largest_remainder(Decimal("0.05"), [Decimal(50), Decimal(30), Decimal(20)]) == [
        Decimal("0.03"),
        Decimal("0.01"),
        Decimal("0.01"),
    ]


@pytest.mark.parametrize("wrong", [[], [Decimal(0)], [Decimal(2), Decimal(-1)]], ids=["none", "zero", "negative"])
def test_weights_must_make_sense(wrong: list[Decimal]) -> None:
    """Refused."""
    with pytest.raises(ValueError, match="non-negative"):
        split_largest_remainder(Decimal("1.00"), wrong)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.5", "1\u202f234,50\u00a0€"),
        ("1234567.891", "1\u202f234\u202f567,89\u00a0€"),
        ("-0.5", "\u22120,50\u00a0€"),
        ("0", "0,00\u00a0€"),
    ],
)
def test_euros_are_written_the_french_way(amount: str, text: str) -> None:
    """Decimal comma, no-break spaces, a true minus sign."""
    assert format_euros(Decimal(amount)) == text


def test_decimals_are_kept_as_they_are() -> None:
    """Prices may have six."""
    assert format_decimal(Decimal("1234.567800")) == "1\u202f234,567800"
