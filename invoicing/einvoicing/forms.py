"""What is typed of an electronic invoice."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from invoicing.einvoicing.enums import LifecycleStatus
from invoicing.einvoicing.models import DocumentStatus


class StatusForm(forms.ModelForm):  # type: ignore[type-arg]
    """A status learnt by telephone or post: « Encaissée » is not offered, it follows the payments."""

    class Meta:
        model = DocumentStatus
        fields: ClassVar = ["invoice", "code", "reason", "happened_on", "comment"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            offered = [(code, f"{code} {label}") for code, label in LifecycleStatus.choices if code != "212"]
            self.fields["code"].choices = [("", "Choisir"), *offered]  # type: ignore[attr-defined]


class GiveUpForm(forms.Form):
    """Why a file is no longer sent."""

    reason = forms.CharField(label="Motif", max_length=300, widget=UnfoldAdminTextInputWidget())
