"""What the staff asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from cae_backoffice.core.forms import number_box
from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.exports.enums import ExportKind, ExportScope, FileEncoding
from invoicing.exports.rules.vat_return import LISTED, form_boxes
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.forms import PeriodForm
from invoicing.ledger.models import FiscalYear
from members.activities.models import Activity


def _year_of_today() -> FiscalYear | None:
    today = timezone.localdate()
    return FiscalYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first()


YEARS = range(2000, 2101)
"""Of which key figures are asked."""


class KeyFiguresForm(forms.Form):
    """A calendar year."""

    year = forms.IntegerField(label="Année", min_value=YEARS[0], max_value=YEARS[-1], widget=number_box())


class FecForm(forms.Form):
    """A fiscal year's FEC."""

    fiscal_year = forms.ModelChoiceField(
        label="Exercice",
        queryset=FiscalYear.objects.order_by("-starts_on"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
        initial=_year_of_today,
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
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Aucun coché\u00a0: tous.",
    )
    wide = ("journals",)
    field_order = ("kind", "scope", "starts_on", "ends_on", "journals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        first = timezone.localdate().replace(day=1)
        self.initial = {"starts_on": add_months(first, -1), "ends_on": first - ONE_DAY, **self.initial}


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
        choices=[(box.number, f"{box.number} · {box.label}") for box in form_boxes() if box.fills in LISTED],
        widget=UnfoldAdminSelectWidget,
    )
