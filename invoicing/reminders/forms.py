"""Holding reminders back."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

DEFAULT_DAYS = 30


class PauseForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(label="Motif", max_length=160)
    until = forms.DateField(label="Jusqu’au", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  a form's own arguments
        kwargs["initial"] = {"until": timezone.localdate() + timedelta(days=DEFAULT_DAYS)}
        super().__init__(*args, **kwargs)


class StaffReasonForm(forms.Form):
    """Why a reminder is stopped, on the staff's pages."""

    reason = forms.CharField(label="Motif", max_length=160, widget=UnfoldAdminTextInputWidget())
