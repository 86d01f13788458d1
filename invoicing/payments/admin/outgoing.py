"""Refunds and allocations: read here, and written where they have no page of their own elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.payments.forms import CreditNoteRefundForm, OffsetForm
from invoicing.payments.models import Allocation, Refund
from invoicing.payments.queries import offset_target, open_credit_notes
from invoicing.payments.services import offset_credit_note, refund_customer
from members.people.queries import signed_in_user


class FromCreditNoteAdmin(BackofficeAdmin):
    """Records whose form starts from a credit note with something left."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """Offer the credit notes that are open now."""
        form_class = super().get_form(request, obj, change, **kwargs)
        if "credit_note" in form_class.base_fields:
            form_class.base_fields["credit_note"].queryset = open_credit_notes()  # type: ignore[attr-defined]
        return form_class

    @display(description="montant", ordering="amount")
    def amount_shown(self, record: Refund | Allocation) -> str:
        """In euros."""
        return format_euros(record.amount)


@admin.register(Refund)
class RefundAdmin(FromCreditNoteAdmin):
    """Money given back. What a credit note owes is refunded here, an over-payment from its receipt."""

    form = CreditNoteRefundForm
    list_display: ClassVar = [
        "number",
        "refunded_on",
        "customer",
        "receipt",
        "credit_note",
        "method",
        "amount_shown",
    ]
    list_filter: ClassVar = [
        ("method", ChoicesDropdownFilter),
        ("refunded_on", RangeDateFilter),
        ("customer", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["customer", "receipt", "credit_note"]
    search_fields: ClassVar = ["number", "customer__search"]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    "number",
                    ("customer", "receipt", "credit_note"),
                    ("amount", "refunded_on", "method"),
                    "entry",
                ]
            },
        )
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["credit_note", "amount", ("refunded_on", "method")]})]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Refund the credit note to its customer."""
        credit_note = form.cleaned_data["credit_note"]
        saved = refund_customer(**form.cleaned_data, customer=credit_note.customer, by=signed_in_user(request))
        self.stands_for(saved, instance)


@admin.register(Allocation)
class AllocationAdmin(FromCreditNoteAdmin):
    """What pays what. Credit notes are set off against their invoice here, receipts allocated from their own page."""

    form = OffsetForm
    list_display: ClassVar = ["allocated_on", "invoice", "amount_shown", "receipt", "credit_note", "refund"]
    list_filter: ClassVar = [("allocated_on", RangeDateFilter), ("invoice__activity", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice", "receipt", "credit_note", "refund"]
    search_fields: ClassVar = ["invoice__search", "receipt__search"]
    search_help_text = "Facture, payeur ou encaissement"
    fieldsets: ClassVar = [
        (None, {"fields": [("invoice", "amount", "allocated_on"), ("receipt", "credit_note", "refund"), "entry"]})
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["credit_note", ("amount", "allocated_on")]})]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Set the credit note off against the invoice that it corrects."""
        credit_note = form.cleaned_data["credit_note"]
        saved = offset_credit_note(
            credit_note=credit_note,
            invoice=offset_target(credit_note),
            amount=form.cleaned_data["amount"],
            by=signed_in_user(request),
            on=form.cleaned_data["allocated_on"],
        )
        self.stands_for(saved, instance)
