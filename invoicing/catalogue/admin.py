"""Products for the staff, who also say which ones a contribution rule may leave out."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.templatetags import french
from invoicing.catalogue.models import Product
from invoicing.catalogue.services import save_product
from members.people.queries import signed_in_user


@admin.register(Product)
class ProductAdmin(BackofficeAdmin):
    """What the activities sell again and again."""

    view_right = Right.VIEW_ALL_INVOICES
    change_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = ["label", "reference", "activity", "price", "unit", "contribution_code", "is_archived"]
    list_filter: ClassVar = [("nature", ChoicesDropdownFilter), ("activity", AutocompleteSelectFilter), "is_archived"]
    list_filter_submit = True
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["search", "activity__search"]
    search_help_text = "Référence, désignation ou activité"
    autocomplete_fields: ClassVar = ["activity"]
    fieldsets: ClassVar = [
        (None, {"fields": ["activity", ("reference", "label"), "description"]}),
        ("Prix", {"fields": [("unit_price", "unit"), ("vat_code", "nature")]}),
        ("Suivi", {"fields": ["contribution_code", "is_archived"]}),
    ]

    @display(description="prix unitaire HT", ordering="unit_price")
    def price(self, product: Product) -> str:
        """With two decimals or more."""
        return french.price(product.unit_price)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """A product stays with the activity it was created for."""
        readonly = list(super().get_readonly_fields(request, obj))
        return readonly if obj is None else [*readonly, "activity"]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the room's service."""
        if isinstance(instance, Product):
            save_product(product=instance, by=signed_in_user(request))
