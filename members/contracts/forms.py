"""Forms about contracts."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from cae_backoffice.core.forms import FrenchDecimalField, date_box, number_box
from members.contracts.enums import AmendmentSubject, ContractEnd


class EndForm(forms.Form):
    """The last day and the reason."""

    on = forms.DateField(label="Dernier jour", widget=date_box())
    reason = forms.ChoiceField(label="Motif", choices=ContractEnd.choices, widget=UnfoldAdminSelectWidget)


class AmendForm(forms.Form):
    """A signed change, with the new values that its subject calls for."""

    wide: ClassVar = {"subject", "description"}

    subject = forms.ChoiceField(label="Objet", choices=AmendmentSubject.choices, widget=UnfoldAdminSelectWidget)
    signed_on = forms.DateField(label="Signé le", widget=date_box())
    effective_on = forms.DateField(label="Prend effet le", widget=date_box())
    description = forms.CharField(label="Texte", widget=UnfoldAdminTextareaWidget({"rows": 3}))
    new_ends_on = forms.DateField(label="Nouvelle date de fin", required=False, widget=date_box())
    new_fixed_monthly_pay = FrenchDecimalField(
        label="Nouvelle part fixe mensuelle brute (€)",
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=number_box(),
    )
    new_monthly_hours = FrenchDecimalField(
        label="Nouvelles heures par mois",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        required=False,
        widget=number_box(),
    )


class OverrideForm(forms.Form):
    """A decision on the deadline: the day, why, and when it was taken."""

    wide: ClassVar = {"reason"}

    deadline_on = forms.DateField(label="Nouvelle échéance", widget=date_box())
    decided_on = forms.DateField(label="Décidée le", widget=date_box())
    reason = forms.CharField(label="Motif", widget=UnfoldAdminTextareaWidget({"rows": 3}))
