"""Filters of the books' reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.ledger.models import Account, Auxiliary, Journal
from members.activities.models import Activity


class DayInput(UnfoldAdminTextInputWidget):
    """The browser's own date picker."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        """As browsers want it."""
        return value.isoformat() if isinstance(value, date) else super().format_value(value)


class MonthField(forms.Field):
    """A month, typed or picked as 2026-11; cleaned to its first day."""

    widget = UnfoldAdminTextInputWidget(attrs={"type": "month", "placeholder": "2026-11"})

    def to_python(self, value: Any) -> date | None:  # noqa: ANN401  Django's own field signature
        """Read AAAA-MM."""
        if isinstance(value, date) or not value:
            return value or None
        try:
            return datetime.strptime(str(value), "%Y-%m").date()  # noqa: DTZ007  a month has no time zone
        except ValueError as error:
            raise forms.ValidationError("Un mois s’écrit 2026-11.") from error

    def prepare_value(self, value: object) -> object:
        """As browsers want it."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class PeriodForm(forms.Form):
    """From a day to a day."""

    starts_on = forms.DateField(label="Du", widget=DayInput())
    ends_on = forms.DateField(label="Au", widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """The days follow each other."""
        cleaned = super().clean() or {}
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", "La fin précède le début.")
        return cleaned


class MonthsForm(forms.Form):
    """From a month to a month: what the kept balances answer at once."""

    first_month = MonthField(label="Du mois")
    last_month = MonthField(label="Au mois")

    def clean(self) -> dict[str, Any]:
        """Add `starts_on` and `ends_on`, the days of these months."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last:
            if last < first:
                self.add_error("last_month", "La fin précède le début.")
            cleaned |= {"starts_on": first, "ends_on": add_months(last, 1) - ONE_DAY}
        return cleaned


class JournalForm(PeriodForm):
    """A journal, or all, over a period."""

    journal = forms.ModelChoiceField(
        Journal.objects.all(), label="Journal", required=False, empty_label="Tous", widget=UnfoldAdminSelectWidget()
    )
    field_order = ("journal", "starts_on", "ends_on")


class GeneralLedgerForm(PeriodForm):
    """An account over a period."""

    account = forms.ModelChoiceField(
        Account.objects.all(), label="Compte", to_field_name="number", widget=UnfoldAdminSelectWidget()
    )
    field_order = ("account", "starts_on", "ends_on")


class AuxiliaryLedgerForm(PeriodForm):
    """An auxiliary account over a period, by its code."""

    auxiliary = forms.CharField(label="Compte auxiliaire", max_length=20, widget=UnfoldAdminTextInputWidget())
    field_order = ("auxiliary", "starts_on", "ends_on")

    def clean_auxiliary(self) -> Auxiliary:
        """The account of this code."""
        code = self.cleaned_data["auxiliary"].strip().upper()
        found = Auxiliary.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(f"Aucun compte auxiliaire n’a le code {code}.")
        return found


class AnalyticForm(MonthsForm):
    """Months, for one activity or all."""

    activity = forms.ModelChoiceField(
        Activity.objects.all(), label="Activité", required=False, empty_label="Toutes", widget=UnfoldAdminSelectWidget()
    )
    field_order = ("activity", "first_month", "last_month")


class AgedReceivablesForm(forms.Form):
    """A day, and by whom the receivables are grouped."""

    on = forms.DateField(label="Au", widget=DayInput())
    group = forms.ChoiceField(
        label="Par", choices=[("customer", "Client"), ("activity", "Activité")], widget=UnfoldAdminSelectWidget()
    )
