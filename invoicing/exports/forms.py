"""What the staff asks for."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from invoicing.exports.enums import ExportKind, ExportScope, FileEncoding
from invoicing.exports.rules.vat_return import form_boxes
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.forms import PeriodForm
from invoicing.ledger.models import FiscalYear
from members.activities.models import Activity


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


class EntriesForm(PeriodForm):
    """Entries for another program."""

    kind = forms.ChoiceField(
        label="Format",
        choices=[choice for choice in ExportKind.choices if choice[0] != ExportKind.FEC],
        widget=UnfoldAdminSelectWidget,
    )
    scope = forms.ChoiceField(label="Écritures", choices=ExportScope.choices, widget=UnfoldAdminSelectWidget)
    journals = forms.MultipleChoiceField(
        label="Journaux",
        choices=JournalCode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "bo-checks"}),
        help_text="Aucun coché\u00a0: tous.",
    )
    wide = ("journals",)
    field_order = ("kind", "scope", "starts_on", "ends_on", "journals")


class VatReturnForm(PeriodForm):
    """The period to declare, of one activity if need be."""

    activity = forms.ModelChoiceField(
        label="Activité",
        queryset=Activity.objects.order_by("name"),
        widget=UnfoldAdminSelectWidget,
        required=False,
        empty_label="Toutes",
    )


class VatDetailForm(VatReturnForm):
    """A line of the form, over a period."""

    box = forms.ChoiceField(
        label="Ligne",
        choices=[
            (box.number, f"{box.number} · {box.label}")
            for box in form_boxes()
            if box.fills in {"rate", "untaxed", "outside"}
        ],
        widget=UnfoldAdminSelectWidget,
    )
