"""When an invoice comes back, and what its lines say each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.invoices.rules import DraftLine
from invoicing.pricing.rules import PRICE_DECIMALS, QUANTITY_DECIMALS
from invoicing.recurring.enums import Frequency
from invoicing.recurring.models import RecurringInvoice
from invoicing.recurring.rules import Schedule
from invoicing.recurring.services import RecurringContent

PLACEHOLDERS = "Remplacés chaque fois\u00a0: {mois}, {trimestre}, {année}, {période}."


def _day(label: str, **options: Any) -> forms.DateField:  # noqa: ANN401
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)


class RecurringForm(forms.Form):
    """The schedule, and for each line its words, quantity and price; the rest of a line stays as it is."""

    subject = forms.CharField(label="Objet", max_length=160, required=False, help_text=PLACEHOLDERS)
    frequency = forms.ChoiceField(label="Fréquence", choices=Frequency.choices, initial=Frequency.MONTHLY)
    day = forms.IntegerField(
        label="Jour du mois", min_value=1, max_value=31, initial=31, help_text="31 pour le dernier jour."
    )
    starts_on = _day("À partir du")
    ends_on = _day("Jusqu’au", required=False)
    times = forms.IntegerField(label="Nombre de factures", min_value=1, max_value=600, required=False)
    days_ahead = forms.IntegerField(
        label="Préparée", min_value=0, max_value=60, initial=5, help_text="Jours avant la date."
    )
    is_submitted = forms.BooleanField(label="Soumettre aussitôt à la coopérative", required=False)

    def __init__(self, lines: Sequence[DraftLine], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._lines = lines
        for i, line in enumerate(lines):
            self.fields[f"label-{i}"] = forms.CharField(label="Désignation", max_length=160, initial=line.label)
            self.fields[f"quantity-{i}"] = FrenchDecimalField(
                label="Quantité", decimal_places=QUANTITY_DECIMALS, max_digits=12, initial=line.quantity
            )
            self.fields[f"price-{i}"] = FrenchDecimalField(
                label="Prix unitaire HT", decimal_places=PRICE_DECIMALS, max_digits=14, initial=line.unit_price
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The boxes of each line."""
        return [(self[f"label-{i}"], self[f"quantity-{i}"], self[f"price-{i}"]) for i in range(len(self._lines))]

    def content(self) -> RecurringContent:
        """What the service takes."""
        typed = self.cleaned_data
        lines = [
            replace(
                line,
                label=typed[f"label-{i}"],
                quantity=typed[f"quantity-{i}"],
                unit_price=typed[f"price-{i}"],
            )
            for i, line in enumerate(self._lines)
        ]
        schedule = Schedule(
            typed["frequency"], typed["day"], typed["starts_on"], ends_on=typed["ends_on"], times=typed["times"]
        )
        return RecurringContent(
            schedule=schedule,
            lines=lines,
            subject=typed["subject"],
            days_ahead=typed["days_ahead"],
            is_submitted=typed["is_submitted"],
        )


def initial_of(recurring: RecurringInvoice) -> dict[str, Any]:
    """What the form shows of one that exists."""
    names = ("subject", "frequency", "day", "starts_on", "ends_on", "times", "days_ahead", "is_submitted")
    return {name: getattr(recurring, name) for name in names}
