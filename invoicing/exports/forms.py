"""What the staff asks for."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from invoicing.exports.enums import FileEncoding
from invoicing.ledger.models import FiscalYear


class FecForm(forms.Form):
    """A fiscal year's FEC."""

    fiscal_year = forms.ModelChoiceField(
        label="Exercice",
        queryset=FiscalYear.objects.order_by("-starts_on"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )
    encoding = forms.ChoiceField(
        label="Jeu de caractères", choices=FileEncoding.choices, widget=UnfoldAdminSelectWidget
    )
    with_drafts = forms.BooleanField(
        label="Fichier provisoire, malgré des écritures en brouillard",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="Les brouillards n’y figurent pas\u00a0; un avertissement le dit.",
    )
    wide = ("fiscal_year", "with_drafts")
