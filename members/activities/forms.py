"""Forms about activities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from unfold.widgets import UnfoldAdminImageFieldWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.forms import FrenchDecimalField
from members.activities.models import SplitShare
from members.people.models import Person

MOST_PEOPLE = 8
"""People that one form divides an activity between."""


class ConventionForm(forms.Form):
    """Who carries an activity from a day on, and in which shares."""

    wide: ClassVar = {"starts_on"}

    starts_on = forms.DateField(label="À partir du", widget=UnfoldAdminTextInputWidget({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        for i in range(1, MOST_PEOPLE + 1):
            self.fields[f"person_{i}"] = forms.ModelChoiceField(
                label=f"Personne {i}",
                queryset=Person.objects.all(),
                required=i == 1,
                widget=AutocompleteSelect(SplitShare._meta.get_field("person"), admin.site),
            )
            self.fields[f"percent_{i}"] = FrenchDecimalField(
                label="Part (%)",
                max_digits=5,
                decimal_places=2,
                required=i == 1,
                widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        """Gather `shares`, a person → percentage mapping; each line has both or neither, nobody stands twice."""
        cleaned = super().clean() or {}
        shares: dict[Person, Decimal] = {}
        for i in range(1, MOST_PEOPLE + 1):
            person, percent = cleaned.get(f"person_{i}"), cleaned.get(f"percent_{i}")
            if person in shares:
                self.add_error(f"person_{i}", "Cette personne figure déjà plus haut.")
            elif person is not None and percent is not None:
                shares[person] = percent
            elif person is not None or percent is not None:
                name = f"percent_{i}" if percent is None else f"person_{i}"
                if not self.has_error(name):
                    self.add_error(name, "Une ligne donne une personne et sa part.")
        cleaned["shares"] = shares
        return cleaned


class LogoForm(forms.Form):
    """A picture for the brand."""

    wide: ClassVar = {"image"}

    image = forms.FileField(
        label="Image",
        widget=UnfoldAdminImageFieldWidget({"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text="PNG, JPEG, WebP ou GIF, 5\u00a0Mo au plus\u00a0; elle est réduite à 1\u202f200 pixels de côté.",
    )
