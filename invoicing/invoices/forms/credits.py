"""What a credit note gives back, as it is typed: all that is left, quantities of lines, or amounts by VAT rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from cae_backoffice.core.forms import FrenchDecimalField
from cae_backoffice.core.money import format_decimal, format_euros
from invoicing.invoices.rules.credits import Creditable, CreditContent, SoldRow

ALL, LINES, AMOUNTS = "ALL", "LINES", "AMOUNTS"
SCOPES = [(ALL, "Tout ce qui reste"), (LINES, "Des quantités"), (AMOUNTS, "Des montants")]


class CreditForm(forms.Form):
    """A credit note to be of one invoice: a box for each line and each VAT rate of which something is left."""

    scope = forms.ChoiceField(label="Ce qui est rendu", choices=SCOPES, initial=ALL, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Motif", max_length=300, widget=forms.Textarea({"rows": 3}), help_text="Il est imprimé sur l’avoir."
    )

    def __init__(self, state: Creditable, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  a form's own arguments
        super().__init__(*args, **kwargs)
        self._lines = {f"line-{line.pk}": line for line in state.lines if line.quantity_left}
        self._rows = {f"rate-{i}": row for i, row in enumerate(state.rows) if row.net_left}
        for name, line in self._lines.items():
            left = format_decimal(Decimal(f"{line.quantity_left.normalize():f}"))
            self.fields[name] = FrenchDecimalField(
                label=line.label, required=False, decimal_places=4, help_text=f"Il en reste {left}."
            )
        for name, row in self._rows.items():
            self.fields[name] = FrenchDecimalField(
                label=_rate(row), required=False, decimal_places=2, help_text=f"Il reste {format_euros(row.net_left)}."
            )

    @property
    def lines(self) -> list[forms.BoundField]:
        """The boxes of the quantities."""
        return [self[name] for name in self._lines]

    @property
    def rows(self) -> list[forms.BoundField]:
        """The boxes of the amounts."""
        return [self[name] for name in self._rows]

    def content(self) -> CreditContent | None:
        """What is asked; None for all that is left. Boxes of another choice do not count."""
        typed = self.cleaned_data
        if typed["scope"] == ALL:
            return None
        if typed["scope"] == LINES:
            return CreditContent({line.pk: typed[name] for name, line in self._lines.items() if typed[name]})
        return CreditContent(amounts={row.key: typed[name] for name, row in self._rows.items() if typed[name]})


def _rate(row: SoldRow) -> str:
    if not row.rate:
        return "Sans TVA (€)"
    rate = format_decimal(Decimal(f"{row.rate.normalize():f}"))
    return f"TVA à {rate}\u00a0% (€ HT)"


class ReasonForm(forms.Form):
    """Why an issued invoice is replaced."""

    reason = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea({"rows": 3}))
