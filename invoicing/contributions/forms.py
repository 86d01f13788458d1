"""What is typed about contributions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import ContractType
from invoicing.contributions.models import ContributionOverride, ContributionRule, ContributionRun
from invoicing.contributions.rules.worked_example import ExampleFigures
from invoicing.ledger.forms import MonthField

MAX_RULE_BYTES = 200_000


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The text of a rule, typed or taken from a file."""

    file = forms.FileField(
        label="ou un fichier TOML à importer",
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".toml"}),
        help_text="Chaque version du fichier devient une proposition.",
    )

    class Meta:
        model = ContributionRule
        fields = ["toml"]
        widgets = {"toml": UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false", "class": "bo-code"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if "toml" in self.fields:
            self.fields["toml"].required = False

    def clean(self) -> dict[str, Any]:
        """The text, whichever way it came."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file:
            if file.size > MAX_RULE_BYTES:
                raise forms.ValidationError("Ce fichier est trop grand pour une règle.")
            try:
                cleaned["toml"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError("Le fichier n’est pas en UTF-8.") from error
        if not cleaned.get("toml", "").strip():
            raise forms.ValidationError("Écrivez la règle, ou choisissez un fichier.")
        return cleaned

    def _post_clean(self) -> None:
        """The service checks the text: the record's other fields are read in it."""


class OverrideForm(forms.ModelForm):  # type: ignore[type-arg]
    """The decision and its values."""

    class Meta:
        model = ContributionOverride
        fields = ["activity", "code", "starts_on", "ends_on", "values", "decision"]
        widgets = {"values": UnfoldAdminTextareaWidget(attrs={"rows": 5, "spellcheck": "false", "class": "bo-code"})}


class RunForm(forms.ModelForm):  # type: ignore[type-arg]
    """The month to run."""

    month = MonthField(label="Mois")

    class Meta:
        model = ContributionRun
        fields = ["month"]

    def _post_clean(self) -> None:
        """The service tells whether the month may be run."""


class ReverseForm(forms.Form):
    """Why a run is taken back."""

    reason = forms.CharField(label="Motif", max_length=160, widget=UnfoldAdminTextInputWidget())


class PreviewForm(forms.Form):
    """The month to look at."""

    month = MonthField(label="Mois")


class ReplayForm(forms.Form):
    """A rule, in force or proposed, and the past months to try it on."""

    rule = forms.ModelChoiceField(
        ContributionRule.objects.all(), label="Règle à essayer", widget=UnfoldAdminSelectWidget(), empty_label=None
    )
    first_month = MonthField(label="Du mois")
    last_month = MonthField(label="Au mois")

    def clean(self) -> dict[str, Any]:
        """In order."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "La fin précède le début.")
        return cleaned


def amount_field(label: str, initial: str) -> FrenchDecimalField:
    """A month's amount in the worked example."""
    widget = FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=2)
    return FrenchDecimalField(
        label=label, max_digits=12, decimal_places=2, initial=initial, required=False, widget=widget
    )


class ExampleForm(forms.Form):
    """The figures of every month of the worked example."""

    contract = forms.ChoiceField(
        label="Contrat", choices=ContractType.choices, initial=ContractType.CESA, widget=UnfoldAdminSelectWidget()
    )
    invoiced = amount_field("Facturé par mois", "4000")
    collected = amount_field("Encaissé par mois", "4000")
    purchases = amount_field("Achats par mois", "500")
    internal = amount_field("Échanges internes par mois", "0")

    def figures(self) -> ExampleFigures:
        """The figures of a valid form; what is empty is zero."""
        typed = self.cleaned_data
        amounts: list[Decimal] = [typed[name] or ZERO for name in ("invoiced", "collected", "purchases", "internal")]
        return ExampleFigures(ContractType(typed["contract"]), *amounts)
