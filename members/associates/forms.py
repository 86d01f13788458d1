"""Forms about associates."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from members.associates.enums import AssociateExit
from members.associates.models import Admission


class AdmitForm(forms.Form):
    """The assembly's decision."""

    on = forms.DateField(label="Admis le", widget=UnfoldAdminTextInputWidget({"type": "date"}))
    decision = forms.CharField(
        label="Décision",
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=Admission._meta.get_field("decision").help_text,
    )


class EndAdmissionForm(forms.Form):
    """The last day as an associate, and the reason."""

    on = forms.DateField(label="Dernier jour", widget=UnfoldAdminTextInputWidget({"type": "date"}))
    reason = forms.ChoiceField(label="Motif", choices=AssociateExit.choices, widget=UnfoldAdminSelectWidget)
