"""Filters of the books' reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.core.text import search_key
from invoicing.ledger.enums import EntryState
from invoicing.ledger.models import Account, Auxiliary, Journal
from members.activities.models import Activity

MOST_NAMED = 5


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


def activity_field() -> forms.ModelChoiceField[Activity]:
    """One activity, or all."""
    return forms.ModelChoiceField(
        Activity.objects.all(), label="Activité", required=False, empty_label="Toutes", widget=UnfoldAdminSelectWidget()
    )


class JournalForm(PeriodForm):
    """A journal, or all, over a period."""

    journal = forms.ModelChoiceField(
        Journal.objects.all(), label="Journal", required=False, empty_label="Tous", widget=UnfoldAdminSelectWidget()
    )
    state = forms.ChoiceField(
        label="Écritures",
        required=False,
        choices=[("", "Toutes"), (EntryState.VALIDATED, "Validées"), (EntryState.DRAFT, "En brouillard")],
        widget=UnfoldAdminSelectWidget(),
    )
    entry = forms.IntegerField(required=False, widget=forms.HiddenInput())
    field_order = ("journal", "state", "starts_on", "ends_on")


LINES = [("", "Toutes"), ("open", "Non lettrées")]


class AuxiliaryField(forms.CharField):
    """An auxiliary account, typed as its code or the beginning of its name."""

    widget = UnfoldAdminTextInputWidget()

    def clean(self, value: Any) -> Auxiliary | None:  # noqa: ANN401  Django's own field signature
        """The one account that this names."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        found = Auxiliary.objects.filter(code=typed.upper()).first()
        if found is not None:
            return found
        alike = list(Auxiliary.objects.filter(search__contains=search_key(typed)).order_by("label")[:MOST_NAMED])
        if len(alike) == 1:
            return alike[0]
        if not alike:
            raise forms.ValidationError(f"Aucun compte auxiliaire n’a le code ou le nom «\u00a0{typed} ».")
        raise forms.ValidationError(f"Précisez\u00a0: {', '.join(str(auxiliary) for auxiliary in alike)}…")


class GeneralLedgerForm(PeriodForm):
    """An account over a period."""

    account = forms.ModelChoiceField(
        Account.objects.all(), label="Compte", to_field_name="number", widget=UnfoldAdminSelectWidget()
    )
    activity = activity_field()
    lines = forms.ChoiceField(label="Lignes", choices=LINES, required=False, widget=UnfoldAdminSelectWidget())
    field_order = ("account", "activity", "lines", "starts_on", "ends_on")


class AuxiliaryLedgerForm(PeriodForm):
    """An auxiliary account over a period."""

    auxiliary = AuxiliaryField(label="Compte auxiliaire", max_length=80)
    lines = forms.ChoiceField(label="Lignes", choices=LINES, required=False, widget=UnfoldAdminSelectWidget())
    field_order = ("auxiliary", "lines", "starts_on", "ends_on")


class AnalyticForm(MonthsForm):
    """Months, for one activity or all."""

    activity = activity_field()
    field_order = ("activity", "first_month", "last_month")


class AgedReceivablesForm(forms.Form):
    """A day, and by whom the receivables are grouped."""

    on = forms.DateField(label="Au", widget=DayInput())
    group = forms.ChoiceField(
        label="Par", choices=[("customer", "Client"), ("activity", "Activité")], widget=UnfoldAdminSelectWidget()
    )


class OpenItemsForm(forms.Form):
    """A day, whose items, and how late they are."""

    AGES: ClassVar[dict[str, tuple[int | None, int | None]]] = {
        "0": (None, 0),
        "30": (0, 30),
        "60": (30, 60),
        "90": (60, 90),
        "more": (90, None),
        "": (None, None),
    }
    """Late by more than so many days, and at most so many."""

    on = forms.DateField(label="Au", widget=DayInput())
    auxiliary = AuxiliaryField(label="Client", max_length=80, required=False)
    activity = activity_field()
    age = forms.ChoiceField(
        label="Retard",
        required=False,
        widget=UnfoldAdminSelectWidget(),
        choices=[
            ("", "Tous"),
            ("0", "Non échu"),
            ("30", "1 à 30 jours"),
            ("60", "31 à 60 jours"),
            ("90", "61 à 90 jours"),
            ("more", "Plus de 90 jours"),
        ],
    )
