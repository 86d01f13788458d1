"""What day and what period the figures are asked for."""

from __future__ import annotations

from typing import Any

from django import forms

from cae_backoffice.core.forms import date_box


class FiguresForm(forms.Form):
    """A period, whose last day is the day of the headcount."""

    starts_on = forms.DateField(label="Du", widget=date_box())
    ends_on = forms.DateField(label="Au (jour de l’effectif)", widget=date_box())

    def clean(self) -> dict[str, Any]:
        """The days follow each other."""
        cleaned = super().clean() or {}
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", "La fin précède le début.")
        return cleaned


class DayForm(forms.Form):
    """A day."""

    on = forms.DateField(label="Au", widget=date_box())
