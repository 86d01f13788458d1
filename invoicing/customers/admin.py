"""Customers for the staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress
from invoicing.customers.queries import SimilarCustomer, similar_customers
from invoicing.customers.services import save_billing_address, save_contact, save_customer, save_delivery_address
from members.people.queries import signed_in_user


class DeliveryAddressInline(BackofficeTabularInline):
    """Where else the customer is delivered."""

    model = DeliveryAddress
    change_right = Right.MANAGE_CUSTOMERS
    fields: ClassVar = ["kind", "label", "street", "street_extra", "postcode", "city", "country", "is_default"]


class BillingAddressInline(BackofficeTabularInline):
    """Where the customer's invoices are addressed."""

    model = BillingAddress
    change_right = Right.MANAGE_CUSTOMERS
    fields: ClassVar = ["label", "street", "street_extra", "postcode", "city", "country", "is_default"]


class ContactInline(BackofficeTabularInline):
    """Whom one writes to, and what they get."""

    model = Contact
    change_right = Right.MANAGE_CUSTOMERS
    fields: ClassVar = ["name", "role", "email", "phone", "gets_invoices", "gets_quotes", "gets_reminders"]


def _similar_sentence(similar: SimilarCustomer) -> str:
    other = similar.customer
    return format_html(
        'Un client semblable existe déjà\u00a0: <a class="bo-link" href="{}">{}</a>, {} ({}).',
        reverse("admin:invoicing_customer_change", args=[other.pk]), other.name, other.city, similar.kind.label.lower(),
    )  # fmt: skip


@admin.register(Customer)
class CustomerAdmin(BackofficeAdmin):
    """Who buys from the activities."""

    view_right = Right.VIEW_ALL_INVOICES
    change_right = Right.MANAGE_CUSTOMERS
    list_display: ClassVar = ["name", "kind", "activity", "siren", "postcode", "city", "is_archived"]
    list_filter: ClassVar = [
        ("kind", ChoicesDropdownFilter),
        ("activity", AutocompleteSelectFilter),
        ("activity__sector", ChoicesDropdownFilter),
        "is_archived",
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["search", "activity__search"]
    search_help_text = "Nom, SIREN, ville ou activité"
    autocomplete_fields: ClassVar = ["activity"]
    inlines: ClassVar = [ContactInline, BillingAddressInline, DeliveryAddressInline]
    fieldsets: ClassVar = [
        (None, {"fields": [("activity", "kind"), ("name", "contact_name"), ("email", "phone"), "invoices_link"]}),
        ("Identifiants", {"fields": [("siren", "siret"), ("vat_number", "service_code")]}),
        ("Adresse", {"fields": [("street", "street_extra"), ("postcode", "city", "country")]}),
        ("Suivi", {"fields": ["reference", "notes", "is_archived"]}),
    ]
    readonly_fields: ClassVar = ["invoices_link"]

    @display(description="factures")
    def invoices_link(self, customer: Customer) -> str:
        """To the list of the customer's invoices, and to what it owes."""
        if customer._state.adding:
            return "Aucune"
        url = f"{reverse('admin:invoicing_invoice_changelist')}?customer__id__exact={customer.pk}"
        account = reverse("customer-account", args=[customer.pk])
        return format_html(
            '<a class="bo-link" href="{}">Voir ses factures</a> · <a class="bo-link" href="{}">Voir son compte</a>',
            url,
            account,
        )

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """A customer stays with the activity it was created for."""
        readonly = list(super().get_readonly_fields(request, obj))
        return readonly if obj is None else [*readonly, "activity"]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Neither list nor choice shows merged ones; an invoice takes its activity's that are not archived."""
        queryset = queryset.filter(merged_into=None)
        if request.GET.get("field_name") == "customer":
            queryset = queryset.filter(is_archived=False)
            activity = request.GET.get("activity", "")
            queryset = queryset.filter(activity_id=activity) if activity.isdecimal() else queryset
        return super().get_search_results(request, queryset, search_term)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the room's service; who looks alike is said, and does not stand in the way."""
        if not isinstance(instance, Customer):
            return
        save_customer(customer=instance, by=signed_in_user(request))
        for similar in similar_customers(instance):
            messages.warning(request, _similar_sentence(similar))

    def write_row(self, request: HttpRequest, row: models.Model) -> None:
        """Through the room's service."""
        if isinstance(row, DeliveryAddress):
            save_delivery_address(address=row, by=signed_in_user(request))
        elif isinstance(row, BillingAddress):
            save_billing_address(address=row, by=signed_in_user(request))
        elif isinstance(row, Contact):
            save_contact(contact=row, by=signed_in_user(request))


@admin.register(DeliveryAddress)
class DeliveryAddressAdmin(BackofficeAdmin):
    """Offers a customer's addresses to the invoice's page; it has no place in the menu."""

    view_right = Right.VIEW_ALL_INVOICES
    search_fields: ClassVar = ["label", "city"]
    ordering: ClassVar = ["label"]

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Addresses are read on their customer's page."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Offer only the addresses of the customer chosen on the invoice."""
        customer = request.GET.get("customer", "")
        queryset = queryset.filter(customer_id=customer) if customer.isdecimal() else queryset.none()
        return super().get_search_results(request, queryset, search_term)
