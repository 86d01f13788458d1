"""What is typed about a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.transfers.models import InternalTransfer
from invoicing.transfers.queries import named_activity
from members.activities.models import Activity

ASKS, GIVES = "ASKS", "GIVES"


class ProposalForm(forms.Form):
    """One's own activity, the other one, who pays, how much and what for."""

    activity = forms.ChoiceField(label="Mon activité")
    other = forms.CharField(label="L’autre activité", max_length=120, help_text="Son nom ou son code.")
    direction = forms.ChoiceField(
        label="Sens",
        choices=[(ASKS, "L’autre activité me verse"), (GIVES, "Je verse à l’autre activité")],
        initial=ASKS,
        widget=forms.RadioSelect,
    )
    amount = FrenchDecimalField(label="Montant (€)", decimal_places=2, max_digits=14)
    label = forms.CharField(label="Objet", max_length=120)
    concerns_on = forms.DateField(
        label="Date du travail ou des frais", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    details = forms.CharField(label="Détail", required=False, max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, activities: Sequence[Activity], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._activities = {str(activity.pk): activity for activity in activities}
        choices = [(pk, str(activity)) for pk, activity in self._activities.items()]
        self.fields["activity"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["activity"].initial = choices[0][0]

    def clean_other(self) -> Activity:
        """The activity of this name or code."""
        try:
            return named_activity(self.cleaned_data["other"])
        except RefusalError as refusal:
            raise forms.ValidationError(list(refusal.reasons)) from refusal

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        typed = dict(self.cleaned_data)
        mine, other = self._activities[typed.pop("activity")], typed.pop("other")
        payer, payee = (mine, other) if typed.pop("direction") == GIVES else (other, mine)
        return typed | {"payer": payer, "payee": payee, "proposer": mine}


class ReasonForm(forms.Form):
    """Why a transfer is refused, taken back or reversed."""

    reason = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea({"rows": 2}))


class StaffTransferForm(forms.ModelForm):  # type: ignore[type-arg]
    """A transfer that the staff proposes for an activity."""

    class Meta:
        model = InternalTransfer
        fields = ["payer", "payee", "proposer", "amount", "label", "concerns_on", "details"]

    def _post_clean(self) -> None:
        """The service checks the transfer: the record to be is not complete yet."""
