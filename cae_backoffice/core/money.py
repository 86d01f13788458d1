"""Amounts in euros: exact decimals, rounded half-up to the cent, split without losing one."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in euros with two decimals, up to 999 999 999 999,99 €."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  Django's own field signature
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


def round_cents(amount: Decimal) -> Decimal:
    """Round half-up (away from zero, so that −x rounds to the opposite of x) to the cent; zero has no sign."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) or ZERO


def split_largest_remainder(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` (whole cents) in proportion to `weights`; the parts always sum to the total.

    Each part is cut down to the cent, then the cents left go to the largest remainders, the earlier part first.
    Weights are ≥ 0 and not all zero, else ValueError.
    """
    weight_sum = sum(weights, Decimal(0))
    if any(weight < 0 for weight in weights) or weight_sum <= 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign = -1 if total < 0 else 1
    exact = [abs(total) * weight / weight_sum for weight in weights]
    parts = [part.quantize(CENT, rounding=ROUND_DOWN) for part in exact]
    cents_left = int((abs(total) - sum(parts, ZERO)) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[:cents_left]:
        parts[i] += CENT
    return [sign * part for part in parts]


def format_decimal(value: Decimal) -> str:
    """Write a number the French way, keeping its decimals: 1234.50 → « 1 234,50 »."""
    text = f"{value:,f}".replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")
    return text.replace("-", "\u2212")


def format_euros(amount: Decimal) -> str:
    """Write an amount the French way: « 1 234,56 € » with no-break spaces."""
    return f"{format_decimal(round_cents(amount))}{NO_BREAK_SPACE}€"
