"""What is typed to invoice an order: a deposit, a progress, the date of the retention's release, a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from cae_backoffice.core.forms import FrenchDecimalField, date_box, number_box
from invoicing.billing.rules import Advance, progress_lines, progress_problems, reached
from invoicing.invoices.rules.orders import LinePosition, OrderPosition, carried, percent_of
from invoicing.pricing.rules import Totals, typed_totals

WHOLE = "whole"


def _percent(label: str, **options: Any) -> FrenchDecimalField:  # noqa: ANN401
    return FrenchDecimalField(
        label=label, required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2, **options
    )


def _release() -> forms.DateField:
    return forms.DateField(
        label="Retenue de garantie libérable le",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Un an après la réception des travaux (loi 71-584).",
    )


class DepositForm(forms.Form):
    """A deposit: a percentage of the order, or an amount excl. VAT."""

    percent = _percent("Part de la commande (%)")
    amount = FrenchDecimalField(label="ou montant HT (€)", required=False, max_digits=14, decimal_places=2)

    def clean(self) -> dict[str, Any]:
        """One of both."""
        cleaned = super().clean() or {}
        if not self.errors and (cleaned.get("percent") is None) == (cleaned.get("amount") is None):
            raise forms.ValidationError("Indiquez un pourcentage ou un montant HT.")
        return cleaned


class FinalForm(forms.Form):
    """The final invoice: only when its retention is released."""

    retention_due_on = _release()


class ReasonForm(forms.Form):
    """Why what remains will not be invoiced."""

    reason = forms.CharField(label="Motif", max_length=300, widget=forms.TextInput({"autocomplete": "off"}))


@dataclass(frozen=True)
class ProgressRow:
    """One line of the order on the progress form, with its two boxes."""

    position: LinePosition
    percent: forms.BoundField
    quantity: forms.BoundField
    now: Decimal


class ProgressForm(forms.Form):
    """How far the work is: for the whole order, by chapter, or line by line in percent or in quantity done.

    The most precise box wins: a quantity over a percentage, a line over its chapter, a chapter over the whole. What is
    left blank stays where it is.
    """

    whole = _percent("Toute la commande (%)")
    retention_due_on = _release()

    def __init__(self, *args: Any, position: OrderPosition, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.position = position
        if not position.order.retention_percent:
            del self.fields["retention_due_on"]
        self.chapters = list(dict.fromkeys(of_line.line.chapter for of_line in position.lines if of_line.line.chapter))
        for rank, chapter in enumerate(self.chapters):
            self.fields[f"chapter-{rank}"] = _percent(chapter)
        for of_line in position.lines:
            line = of_line.line
            self.fields[f"percent-{line.pk}"] = _percent(f"{line.label}, avancement en %")
            self.fields[f"quantity-{line.pk}"] = FrenchDecimalField(
                label=f"{line.label}, quantité faite", required=False, max_digits=12, decimal_places=4
            )

    def advance(self) -> Advance:
        """What was typed, line by line."""
        percents: dict[int, Decimal] = {}
        quantities: dict[int, Decimal] = {}
        for of_line in self.position.lines:
            pk = of_line.line.pk
            quantity = self._typed(f"quantity-{pk}")
            if quantity is not None:
                quantities[pk] = quantity
                continue
            percent = self._percent_of(of_line)
            if percent is not None:
                percents[pk] = percent
        return Advance(percents=percents, quantities=quantities)

    def _percent_of(self, of_line: LinePosition) -> Decimal | None:
        percent = self._typed(f"percent-{of_line.line.pk}")
        if percent is None and of_line.line.chapter:
            percent = self._typed(f"chapter-{self.chapters.index(of_line.line.chapter)}")
        if percent is not None:
            return percent
        whole = self._typed(WHOLE)
        return whole if whole is not None and of_line.percent < whole else None

    def _typed(self, name: str) -> Decimal | None:
        value = getattr(self, "cleaned_data", {}).get(name)
        return value if isinstance(value, Decimal) else None

    @property
    def release_on(self) -> date | None:
        """When the retention is to be released."""
        due: date | None = getattr(self, "cleaned_data", {}).get("retention_due_on")
        return due

    def chapter_rows(self) -> Iterator[tuple[str, forms.BoundField | None, Sequence[ProgressRow]]]:
        """The lines in their order under their chapters, each with what it would invoice now."""
        advance = self.advance()
        for chapter, lines in groupby(self.position.lines, key=lambda of_line: of_line.line.chapter):
            box = self[f"chapter-{self.chapters.index(chapter)}"] if chapter else None
            yield chapter, box, [self._row(of_line, advance) for of_line in lines]

    def _row(self, of_line: LinePosition, advance: Advance) -> ProgressRow:
        return ProgressRow(
            position=of_line,
            percent=self[f"percent-{of_line.line.pk}"],
            quantity=self[f"quantity-{of_line.line.pk}"],
            now=reached(of_line, advance) - of_line.invoiced,
        )

    def totals(self) -> Totals:
        """What the invoice would amount to with what is typed."""
        return carried(typed_totals(progress_lines(self.position, self.advance())), self.position)

    def problems(self) -> list[str]:
        """Why it could not be invoiced, as far as the lines alone tell; nothing typed is no problem yet."""
        advance = self.advance()
        return progress_problems(self.position, advance) if advance.percents or advance.quantities else []

    @property
    def cumulated_percent(self) -> Decimal:
        """How much of the work would be invoiced."""
        return percent_of(self.position.done + self.totals().net, self.position.order.net)


class StaffDepositForm(forms.Form):
    """The same on the staff's pages."""

    percent = FrenchDecimalField(label="Part de la commande (%)", required=False, widget=number_box())
    amount = FrenchDecimalField(label="ou montant HT (€)", required=False, widget=number_box())


class StaffProgressForm(forms.Form):
    """The whole order at a percentage, on the staff's pages."""

    percent = FrenchDecimalField(label="Avancement cumulé (%)", min_value=0, max_value=100, widget=number_box())
    retention_due_on = forms.DateField(label="Retenue libérable le", required=False, widget=date_box())


class StaffFinalForm(forms.Form):
    """The final invoice, on the staff's pages."""

    retention_due_on = forms.DateField(label="Retenue libérable le", required=False, widget=date_box())


class StaffReasonForm(forms.Form):
    """Why what remains will not be invoiced, on the staff's pages."""

    wide = ("reason",)
    reason = forms.CharField(label="Motif", max_length=300, widget=UnfoldAdminTextInputWidget())
