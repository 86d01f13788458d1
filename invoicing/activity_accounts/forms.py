"""What is asked of the activity's account: months, and a pay to reckon."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from cae_backoffice.core.forms import FrenchDecimalField
from cae_backoffice.core.periods import add_months
from invoicing.activity_accounts.enums import PayStart, ProvisionKind, StatementHeading
from invoicing.activity_accounts.rules.pay import MAX_MONTHS
from invoicing.ledger.forms import DayInput, MonthField, MonthsForm

MAX_STATEMENT_MONTHS = 240
MAX_TYPED = Decimal(400_000)
MAX_FILE = 1_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2200


def _near(day: date | None) -> date | None:
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError("Cette date est trop lointaine.")
    return day


class StatementMonthsForm(MonthsForm):
    """The months of a statement, twenty years at most."""

    def clean_last_month(self) -> date | None:
        """Within what a calendar can reckon."""
        return _near(self.cleaned_data["last_month"])

    def clean(self) -> dict[str, Any]:
        """Not more than a page can hold."""
        cleaned = super().clean()
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last >= add_months(first, MAX_STATEMENT_MONTHS):
            self.add_error("last_month", "Choisissez vingt ans au plus.")
        return cleaned


class OwnMonthsForm(StatementMonthsForm):
    """The same on the entrepreneurs' pages."""

    first_month = MonthField(label="Du mois", widget=forms.TextInput({"type": "month"}))
    last_month = MonthField(label="Au mois", widget=forms.TextInput({"type": "month"}))


class FigureForm(forms.Form):
    """A month, and a line of the statement or all of them."""

    month = MonthField(label="Mois")
    heading = forms.ChoiceField(label="Ligne", required=False, choices=[("", "Toutes"), *StatementHeading.choices])

    def clean_month(self) -> date | None:
        """Within what a calendar can reckon."""
        return _near(self.cleaned_data["month"])


class PayForm(forms.Form):
    """« Combien puis-je me payer ? »: from what, how much, over how many months."""

    start = forms.ChoiceField(label="Je pars", choices=PayStart, widget=forms.RadioSelect)
    amount = FrenchDecimalField(
        label="Montant",
        min_decimals=2,
        min_value=Decimal(0),
        max_value=MAX_TYPED,
        max_digits=9,
        decimal_places=2,
        error_messages={
            "min_value": "Saisissez un montant positif.",
            "max_value": "Saisissez un montant de 400\u00a0000\u00a0€ au plus.",
        },
    )
    months = forms.IntegerField(
        label="Étalé sur (mois)",
        min_value=1,
        max_value=MAX_MONTHS,
        widget=forms.NumberInput({"inputmode": "numeric", "class": "number"}),
        error_messages={
            "min_value": "Étalez sur un mois au moins.",
            "max_value": f"Étalez sur {MAX_MONTHS} mois au plus.",
        },
    )


class DayForm(forms.Form):
    """The day on which the accounts are read."""

    on = forms.DateField(label="Au", widget=DayInput())

    def clean_on(self) -> date | None:
        """Within what a calendar can reckon."""
        return _near(self.cleaned_data["on"])


class StaffFigureForm(FigureForm):
    """The same as the staff's pages show it."""

    heading = forms.ChoiceField(
        label="Ligne",
        required=False,
        choices=[("", "Toutes"), *StatementHeading.choices],
        widget=UnfoldAdminSelectWidget(),
    )


class RuleMonthForm(forms.Form):
    """A provision that has a rule, and a month."""

    kind = forms.ChoiceField(
        label="Provision",
        choices=[(kind.value, kind.label) for kind in (ProvisionKind.PAID_LEAVE, ProvisionKind.BAD_DEBTS)],
        widget=UnfoldAdminSelectWidget(),
    )
    month = MonthField(label="Mois")

    def clean_month(self) -> date | None:
        """Within what a calendar can reckon."""
        return _near(self.cleaned_data["month"])


class OpeningsForm(forms.Form):
    """A file of opening balances, or its text once it was read, and the day of the entry."""

    on = forms.DateField(label="Date comptable", widget=DayInput())
    file = forms.FileField(label="Fichier CSV", required=False, widget=forms.FileInput({"accept": ".csv,text/csv"}))
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        """The text of the file, in UTF-8 or as Windows writes it."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None and file.size > MAX_FILE:
            self.add_error("file", "Ce fichier est trop gros\u00a0: 1\u00a0Mo au plus.")
        elif file is not None:
            content = file.read()
            try:
                cleaned["text"] = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                cleaned["text"] = content.decode("cp1252", errors="replace")
        elif not cleaned.get("text"):
            self.add_error("file", "Choisissez un fichier.")
        return cleaned
