"""Forms about accompaniment."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from members.accompaniment.models import Interview, InterviewNote, Workshop, WorkshopRegistration
from members.people.models import Person, User


class InterviewForm(forms.ModelForm):  # type: ignore[type-arg]
    """An interview, and its private notes for whoever may write them."""

    notes = forms.CharField(
        label="Notes privées",
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 5}),
        help_text="Lues par vous et par le responsable seulement.",
    )

    class Meta:
        model = Interview
        fields: ClassVar = ["person", "held_on", "kind", "summary"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "notes" in self.fields:
            note = InterviewNote.objects.filter(interview=self.instance).first()
            self.fields["notes"].initial = note.text if note else ""


class RegisterForm(forms.Form):
    """Who takes a seat."""

    wide: ClassVar = {"person"}

    person = forms.ModelChoiceField(
        label="Membre",
        queryset=Person.objects.all(),
        widget=AutocompleteSelect(WorkshopRegistration._meta.get_field("person"), admin.site),
    )


def withdraw_form(workshop: Workshop, user: User) -> type[forms.Form]:
    """Who gives a seat back."""
    registered = WorkshopRegistration.objects.visible_to(user).filter(workshop=workshop, withdrawn_on=None)

    class WithdrawForm(forms.Form):
        wide: ClassVar = {"registration"}
        registration = RegistrationField(
            label="Membre", queryset=registered.select_related("person"), widget=UnfoldAdminSelectWidget
        )

    return WithdrawForm


class RegistrationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A registration, by the name of the person."""

    def label_from_instance(self, obj: WorkshopRegistration) -> str:
        """As in the directory."""
        return f"{obj.person.last_name} {obj.person.first_name}"


def attendance_form(workshop: Workshop, user: User) -> type[forms.Form]:
    """Who came, among those registered whom one may see."""
    seen = WorkshopRegistration.objects.visible_to(user).filter(workshop=workshop, withdrawn_on=None)
    registered = Person.objects.filter(pk__in=seen.values("person")).order_by("search")
    came = registered.filter(pk__in=seen.filter(attended=True).values("person"))

    class AttendanceForm(forms.Form):
        wide: ClassVar = {"present"}
        present = forms.ModelMultipleChoiceField(
            label="Venus",
            queryset=registered,
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            initial=came,
        )

    return AttendanceForm
