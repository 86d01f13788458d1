"""The members in numbers, for those who follow them all."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cae_backoffice.core.access import Right
from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from cae_backoffice.core.spreadsheets import Cell
from members.figures.enums import Topic
from members.figures.forms import DayForm, FiguresForm
from members.figures.queries import COHORT_YEARS, headcount, movements, survival
from members.figures.rules import FEWEST_SHOWN, HIDDEN, shown_cohort, shown_counts

COUNTED_ONCE = {Topic.STATUS, Topic.AGE, Topic.TERRITORY, Topic.ENTRY, Topic.EXIT}
"""Where the lines sum to people: whoever works in two sectors is in both lines."""

TOTAL = "Ensemble"

SECRET = (
    f"«\u00a0{HIDDEN}\u00a0»\u00a0: secret statistique. Un nombre de moins de {FEWEST_SHOWN} personnes n’est pas "
    "montré, ni ceux qui permettraient de le retrouver."
)


class MemberFiguresView(ReportView):
    """Headcount on a day, entries and exits of the period that ends with it."""

    right = Right.VIEW_ALL_MEMBERS
    title = "Les membres en chiffres"
    introduction = SECRET
    file_name = "membres-en-chiffres"
    form_class = FiguresForm

    def initial(self) -> dict[str, Any]:
        """The year up to today."""
        today = timezone.localdate()
        return {"starts_on": add_months(today, -12) + ONE_DAY, "ends_on": today}

    def table(self, filters: dict[str, Any]) -> Table:
        """A section for each subject."""
        found = headcount(on=filters["ends_on"]) | movements(**filters)
        rows: list[Row] = []
        for topic in Topic:
            rows.append(Row((str(topic.label), "", None, None, None, None), is_total=True))
            lines = shown_counts(found[topic], total=TOTAL if topic in COUNTED_ONCE else "")
            rows += [Row(("", line.label, *map(_cell, line.cells)), is_total=line.label == TOTAL) for line in lines]
        columns = (
            Column("Sujet"),
            Column(""),
            *(Column(heading, is_amount=True) for heading in ("Femmes", "Hommes", "Autres", TOTAL)),
        )
        return Table(columns, rows)


class SurvivalView(ReportView):
    """How many of those who entered in a year were still there later."""

    right = Right.VIEW_ALL_MEMBERS
    title = "Présence après l’entrée"
    introduction = f"En pourcentage des entrées de l’année. {SECRET}"
    file_name = "presence-apres-entree"
    form_class = DayForm
    empty = "Personne n’est encore entré."

    def initial(self) -> dict[str, Any]:
        """As known today."""
        return {"on": timezone.localdate()}

    def table(self, filters: dict[str, Any]) -> Table:
        """A line for each year, the latest first."""
        columns = (
            Column("Année d’entrée"),
            Column("Entrées", is_amount=True),
            *(Column(f"après {years}\u00a0an{'s' if years > 1 else ''}", is_amount=True) for years in COHORT_YEARS),
        )
        rows = []
        for cohort in survival(on=filters["on"]):
            is_small = 0 < cohort.entered < FEWEST_SHOWN
            percents = [
                "" if present is None else HIDDEN if share is None else f"{share}\u00a0%"
                for present, share in zip(cohort.present, shown_cohort(cohort), strict=True)
            ]
            rows.append(Row((str(cohort.year), HIDDEN if is_small else cohort.entered, *percents)))
        return Table(columns, rows)


def _cell(number: int | None) -> Cell:
    return HIDDEN if number is None else number
