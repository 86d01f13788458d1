"""How near a three-year deadline is."""

from datetime import date

from cae_backoffice.core.periods import add_months
from members.associates.enums import DeadlineBucket

MONTHS = {
    DeadlineBucket.WITHIN_3_MONTHS: 3,
    DeadlineBucket.WITHIN_6_MONTHS: 6,
    DeadlineBucket.WITHIN_12_MONTHS: 12,
}


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
