"""A draft's lines in its page: typed the French way, read into values; the services write them."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import INPUT_CLASSES, UnfoldAdminExpandableTextareaWidget, UnfoldAdminSelectWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.templatetags import french
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import DraftLine, may_edit
from invoicing.pricing.enums import SupplyNature, VatCategory
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import (
    DISCOUNT_DECIMALS,
    PRICE_DECIMALS,
    QUANTITY_DECIMALS,
)
from members.people.queries import signed_in_user

NATURES = [(SupplyNature.SERVICES, "Service"), (SupplyNature.GOODS, "Bien")]
"""Shorter than the documents' own words: a column is narrow."""


def figure(label: str, max_digits: int, decimal_places: int, shown: int = 0, **options: Any) -> FrenchDecimalField:  # noqa: ANN401
    """A number typed the French way; `shown` decimals are there even when they are zeros."""
    widget = FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}, min_decimals=shown)
    return FrenchDecimalField(
        label=label, max_digits=max_digits, decimal_places=decimal_places, widget=widget, **options
    )


class LineForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line. Its rank follows the order on the page."""

    rank: int | None = None
    position = forms.IntegerField(required=False, widget=forms.HiddenInput)
    product_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    quantity = figure("Quantité", 12, QUANTITY_DECIMALS)
    unit_price = figure("Prix unitaire HT", 14, PRICE_DECIMALS, shown=2)
    discount_percent = figure("Remise (%)", 5, DISCOUNT_DECIMALS, required=False)
    nature = forms.ChoiceField(label="Nature", choices=NATURES, widget=UnfoldAdminSelectWidget)
    vat_code = forms.TypedChoiceField(label="TVA", widget=UnfoldAdminSelectWidget)

    class Meta:
        model = InvoiceLine
        fields = [
            "chapter",
            "label",
            "description",
            "nature",
            "quantity",
            "unit",
            "unit_price",
            "discount_percent",
            "vat_code",
        ]
        widgets = {"description": UnfoldAdminExpandableTextareaWidget}

    def __init__(self, *args: Any, vat_codes: dict[str, VatCode], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.initial["product_id"] = self.instance.product_id
        self.fields["vat_code"].choices = [(pk, code.label) for pk, code in vat_codes.items()]  # type: ignore[attr-defined]
        self.fields["vat_code"].coerce = lambda pk: vat_codes[str(pk)]  # type: ignore[attr-defined]

    def clean_discount_percent(self) -> Decimal:
        """Nothing typed is no discount."""
        return self.cleaned_data["discount_percent"] or Decimal(0)

    def clean_position(self) -> None:
        """The rank typed stands beside the record: two lines that change places would collide in it."""
        self.rank = self.cleaned_data["position"]


class LineFormSet(PaginationInlineFormSet):
    """A draft's lines; VAT codes are read once for all of them."""

    @cached_property
    def vat_codes(self) -> dict[str, VatCode]:
        """The codes in force today, and those that the draft already uses."""
        used = InvoiceLine.objects.filter(invoice_id=self.instance.pk).values("vat_code")
        in_force = VatCode.objects.in_force(timezone.localdate()).values("pk")
        codes = VatCode.objects.filter(Q(pk__in=used) | Q(pk__in=in_force))
        return {str(code.pk): code for code in sorted(codes, key=_usual_first)}

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Hand the codes to each line."""
        return {**super().get_form_kwargs(index), "vat_codes": self.vat_codes}

    def draft_lines(self) -> list[DraftLine]:
        """The lines that can be reckoned with, in the order of the page; after validation, all of them."""
        filled = [form for form in self.forms if _is_filled(form)]
        filled.sort(key=lambda form: (form.rank is None, form.rank))
        return [_draft_line(form.cleaned_data) for form in filled]


def _draft_line(row: dict[str, Any]) -> DraftLine:
    """A line may still lack its label while it is being typed."""
    return DraftLine(
        **{"label": ""} | {name: row[name] for name in (*LineForm.Meta.fields, "product_id") if name in row}
    )


def _usual_first(code: VatCode) -> tuple[bool, Decimal]:
    """Rates from the highest, then the reasons for none."""
    return code.category != VatCategory.STANDARD, -code.rate


def _is_filled(form: forms.BaseForm) -> bool:
    """Whether a line stands on the page, is not struck out, and has what a total needs."""
    row = getattr(form, "cleaned_data", {})
    return not row.get("DELETE") and {"quantity", "unit_price", "discount_percent", "vat_code"} <= row.keys()


class LineInline(BackofficeTabularInline):
    """The lines in the document's page, with the totals that the server computes below them."""

    model = InvoiceLine
    fk_name = "invoice"
    form = LineForm
    formset = LineFormSet
    change_right = Right.DRAFT_INVOICES
    can_delete = True
    readonly_fields: ClassVar = ["quantity_shown", "price_shown", "discount_shown", "net_shown"]
    ordering_field = "position"
    hide_ordering_field = True
    hide_title = True
    template_after = "admin/invoicing/invoice/totals.html"
    verbose_name = "ligne"
    verbose_name_plural = "lignes"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ANN401
        """What is typed, or the same as the document shows it."""
        if self.has_change_permission(request, obj):
            return [*LineForm.Meta.fields, "product_id", "position"]
        shown = [
            "chapter",
            "label",
            "description",
            "quantity_shown",
            "unit",
            "price_shown",
            "discount_shown",
            "vat_code",
        ]
        return [*shown, "net_shown"]

    @display(description="quantité")
    def quantity_shown(self, line: InvoiceLine) -> str:
        """Without needless zeros."""
        return french.number(line.quantity)

    @display(description="prix unitaire HT")
    def price_shown(self, line: InvoiceLine) -> str:
        """With two decimals or more."""
        return french.price(line.unit_price)

    @display(description="remise")
    def discount_shown(self, line: InvoiceLine) -> str:
        """In percent."""
        return f"{french.number(line.discount_percent)}\u00a0%" if line.discount_percent else "—"

    @display(description="montant HT")
    def net_shown(self, line: InvoiceLine) -> str:
        """After discount."""
        return french.euros(line.net)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """In a draft, and by who may edit it."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (not isinstance(obj, Invoice) or may_edit(signed_in_user(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401
        """As changing."""
        return self.has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:  # noqa: ANN401
        """With their codes, for the pages that only show them. In a draft, without those that take deposits off: they
        follow the deposits chosen.
        """
        lines = super().get_queryset(request).select_related("vat_code")
        return lines.exclude(deducts__isnull=False, invoice__state=InvoiceState.DRAFT)
