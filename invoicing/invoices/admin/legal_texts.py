"""The words of the mandatory mentions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.invoices.models import Invoice
from invoicing.mentions.models import LegalText


@admin.register(LegalText)
class LegalTextAdmin(BackofficeAdmin):
    """A text that documents have carried is history: new words are a new text, from a later date."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["code", "valid_from", "text", "source"]
    list_filter: ClassVar = ["code"]
    search_fields: ClassVar = ["text", "source"]
    fields: ClassVar = ["code", "text", "valid_from", "source"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Until a document is issued under the text."""
        return super().has_change_permission(request, obj) and not (isinstance(obj, LegalText) and _is_used(obj))


def _is_used(text: LegalText) -> bool:
    return Invoice.objects.filter(issued_on__gte=text.valid_from).exists()
