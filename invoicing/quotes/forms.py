"""The sheet on which a quote is typed, and what is typed when it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.customers.models import Customer
from invoicing.mentions.forms import PartiesForm
from invoicing.pricing.enums import PaymentTerms
from invoicing.pricing.forms import (
    TYPED,
    BaseAdjustmentFormSet,
    BaseLineFormSet,
    LineForm,
    line_formset,
    offered_adjustments,
    offered_lines,
    retyped_adjustments,
    retyped_lines,
    sent_adjustments,
    sent_lines,
    stored_adjustment,
    stored_line,
)
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import Totals, TypedLine
from invoicing.quotes.enums import SaleSetting
from invoicing.quotes.models import Quote, QuoteLine
from invoicing.quotes.queries.drafting import QuoteChoices
from invoicing.quotes.rules import VALIDITY_DAYS, QuoteContent, QuoteDraftLine, effects_of, quote_totals

HEADING = (
    "valid_until",
    "subject",
    "introduction",
    "execution",
    "sale_setting",
    "payment_terms",
    "deposit_percent",
    "retention_percent",
    "fee",
    "terms",
)
FIGURES = ("deposit_percent", "retention_percent", "fee")
DAY_INPUT = {"type": "date"}


class HeadingForm(PartiesForm):
    """For whom, what, until when and on which terms; everything but the activity may wait until it is sent."""

    subject = forms.CharField(label="Objet", max_length=160, required=False)
    introduction = forms.CharField(
        label="Introduction", max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    valid_until = forms.DateField(
        label="Valable jusqu’au", required=False, widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d")
    )
    execution = forms.CharField(
        label="Délai ou date d’exécution",
        max_length=160,
        required=False,
        help_text="Obligatoire pour un particulier. Par exemple\u00a0: dans les six semaines après l’accord.",
    )
    sale_setting = forms.ChoiceField(
        label="Lieu du contrat",
        choices=SaleSetting.choices,
        initial=SaleSetting.DISTANCE,
        help_text="Pour un particulier\u00a0: le droit de rétractation s’imprime en conséquence.",
    )
    payment_terms = forms.ChoiceField(
        label="Délai de paiement", choices=PaymentTerms.choices, initial=PaymentTerms.DAYS_30
    )
    deposit_percent = FrenchDecimalField(label="Acompte demandé (%)", required=False, max_digits=5, decimal_places=2)
    retention_percent = FrenchDecimalField(
        label="Retenue de garantie (%)", required=False, max_digits=4, decimal_places=2
    )
    fee = FrenchDecimalField(
        label="Prix du devis TTC (€)",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="Vide s’il est gratuit.",
    )
    terms = forms.CharField(
        label="Conditions particulières", max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """A figure left blank is zero."""
        cleaned = super().clean()
        for name in FIGURES:
            if name in cleaned:
                cleaned[name] = cleaned[name] or Decimal(0)
        return cleaned


class QuoteLineForm(LineForm):
    """One line, which may be an option."""

    is_option = forms.BooleanField(label="Option, non comprise dans le total", required=False)

    def line_of(self, typed: dict[str, Any], vat_code: VatCode) -> TypedLine[VatCode]:
        """With what makes it an option."""
        return QuoteDraftLine(**typed, vat_code=vat_code, is_option=bool(self.cleaned_data.get("is_option")))


QuoteLineFormSet = line_formset(QuoteLineForm)


@dataclass
class Sheet:
    """The heading, the lines, and the discounts and charges on them all."""

    heading: HeadingForm
    lines: BaseLineFormSet
    adjustments: BaseAdjustmentFormSet

    def is_valid(self) -> bool:
        """Whether all hold what a draft can keep; every error is found, not only the first."""
        return all([self.heading.is_valid(), self.lines.is_valid(), self.adjustments.is_valid()])

    def content(self) -> QuoteContent:
        """What was typed, once valid."""
        typed = self.heading.cleaned_data
        return QuoteContent(
            activity=typed["activity"],
            customer=typed["customer"],
            delivery_address=typed["delivery_address"],
            lines=self.draft_lines(),
            adjustments=self.adjustments.typed_adjustments(),
            **{name: typed[name] for name in HEADING},
        )

    def draft_lines(self) -> list[QuoteDraftLine]:
        """The lines whose figures are right."""
        return [line for line in self.lines.typed_lines() if isinstance(line, QuoteDraftLine)]

    def totals(self) -> Totals:
        """What the lines typed so far amount to, without the options."""
        return quote_totals(self.draft_lines(), adjustments=self.adjustments.typed_adjustments())

    def effects(self) -> list[tuple[str, Decimal]]:
        """What each discount and charge typed so far adds."""
        return effects_of(self.adjustments.typed_adjustments(), self.draft_lines())


def blank_sheet(choices: QuoteChoices, *, customer: Customer | None, on: date) -> Sheet:
    """A new quote with one line to fill in, valid for the usual time from that day."""
    initial: dict[str, Any] = {"valid_until": on + timedelta(days=VALIDITY_DAYS)}
    if customer:
        initial |= {"customer": str(customer.pk), "activity": str(customer.activity_id)}
    return Sheet(
        HeadingForm(initial=initial, choices=choices),
        offered_lines([], choices.vat_codes, QuoteLineFormSet),
        offered_adjustments([]),
    )


def sheet_of(quote: Quote, lines: list[QuoteLine], choices: QuoteChoices) -> Sheet:
    """A stored draft."""
    initial: dict[str, Any] = {name: getattr(quote, name) for name in HEADING}
    initial |= {name: initial[name] or None for name in FIGURES}
    initial["activity"] = str(quote.activity_id)
    initial["customer"] = str(quote.customer_id or "")
    initial["delivery_address"] = str(quote.delivery_address_id or "")
    return Sheet(
        HeadingForm(initial=initial, choices=choices),
        offered_lines(map(_initial_of, lines), choices.vat_codes, QuoteLineFormSet),
        offered_adjustments(map(stored_adjustment, quote.adjustments.order_by("position"))),
    )


def typed_sheet(data: QueryDict, choices: QuoteChoices) -> Sheet:
    """What the person sends."""
    return Sheet(
        HeadingForm(data, choices=choices),
        sent_lines(data, choices.vat_codes, QuoteLineFormSet),
        sent_adjustments(data),
    )


def retyped_sheet(data: QueryDict, choices: QuoteChoices, *, more_lines: int) -> Sheet:
    """The same shown again as it was typed, without judging it, removed lines gone and blank ones added."""
    typed = typed_sheet(data, choices)
    heading = {name: typed.heading[name].value() for name in typed.heading.fields}
    lines = retyped_lines(typed.lines, more_lines=more_lines)
    return Sheet(
        HeadingForm(initial=heading, choices=choices),
        offered_lines(lines, choices.vat_codes, QuoteLineFormSet),
        offered_adjustments(retyped_adjustments(typed.adjustments)),
    )


def _initial_of(line: QuoteLine) -> dict[str, Any]:
    typed = QuoteDraftLine(
        **{name: getattr(line, name) for name in TYPED}, vat_code=line.vat_code, is_option=line.is_option
    )
    return stored_line(typed, line.vat_code_id) | {"is_option": line.is_option}


class SignatureForm(forms.Form):
    """How the customer says yes online: a name, the promise, and a drawing or not."""

    name = forms.CharField(label="Vos nom et prénom", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    agrees = forms.BooleanField(
        label="Bon pour accord\u00a0: j’accepte ce devis et ses conditions, avec obligation de paiement."
    )
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)


class RefusalForm(forms.Form):
    """How the customer says no online."""

    name = forms.CharField(label="Vos nom et prénom", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    reason = forms.CharField(label="Motif", max_length=500, required=False, widget=forms.Textarea({"rows": 2}))


class AnswerForm(forms.Form):
    """An answer received on paper or by mail."""

    name = forms.CharField(label="Nom du signataire", max_length=120)
    answered_on = forms.DateField(label="Date de la réponse", widget=forms.DateInput(DAY_INPUT, format="%Y-%m-%d"))
    signed = forms.FileField(
        label="Document signé", required=False, help_text="PDF, PNG ou JPEG, 10\u00a0Mo au plus. Pour un accord."
    )
    reason = forms.CharField(label="Motif du refus", max_length=500, required=False)


class TemplateForm(forms.Form):
    """Under which name a quote is kept as a template."""

    name = forms.CharField(label="Nom du modèle", max_length=120)
