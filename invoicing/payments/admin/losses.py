"""Receivables that are doubtful or lost: declared here, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.payments.forms import DoubtForm, WriteOffForm
from invoicing.payments.models import DoubtfulReceivable, WriteOff
from invoicing.payments.queries import outstanding_invoices
from invoicing.payments.services import declare_doubtful, write_off
from members.people.queries import signed_in_user


class LossAdmin(BackofficeAdmin):
    """What happens to an invoice that is not paid."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice__customer", "invoice__activity"]
    search_fields: ClassVar = ["invoice__search", "invoice__customer__search"]
    search_help_text = "Facture ou client"

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm[Any]]:
        """Offer the invoices that wait for money now, the most overdue first."""
        form_class = super().get_form(request, obj, change, **kwargs)
        if "invoice" in form_class.base_fields:
            waiting = outstanding_invoices(request.user, on=timezone.localdate())
            form_class.base_fields["invoice"].queryset = waiting  # type: ignore[attr-defined]
        return form_class

    @display(description="client")
    def customer(self, record: DoubtfulReceivable | WriteOff) -> str:
        """Who owes."""
        return str(record.invoice.customer)

    @display(description="activité")
    def activity(self, record: DoubtfulReceivable | WriteOff) -> str:
        """To whose account."""
        return str(record.invoice.activity)

    @display(description="montant", ordering="amount")
    def amount_shown(self, record: DoubtfulReceivable | WriteOff) -> str:
        """In euros, incl. VAT."""
        return format_euros(record.amount)


@admin.register(DoubtfulReceivable)
class DoubtfulReceivableAdmin(LossAdmin):
    """Invoices on 416."""

    form = DoubtForm
    list_display: ClassVar = ["invoice", "customer", "activity", "declared_on", "amount_shown", "reason"]
    list_filter: ClassVar = [("declared_on", RangeDateFilter), ("invoice__activity", AutocompleteSelectFilter)]
    fieldsets: ClassVar = [
        (None, {"fields": [("invoice", "amount_shown"), ("declared_on", "declared_by"), "reason", "entry"]})
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["invoice", "declared_on", "reason"]})]
    readonly_fields: ClassVar = ["amount_shown"]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Declare it."""
        typed = form.cleaned_data
        saved = declare_doubtful(
            invoice=typed["invoice"], on=typed["declared_on"], reason=typed["reason"], by=signed_in_user(request)
        )
        self.stands_for(saved, instance)


@admin.register(WriteOff)
class WriteOffAdmin(LossAdmin):
    """What was given up."""

    form = WriteOffForm
    list_display: ClassVar = ["invoice", "customer", "activity", "written_off_on", "amount_shown", "reason"]
    list_filter: ClassVar = [("written_off_on", RangeDateFilter), ("invoice__activity", AutocompleteSelectFilter)]
    fieldsets: ClassVar = [
        (None, {"fields": [("invoice", "amount_shown"), ("written_off_on", "written_off_by"), "reason", "entry"]})
    ]
    add_fieldsets: ClassVar = [(None, {"fields": [("invoice", "amount"), "written_off_on", "reason"]})]
    readonly_fields: ClassVar = ["amount_shown"]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Give the amount up."""
        typed = form.cleaned_data
        saved = write_off(
            invoice=typed["invoice"],
            amount=typed["amount"],
            on=typed["written_off_on"],
            reason=typed["reason"],
            by=signed_in_user(request),
        )
        self.stands_for(saved, instance)
