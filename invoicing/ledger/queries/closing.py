"""What stands between a fiscal year and its closing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.periods import ONE_DAY
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Period


@dataclass(frozen=True)
class ClosingCheck:
    """One point of the checklist: what is checked, whether it is in order, what was found. Some only advise."""

    label: str
    is_done: bool
    detail: str = ""
    blocks: bool = True


def closing_checklist(year: FiscalYear) -> list[ClosingCheck]:
    """Every point that is looked at before a year is closed, in the order in which one deals with them."""
    drafts = Entry.objects.filter(fiscal_year=year, state=EntryState.DRAFT).count()
    unlocked = Period.objects.filter(fiscal_year=year, state=PeriodState.OPEN).order_by("starts_on")
    earlier = FiscalYear.objects.filter(ends_on__lt=year.starts_on, closed_on=None).order_by("starts_on").first()
    following = FiscalYear.objects.filter(starts_on=year.ends_on + ONE_DAY).first()
    sums = EntryLine.objects.filter(entry__fiscal_year=year).aggregate(
        debit=Sum("debit", default=ZERO), credit=Sum("credit", default=ZERO)
    )
    months = ", ".join(str(period) for period in unlocked)
    closed = f"clôturé le {year.closed_on:%d/%m/%Y}" if year.closed_on else ""
    missing = "" if following else f"ouvrez l’exercice qui commence le {year.ends_on + ONE_DAY:%d/%m/%Y}"
    totals = f"débit {format_euros(sums['debit'])}, crédit {format_euros(sums['credit'])}"
    return [
        ClosingCheck("Exercice ouvert", not closed, closed),
        ClosingCheck("Exercice précédent clôturé", earlier is None, f"{earlier} est encore ouvert" if earlier else ""),
        ClosingCheck("Exercice suivant ouvert, pour recevoir les à-nouveaux", not missing, missing),
        ClosingCheck("Aucune écriture en brouillard", drafts == 0, f"{drafts} en brouillard" if drafts else ""),
        ClosingCheck("Débits égaux aux crédits", sums["debit"] == sums["credit"], totals),
        ClosingCheck(
            "Tous les mois verrouillés", not months, f"encore ouverts\u00a0: {months}" if months else "", blocks=False
        ),
    ]
