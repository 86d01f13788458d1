"""What became of the issued documents, and a status that was learnt by another way than the platform."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from invoicing.einvoicing.forms import StatusForm
from invoicing.einvoicing.models import CollectedAmount, DocumentStatus
from invoicing.einvoicing.services import record_status
from members.people.queries import signed_in_user


class CollectedInline(BackofficeTabularInline):
    """The amounts of « Encaissée » by rate."""

    model = CollectedAmount
    fields: ClassVar = ["category", "rate", "net", "vat"]


@admin.register(DocumentStatus)
class DocumentStatusAdmin(BackofficeAdmin):
    """The log of statuses, the latest first; a status is added by hand, none is changed."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    form = StatusForm
    list_display: ClassVar = ["invoice", "status", "reason_shown", "comment", "happened_on", "source", "reference"]
    list_filter: ClassVar = [
        ("code", ChoicesDropdownFilter),
        ("source", ChoicesDropdownFilter),
        ("happened_on", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice"]
    search_fields: ClassVar = ["invoice__search"]
    search_help_text = "Numéro ou objet du document"
    ordering: ClassVar = ["-pk"]
    autocomplete_fields: ClassVar = ["invoice"]
    fieldsets: ClassVar = [
        (
            None,
            {"fields": [("invoice", "code"), ("reason", "happened_on"), "comment", ("source", "reference"), "author"]},
        )
    ]
    add_fieldsets: ClassVar = [(None, {"fields": ["invoice", ("code", "happened_on"), "reason", "comment"]})]

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401
        """Who said it and why, once it is said."""
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """Only « Encaissée » has amounts."""
        return [CollectedInline] if isinstance(obj, DocumentStatus) and obj.amounts.exists() else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Today."""
        return {"happened_on": timezone.localdate(), **super().get_changeform_initial_data(request)}

    @display(description="statut", ordering="code")
    def status(self, status: DocumentStatus) -> str:
        """With its code, by which platforms speak."""
        return f"{status.code} {status.get_code_display()}"

    @display(description="motif")
    def reason_shown(self, status: DocumentStatus) -> str:
        """In words."""
        return status.get_reason_display()

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Log it."""
        typed = form.cleaned_data
        saved = record_status(
            invoice=typed["invoice"],
            code=typed["code"],
            reason=typed["reason"],
            comment=typed["comment"],
            happened_on=typed["happened_on"],
            by=signed_in_user(request),
            on=timezone.localdate(),
        )
        self.stands_for(saved, instance)
