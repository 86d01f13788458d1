"""Forms about assemblies."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cae_backoffice.core.forms import date_box, number_box
from members.assemblies.enums import Choice, Majority, VotingMethod
from members.assemblies.models import AdmissionProposal, Assembly, Convocation, Resolution
from members.assemblies.queries import attendance, entitled
from members.assemblies.services import CountedVotes
from members.associates.models import College
from members.associates.queries import colleges_on
from members.people.models import Person

MOST_CANDIDATES = 6
"""People whom one form proposes."""


class VoteSettingsForm(forms.Form):
    """How a point is put to the vote."""

    majority = forms.ChoiceField(label="Majorité", choices=Majority.choices, widget=UnfoldAdminSelectWidget)
    method = forms.ChoiceField(label="Mode de vote", choices=VotingMethod.choices, widget=UnfoldAdminSelectWidget)


class ResolutionForm(VoteSettingsForm):
    """A point of the agenda, with the people whom it admits."""

    wide: ClassVar = {"title", "text"}

    title = forms.CharField(label="Objet", max_length=160, widget=UnfoldAdminTextInputWidget)
    text = forms.CharField(label="Texte", required=False, widget=UnfoldAdminTextareaWidget({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.order_fields(["title", "text", "majority", "method"])
        for i in range(1, MOST_CANDIDATES + 1):
            self.fields[f"person_{i}"] = forms.ModelChoiceField(
                label=f"Admission {i}",
                queryset=Person.objects.all(),
                required=False,
                widget=AutocompleteSelect(AdmissionProposal._meta.get_field("person"), admin.site),
            )
            self.fields[f"college_{i}"] = _college_field()

    def clean(self) -> dict[str, Any]:
        """Gather `candidates`, person → college."""
        cleaned = super().clean() or {}
        candidates = {
            cleaned[f"person_{i}"]: cleaned.get(f"college_{i}")
            for i in range(1, MOST_CANDIDATES + 1)
            if cleaned.get(f"person_{i}")
        }
        kept = {name: cleaned.get(name) for name in ("title", "text", "majority", "method")}
        return kept | {"candidates": candidates}


class DueAdmissionsForm(VoteSettingsForm):
    """One point of the agenda that admits everybody whom this assembly must admit."""

    college = forms.ModelChoiceField(
        label="Collège", queryset=College.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["method"].initial = VotingMethod.SECRET
        self.fields["college"] = _college_field()


class ConveneForm(forms.Form):
    """The day on which the list of associates is drawn up, and the day on which the convocations leave."""

    record_on = forms.DateField(label="Liste des associés au", initial=timezone.localdate, widget=date_box())
    convened_on = forms.DateField(label="Convocation envoyée le", initial=timezone.localdate, widget=date_box())


class CloseForm(forms.Form):
    """Who signs the minutes, and the day of closing."""

    wide: ClassVar = {"on"}

    chair = forms.CharField(label="Présidence", max_length=120, widget=UnfoldAdminTextInputWidget)
    secretary = forms.CharField(label="Secrétariat", max_length=120, required=False, widget=UnfoldAdminTextInputWidget)
    on = forms.DateField(label="Close le", widget=date_box())


def remove_form(assembly: Assembly) -> type[forms.Form]:
    """Which point of an agenda goes."""
    resolutions = Resolution.objects.filter(assembly=assembly)

    class RemoveForm(forms.Form):
        wide: ClassVar = {"resolution"}
        resolution = PointField(label="Résolution", queryset=resolutions, widget=UnfoldAdminSelectWidget)

    return RemoveForm


class PointField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A point of the agenda, by number and title."""

    def label_from_instance(self, obj: Resolution) -> str:
        """« 3. Admission de… »."""
        return f"{obj.number}. {obj.title}"


def proxy_form(assembly: Assembly) -> type[forms.Form]:
    """Who gives a proxy to whom, among those convened to an assembly."""
    convened = attendance(assembly)

    class ProxyForm(forms.Form):
        giver = SeatField(label="Mandant", queryset=convened, widget=UnfoldAdminSelect2Widget)
        holder = SeatField(label="Mandataire", queryset=convened, widget=UnfoldAdminSelect2Widget)

    return ProxyForm


class SeatField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of those convened, by name."""

    def label_from_instance(self, obj: Convocation) -> str:
        """As in the directory."""
        return f"{obj.person.last_name} {obj.person.first_name}"


def counting_form(resolution: Resolution) -> type[forms.Form]:
    """Votes for, against and abstentions of each college, or of the room; gives `votes`."""
    tallies = list(resolution.tallies.select_related("college").order_by("college__name", "pk"))
    labels = {"in_favour": "Pour", "against": "Contre", "abstentions": "Abstentions"}

    class CountingForm(forms.Form):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **kwargs)
            for tally in tallies:
                for column, label in labels.items():
                    where = f"{tally.college}\u00a0: " if tally.college else ""
                    self.fields[f"{column}_{tally.pk}"] = forms.IntegerField(
                        label=f"{where}{label.lower() if where else label}",
                        min_value=0,
                        initial=0,
                        widget=number_box(),
                    )

        def clean(self) -> dict[str, Any]:
            cleaned = super().clean() or {}
            return {
                "votes": {
                    tally.college_id: CountedVotes(*(cleaned.get(f"{column}_{tally.pk}") or 0 for column in labels))
                    for tally in tallies
                }
            }

    return CountingForm


def nominal_form(resolution: Resolution) -> type[forms.Form]:
    """What each person who may still vote openly votes; gives `votes`, person → choice."""
    voters = (
        entitled(resolution.assembly)
        .exclude(nominal_votes__resolution=resolution)
        .select_related("person")
        .order_by("person__search", "pk")
    )
    seats = list(voters)

    class NominalForm(forms.Form):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **kwargs)
            for seat in seats:
                self.fields[f"choice_{seat.pk}"] = forms.ChoiceField(
                    label=f"{seat.person.last_name} {seat.person.first_name}",
                    choices=[("", "—"), *Choice.choices],
                    required=False,
                    widget=UnfoldAdminSelectWidget,
                )

        def clean(self) -> dict[str, Any]:
            cleaned = super().clean() or {}
            chosen = {seat.person: cleaned.get(f"choice_{seat.pk}") for seat in seats}
            return {"votes": {person: Choice(choice) for person, choice in chosen.items() if choice}}

    return NominalForm


def _college_field() -> forms.ModelChoiceField[College]:
    return forms.ModelChoiceField(
        label="Collège", queryset=colleges_on(timezone.localdate()), required=False, widget=UnfoldAdminSelectWidget
    )
