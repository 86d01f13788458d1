"""VAT codes for those who keep the settings."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import ManyToOneRel
from django.http import HttpRequest

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.pricing.models import VatCode


@admin.register(VatCode)
class VatCodeAdmin(BackofficeAdmin):
    """Rates and reasons for none. A code that a line uses keeps its words and its rate: it can only end."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["label", "code", "rate", "category", "vatex_code", "valid_from", "valid_to"]
    list_filter: ClassVar = ["category"]
    search_fields: ClassVar = ["label", "code"]
    fieldsets: ClassVar = [
        (None, {"fields": ["code", "label", ("category", "rate"), ("valid_from", "valid_to"), "source"]}),
        ("Sans TVA", {"fields": ["vatex_code", "exemption_text", "buyer_vat_number_required"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """Everything but the end of a code in use."""
        if obj is None or not _is_used(obj):
            return []
        return [field.name for field in obj._meta.concrete_fields if field.name != "valid_to"]


def _is_used(code: models.Model) -> bool:
    """Whether any record refers to the code; higher rooms are known here by their foreign keys alone."""
    references = [field for field in code._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    return any(other.related_model._base_manager.filter(**{other.field.name: code}).exists() for other in references)
