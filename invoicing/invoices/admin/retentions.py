"""Retentions that came to their end: released here, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.invoices.models import Invoice, RetentionRelease
from invoicing.invoices.queries import retained_invoices
from invoicing.invoices.services import release_retention
from members.people.queries import signed_in_user


class RetainedInvoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Invoices of which the customer keeps a part."""

    widget = UnfoldAdminSelectWidget

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  Django's own signature
        """« F2026-00012 · Client · 748,80 € libérables le 02/11/2027 »."""
        kept = format_euros(obj.retention)
        return f"{obj.number} · {obj.customer} · {kept} libérables le {obj.retention_due_on:%d/%m/%Y}"


class ReleaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which retention is released, and when it falls due."""

    invoice = RetainedInvoiceField(label="Facture", queryset=Invoice.objects.none())

    class Meta:
        model = RetentionRelease
        fields = ["invoice", "released_on", "due_on"]

    def _post_clean(self) -> None:
        """The service checks the release: the record to be is not complete yet."""


@admin.register(RetentionRelease)
class RetentionReleaseAdmin(BackofficeAdmin):
    """The end of each retention."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    form = ReleaseForm
    list_display: ClassVar = ["invoice", "customer", "amount_shown", "released_on", "due_on"]
    list_filter: ClassVar = [("released_on", RangeDateFilter), ("invoice__activity", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice__customer"]
    search_fields: ClassVar = ["invoice__search", "invoice__customer__search"]
    search_help_text = "Facture ou client"
    fieldsets: ClassVar = [
        (None, {"fields": [("invoice", "amount_shown"), ("released_on", "due_on"), ("released_by", "entry")]})
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["invoice", ("released_on", "due_on")]})]
    readonly_fields: ClassVar = ["amount_shown"]

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """Offer the retentions still kept, the first to be released first."""
        form_class = super().get_form(request, obj, change, **kwargs)
        if "invoice" in form_class.base_fields:
            form_class.base_fields["invoice"].queryset = retained_invoices(request.user)  # type: ignore[attr-defined]
        return form_class

    @display(description="client")
    def customer(self, release: RetentionRelease) -> str:
        """Who kept it."""
        return str(release.invoice.customer)

    @display(description="montant", ordering="invoice__retention")
    def amount_shown(self, release: RetentionRelease) -> str:
        """In euros, incl. VAT."""
        return format_euros(release.invoice.retention)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Release it."""
        typed = form.cleaned_data
        saved = release_retention(
            invoice=typed["invoice"], on=typed["released_on"], due_on=typed["due_on"], by=signed_in_user(request)
        )
        self.stands_for(saved, instance)
