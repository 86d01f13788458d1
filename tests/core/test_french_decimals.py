"""Numbers typed and shown the French way."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput, read_decimal


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56 €", "1234.56"),
        ("1\u202f234,56\u00a0€", "1234.56"),
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("\u22123,5", "-3.5"),
        ("12", "12"),
        ("5,5 %", "5.5"),
        ("", ""),
        ("douze", "douze"),
    ],
)
def test_the_last_mark_is_the_decimal_one(typed: str, read: str) -> None:
    """Spaces of any kind are let go; words stay words."""
    assert read_decimal(typed) == read


def test_a_field_gives_an_exact_decimal() -> None:
    """And refuses what is not a number with an example."""
    field = FrenchDecimalField(max_digits=14, decimal_places=6)
    assert field.clean("1 234,5678") == Decimal("1234.5678")
    for typed in ("douze", "1,2,3x", "NaN", "Infinity", "1e999"):
        with pytest.raises(ValidationError):
            field.clean(typed)


def test_numbers_are_shown_without_needless_zeros() -> None:
    """What was typed stays as typed, even wrong."""
    assert FrenchDecimalInput().format_value(Decimal("1234.5000")) == "1\u202f234,5"
    assert FrenchDecimalInput(min_decimals=2).format_value(Decimal("180.000000")) == "180,00"
    assert FrenchDecimalInput(min_decimals=2).format_value(Decimal("0.1234")) == "0,1234"
    assert FrenchDecimalInput().format_value("12,") == "12,"
    assert FrenchDecimalInput().format_value(None) is None
