"""What a member types, and what a refusal says."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from members.own_file.models import ContactChange
from members.own_file.services import ContactDetails


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the member wants to be reached."""

    class Meta:
        model = ContactChange
        fields: ClassVar = ["email", "phone", "street", "postcode", "city"]
        widgets: ClassVar[dict[str, Any]] = {
            "email": forms.EmailInput({"autocomplete": "email"}),
            "phone": forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
            "street": forms.TextInput({"autocomplete": "street-address"}),
            "postcode": forms.TextInput({"autocomplete": "postal-code", "inputmode": "numeric"}),
            "city": forms.TextInput({"autocomplete": "address-level2"}),
        }

    @property
    def details(self) -> ContactDetails:
        """What was typed, once valid."""
        return ContactDetails(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class RefusalForm(forms.Form):
    """Why a request is refused."""

    wide: ClassVar = ["reason"]
    reason = forms.CharField(label="Motif, lu par le membre", max_length=200, widget=UnfoldAdminTextInputWidget)
