"""The typed lines of a quote or an invoice, as HTTP gives them: one form per line, and as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict

from cae_backoffice.core.forms import FrenchDecimalField
from invoicing.pricing.enums import AdjustmentKind, SupplyNature, Unit
from invoicing.pricing.models import DocumentAdjustment, VatCode
from invoicing.pricing.rules import (
    MAX_ADJUSTMENTS,
    MAX_LINES,
    TypedAdjustment,
    TypedLine,
    adjustment_figure_problems,
    line_problems,
    typed_adjustment,
)

PREFIX = "lines"
ADJUSTMENTS = "adjustments"
TYPED = (
    "label",
    "description",
    "chapter",
    "nature",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "product_id",
)
"""The fields of a line but for its VAT code, which is a choice among records."""
FIGURES = ("quantity", "unit_price", "discount_percent")
LONGEST_KEY = 19
"""Digits of a number that the database holds."""
FOLDED = ("description", "nature", "discount_percent")
"""What a line keeps folded away until it is of use."""


class LineForm(forms.Form):
    """One line. A line left as it was offered is no line."""

    label = forms.CharField(label="Désignation", max_length=160, widget=forms.TextInput({"autocomplete": "off"}))
    description = forms.CharField(
        label="Détail",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="**gras**, et des lignes qui commencent par «\u00a0-\u00a0» ou «\u00a01.\u00a0» pour une liste.",
    )
    chapter = forms.CharField(label="Chapitre", max_length=120, required=False)
    nature = forms.ChoiceField(label="Nature", choices=SupplyNature.choices, initial=SupplyNature.SERVICES)
    quantity = FrenchDecimalField(label="Quantité", initial=Decimal(1), max_digits=12, decimal_places=4)
    unit = forms.ChoiceField(label="Unité", choices=Unit.choices, initial=Unit.UNIT)
    unit_price = FrenchDecimalField(label="Prix unitaire HT", max_digits=14, decimal_places=6, min_decimals=2)
    discount_percent = FrenchDecimalField(label="Remise (%)", required=False, max_digits=5, decimal_places=2)
    vat_code = forms.ChoiceField(label="TVA")
    product_id = forms.IntegerField(label="Produit", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, vat_codes: Mapping[str, VatCode], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.vat_codes = vat_codes
        field = self.fields["vat_code"]
        field.choices = [(pk, code.label) for pk, code in vat_codes.items()]  # type: ignore[attr-defined]
        field.initial = next(iter(vat_codes), None)

    def clean_quantity(self) -> Decimal:
        """Never zero."""
        return self._figure("quantity")

    def clean_unit_price(self) -> Decimal:
        """Never negative: the quantity is."""
        return self._figure("unit_price")

    def clean_discount_percent(self) -> Decimal:
        """From 0 to 100 %; nothing typed is no discount."""
        self.cleaned_data["discount_percent"] = self.cleaned_data["discount_percent"] or Decimal(0)
        return self._figure("discount_percent")

    def _figure(self, name: str) -> Decimal:
        """The figure, checked beside harmless others so that each problem shows at its field."""
        harmless = {"quantity": Decimal(1), "unit_price": Decimal(1), "discount_percent": Decimal(0)}
        value: Decimal = self.cleaned_data[name]
        if problems := line_problems(**harmless | {name: value}):
            raise forms.ValidationError(problems)
        return value

    @property
    def typed_line(self) -> TypedLine[VatCode] | None:
        """The line, as soon as its figures are right; the label may still lack in a live total."""
        if not self.is_bound:
            return self.offered_line
        typed = getattr(self, "cleaned_data", {})
        code = self.vat_codes.get(typed.get("vat_code", ""))
        if code is None or not {"quantity", "unit_price", "discount_percent"} <= typed.keys():
            return None
        return self.line_of({"label": ""} | {name: typed[name] for name in TYPED if name in typed}, code)

    def line_of(self, typed: dict[str, Any], vat_code: VatCode) -> TypedLine[VatCode]:
        """The value of what was typed; the sheet of a room whose lines hold more makes its own."""
        return TypedLine(**typed, vat_code=vat_code)

    @property
    def net(self) -> Decimal | None:
        """What the line amounts to, excl. VAT; None while its figures are not right."""
        line = self.typed_line
        return line.net if line else None

    @property
    def offered_line(self) -> TypedLine[VatCode] | None:
        """The line of an unbound form that shows a stored one."""
        return self.initial.get("line") if isinstance(self.initial, dict) else None

    @property
    def is_unfolded(self) -> bool:
        """Whether a folded field holds something that the person must see."""
        usual = (None, "", "0", Decimal(0), SupplyNature.SERVICES)
        return any(name in self.errors or self[name].value() not in usual for name in FOLDED)


class BaseTypedFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The rows of a sheet. All are typed anew each time, so that a blank one is always let go."""

    def initial_form_count(self) -> int:
        """None when bound: see the class."""
        return 0 if self.is_bound else super().initial_form_count()

    @property
    def kept_forms(self) -> list[Any]:
        """The rows that stand: neither blank nor removed."""
        return [form for form in self.forms if form.has_changed() and form not in self.removed_forms]

    @property
    def removed_forms(self) -> list[Any]:
        """Those the person ticked away."""
        return [form for form in self.forms if form.cleaned_data.get(DELETION_FIELD_NAME)]


class BaseLineFormSet(BaseTypedFormSet):
    """The lines of a draft."""

    def typed_lines(self) -> tuple[TypedLine[VatCode], ...]:
        """The lines whose figures are right: of a sheet that was sent, those that stand; else those it shows."""
        if self.is_bound:
            self.is_valid()
        shown = self.kept_forms if self.is_bound else self.forms
        return tuple(line for form in shown if (line := form.typed_line))


def line_formset(form: type[LineForm]) -> type[BaseLineFormSet]:
    """The lines of one sheet, each typed in such a form."""
    return cast(
        "type[BaseLineFormSet]",
        forms.formset_factory(
            form, formset=BaseLineFormSet, extra=0, can_delete=True, max_num=MAX_LINES, validate_max=True
        ),
    )


LineFormSet = line_formset(LineForm)


class AdjustmentForm(forms.Form):
    """A discount or a charge on the whole document. One left blank is none."""

    kind = forms.ChoiceField(label="Type", choices=AdjustmentKind.choices, initial=AdjustmentKind.DISCOUNT_PERCENT)
    value = FrenchDecimalField(label="Valeur", max_digits=12, decimal_places=2)
    reason = forms.CharField(label="Motif", max_length=120, widget=forms.TextInput({"autocomplete": "off"}))

    @property
    def typed_adjustment(self) -> TypedAdjustment | None:
        """What was typed, as soon as its figure is right; of an unbound form, what it shows."""
        if not self.is_bound:
            offered: TypedAdjustment | None = self.initial.get("typed")
            return offered
        typed = getattr(self, "cleaned_data", {})
        if not typed.get("value") or "kind" not in typed:
            return None
        kind, value = AdjustmentKind(typed["kind"]), typed["value"]
        is_percent = kind in {AdjustmentKind.DISCOUNT_PERCENT, AdjustmentKind.CHARGE_PERCENT}
        return TypedAdjustment(
            reason=typed.get("reason", ""),
            is_charge=kind in {AdjustmentKind.CHARGE_PERCENT, AdjustmentKind.CHARGE_AMOUNT},
            percent=value if is_percent else None,
            amount=None if is_percent else value,
        )

    def clean(self) -> dict[str, Any]:
        """A figure that a discount or a charge can have."""
        cleaned = super().clean() or {}
        typed = self.typed_adjustment
        if "value" in cleaned and not cleaned["value"]:
            self.add_error("value", "Un montant ou un pourcentage au-dessus de zéro.")
        elif typed and (problems := adjustment_figure_problems(typed)):
            self.add_error("value", problems)
        return cleaned


class BaseAdjustmentFormSet(BaseTypedFormSet):
    """The discounts and charges on a document."""

    def typed_adjustments(self) -> tuple[TypedAdjustment, ...]:
        """Those whose figure is right: of a sheet that was sent, those that stand; else those it shows."""
        if self.is_bound:
            self.is_valid()
        shown = self.kept_forms if self.is_bound else self.forms
        return tuple(one for form in shown if (one := form.typed_adjustment))


AdjustmentFormSet = cast(
    "type[BaseAdjustmentFormSet]",
    forms.formset_factory(
        AdjustmentForm,
        formset=BaseAdjustmentFormSet,
        extra=1,
        can_delete=True,
        max_num=MAX_ADJUSTMENTS,
        validate_max=True,
    ),
)


def offered_adjustments(initial: Iterable[Mapping[str, Any]]) -> BaseAdjustmentFormSet:
    """A document's discounts and charges to be changed, and a blank one."""
    return AdjustmentFormSet(prefix=ADJUSTMENTS, initial=list(initial))


def sent_adjustments(data: QueryDict) -> BaseAdjustmentFormSet:
    """The discounts and charges that the person sends; a page without them sends none."""
    if f"{ADJUSTMENTS}-TOTAL_FORMS" not in data:
        data = data.copy()
        data |= {f"{ADJUSTMENTS}-TOTAL_FORMS": "0", f"{ADJUSTMENTS}-INITIAL_FORMS": "0"}
    return AdjustmentFormSet(data, prefix=ADJUSTMENTS)


def retyped_adjustments(sent: BaseAdjustmentFormSet) -> list[dict[str, Any]]:
    """What to offer so that they stand as they were sent, unjudged."""
    sent.is_valid()
    return [
        {name: form[name].value() for name in AdjustmentForm.base_fields} | {"typed": form.typed_adjustment}
        for form in sent.kept_forms
    ]


def stored_adjustment(stored: DocumentAdjustment) -> dict[str, Any]:
    """What to offer for a stored one."""
    typed = typed_adjustment(stored)
    if typed.percent is not None:
        kind = AdjustmentKind.CHARGE_PERCENT if typed.is_charge else AdjustmentKind.DISCOUNT_PERCENT
    else:
        kind = AdjustmentKind.CHARGE_AMOUNT if typed.is_charge else AdjustmentKind.DISCOUNT_AMOUNT
    return {"kind": kind, "value": typed.percent or typed.amount, "reason": typed.reason, "typed": typed}


def offered_lines(
    initial: Iterable[Mapping[str, Any]], vat_codes: Iterable[VatCode], formset: type[BaseLineFormSet] = LineFormSet
) -> BaseLineFormSet:
    """A sheet's lines to be filled in or changed; at least one, blank if need be."""
    return formset(prefix=PREFIX, initial=list(initial) or [{}], form_kwargs={"vat_codes": by_key(vat_codes)})


def sent_lines(
    data: QueryDict, vat_codes: Iterable[VatCode], formset: type[BaseLineFormSet] = LineFormSet
) -> BaseLineFormSet:
    """The lines that the person sends."""
    return formset(data, prefix=PREFIX, form_kwargs={"vat_codes": by_key(vat_codes)})


def reckoned_lines(data: QueryDict) -> list[TypedLine[VatCode] | None]:
    """What stands on the sheet right now, for its totals: None for a line that cannot be reckoned with yet.

    The fields read as in a form, without one for each line: those of two hundred lines would take longer to build than
    a person waits while typing. What is wrong is said when the sheet is sent.
    """
    total = min(_whole(data.get(f"{PREFIX}-TOTAL_FORMS", "")), MAX_LINES)
    sent = {data.get(f"{PREFIX}-{rank}-vat_code", "") for rank in range(total)}
    codes = VatCode.objects.in_bulk([int(pk) for pk in sent if pk.isdecimal() and len(pk) < LONGEST_KEY])
    return [_reckoned_line(data, f"{PREFIX}-{rank}-", codes) for rank in range(total)]


def _reckoned_line(data: QueryDict, prefix: str, codes: Mapping[int, VatCode]) -> TypedLine[VatCode] | None:
    code = codes.get(_whole(data.get(f"{prefix}vat_code", "")))
    if code is None or data.get(f"{prefix}{DELETION_FIELD_NAME}"):
        return None
    try:
        figures = {name: LineForm.base_fields[name].clean(data.get(prefix + name, "")) for name in FIGURES}
    except forms.ValidationError:
        return None
    figures["discount_percent"] = figures["discount_percent"] or Decimal(0)
    if line_problems(**figures):
        return None
    nature = data.get(f"{prefix}nature", "")
    known = nature if nature in SupplyNature.values else SupplyNature.SERVICES
    return TypedLine(label="", vat_code=code, nature=known, **figures)


def _whole(text: str) -> int:
    """A whole number sent by a page; nothing else is one."""
    return int(text) if text.isdecimal() and len(text) < LONGEST_KEY else 0


def retyped_lines(sent: BaseLineFormSet, *, more_lines: int) -> list[dict[str, Any]]:
    """What to offer so that the lines stand as they were sent, unjudged, removed ones gone and blank ones added."""
    sent.is_valid()
    kept = [form for form in sent.forms if form not in sent.removed_forms]
    lines = [
        {name: form[name].value() for name in form.fields if name != DELETION_FIELD_NAME} | {"line": form.typed_line}
        for form in kept
    ]
    blank: list[dict[str, Any]] = [{} for _ in range(more_lines)]
    return [*lines, *blank]


def stored_line(line: TypedLine[VatCode], vat_code_id: int) -> dict[str, Any]:
    """What to offer for a stored line."""
    return {name: getattr(line, name) for name in TYPED} | {"vat_code": str(vat_code_id), "line": line}


def by_key(vat_codes: Iterable[VatCode]) -> dict[str, VatCode]:
    """The codes by what a form sends for them."""
    return {str(code.pk): code for code in vat_codes}
