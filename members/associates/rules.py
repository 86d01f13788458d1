"""How near a three-year deadline is; whether the colleges make a whole."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import format_decimal
from cae_backoffice.core.periods import add_months
from members.associates.enums import DeadlineBucket
from members.associates.models import College

MONTHS = {
    DeadlineBucket.WITHIN_3_MONTHS: 3,
    DeadlineBucket.WITHIN_6_MONTHS: 6,
    DeadlineBucket.WITHIN_12_MONTHS: 12,
}


ALL_THE_WEIGHT, LEAST_COLLEGES = 100, 3
"""Percent of the votes that the colleges hold together, and how many they are at least."""


def deadline_bucket(deadline_on: date, *, on: date) -> DeadlineBucket:
    """Overdue from the day after; else the nearest of 3, 6, 12 months ahead that reaches it; else later."""
    if deadline_on < on:
        return DeadlineBucket.OVERDUE
    return next(
        (bucket for bucket, months in MONTHS.items() if deadline_on <= add_months(on, months)), DeadlineBucket.LATER
    )


def days_left_text(days: int) -> str:
    """« 12 jours », « aujourd’hui », « 3 jours de retard »."""
    if days == 0:
        return "aujourd’hui"
    counted = f"{abs(days)}\u00a0jour{'s' if abs(days) > 1 else ''}"
    return counted if days > 0 else f"{counted} de retard"


def weight_errors(colleges: Sequence[College]) -> list[str]:
    """Colleges, when there are any, are three at least and weigh 100 % together (loi 47-1775, art. 19 octies)."""
    if not colleges:
        return []
    total = sum((college.weight for college in colleges), Decimal(0))
    errors = []
    if len(colleges) < LEAST_COLLEGES:
        errors.append("Une SCIC qui vote par collèges en a trois au moins (loi 47-1775, art. 19 octies).")
    if total != ALL_THE_WEIGHT:
        errors.append(f"Les collèges pèsent ensemble 100\u00a0% des voix, et non {format_decimal(total)}\u00a0%.")
    return errors
