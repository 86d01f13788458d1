"""The discounts and charges on a draft, in its page; the services write them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.templatetags import french
from invoicing.invoices.admin.lines import figure
from invoicing.invoices.models import Invoice, InvoiceAdjustment
from invoicing.invoices.rules import may_edit
from invoicing.pricing.rules import AMOUNT_DECIMALS, DISCOUNT_DECIMALS, MAX_ADJUSTMENTS, TypedAdjustment
from members.people.queries import signed_in_user

KINDS = [("", "Remise"), ("1", "Frais")]


class AdjustmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A discount or a charge; the record's own constraint wants a percentage or an amount."""

    is_charge = forms.TypedChoiceField(
        label="Type", choices=KINDS, coerce=bool, required=False, widget=UnfoldAdminSelectWidget
    )
    percent = figure("En %", 5, DISCOUNT_DECIMALS, required=False)
    amount = figure("En € HT", 14, AMOUNT_DECIMALS, shown=2, required=False)

    class Meta:
        model = InvoiceAdjustment
        fields = ["is_charge", "reason", "percent", "amount"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.initial["is_charge"] = "1" if self.instance.is_charge else ""

    def clean_is_charge(self) -> bool:
        """The empty choice is a discount."""
        return bool(self.cleaned_data["is_charge"])


class AdjustmentFormSet(PaginationInlineFormSet):
    """A draft's discounts and charges."""

    def typed_adjustments(self) -> list[TypedAdjustment]:
        """Those that can be reckoned with, in the order of the page; after validation, all of them."""
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [
            TypedAdjustment(
                reason=row.get("reason", ""),
                is_charge=bool(row.get("is_charge")),
                percent=row.get("percent"),
                amount=row.get("amount"),
            )
            for row in rows
            if not row.get("DELETE") and (row.get("percent") is None) != (row.get("amount") is None)
        ]


class AdjustmentInline(BackofficeTabularInline):
    """Below the lines; only shown when there are any once the document is no draft any more."""

    model = InvoiceAdjustment
    form = AdjustmentForm
    formset = AdjustmentFormSet
    change_right = Right.DRAFT_INVOICES
    can_delete = True
    max_num = MAX_ADJUSTMENTS
    hide_title = True
    readonly_fields: ClassVar = ["kind_shown", "value_shown"]
    verbose_name = "remise ou frais sur le document"
    verbose_name_plural = "remises et frais sur le document"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ANN401
        """What is typed, or the same as the document shows it."""
        if self.has_change_permission(request, obj):
            return list(AdjustmentForm.Meta.fields)
        return ["kind_shown", "reason", "value_shown"]

    @display(description="type")
    def kind_shown(self, adjustment: InvoiceAdjustment) -> str:
        """In a word."""
        return "Frais" if adjustment.is_charge else "Remise"

    @display(description="valeur")
    def value_shown(self, adjustment: InvoiceAdjustment) -> str:
        """In percent or in euros."""
        if adjustment.percent is not None:
            return f"{french.number(adjustment.percent)}\u00a0%"
        return french.euros(adjustment.amount)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """In a draft, and by who may edit it."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (not isinstance(obj, Invoice) or may_edit(signed_in_user(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """As changing."""
        return self.has_change_permission(request, obj)
