"""The staff's pages of quotes: all of them to read, and the general conditions to keep."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.quotes.models import GeneralConditions, Quote, QuoteTemplate
from invoicing.quotes.services import save_conditions
from members.people.queries import signed_in_user


@admin.register(Quote)
class QuoteAdmin(BackofficeAdmin):
    """Every quote, to read; the activity's people write, send and take back their own."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = [
        "reference_shown",
        "customer",
        "activity",
        "state",
        "issued_on",
        "valid_until",
        "net_shown",
    ]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("activity", AutocompleteSelectFilter),
        ("issued_on", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["customer", "activity"]
    search_fields: ClassVar = ["search", "customer__search"]
    search_help_text = "Numéro, objet ou client"
    fieldsets: ClassVar = [
        (None, {"fields": ["pdf", ("number", "version", "state"), ("activity", "customer"), "subject"]}),
        ("Validité", {"fields": [("issued_on", "valid_until"), ("created_by", "sent_by"), "conditions"]}),
        ("Termes", {"fields": ["execution", ("payment_terms", "deposit_percent", "retention_percent"), "terms"]}),
        ("Montants", {"fields": [("net", "vat", "gross"), "answer"]}),
    ]
    readonly_fields: ClassVar = ["pdf", "answer"]

    @display(description="devis", ordering="number")
    def reference_shown(self, quote: Quote) -> str:
        """The number with its version, or the subject of a draft."""
        return quote.reference or f"Brouillon\u00a0: {quote.subject or 'sans objet'}"

    @display(description="total HT", ordering="net")
    def net_shown(self, quote: Quote) -> str:
        """In euros."""
        return format_euros(quote.net)

    @display(description="PDF")
    def pdf(self, quote: Quote) -> SafeString | str:
        """What the customer received."""
        if not quote.number:
            return "Pas encore envoyé"
        return format_html('<a href="{}">Ouvrir le PDF</a>', reverse("quote-pdf", args=[quote.pk]))

    @display(description="réponse du client")
    def answer(self, quote: Quote) -> str:
        """Who answered when."""
        acceptance, refusal = getattr(quote, "acceptance", None), getattr(quote, "refusal", None)
        if acceptance:
            total = format_euros(acceptance.gross)
            return f"Accepté par {acceptance.name} le {acceptance.answered_on:%d/%m/%Y}, {total} TTC"
        if refusal:
            return f"Refusé par {refusal.name} le {refusal.answered_on:%d/%m/%Y}. {refusal.reason}"
        return "Aucune"


@admin.register(GeneralConditions)
class GeneralConditionsAdmin(BackofficeAdmin):
    """The cooperative's general conditions and those of activities; what went with a quote stays as it was."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["title", "whose", "valid_from"]
    list_select_related: ClassVar = ["activity"]
    autocomplete_fields: ClassVar = ["activity"]
    fields: ClassVar = ["title", "activity", "valid_from", "text", "pdf"]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service, which refuses what was sent already."""
        if isinstance(instance, GeneralConditions):
            save_conditions(conditions=instance, by=signed_in_user(request))

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Not what went with a quote."""
        used = isinstance(obj, GeneralConditions) and obj.quotes.exists()
        return super().has_change_permission(request, obj) and not used

    @display(description="à qui")
    def whose(self, conditions: GeneralConditions) -> str:
        """The activity, or the cooperative."""
        return str(conditions.activity or "Coopérative")


@admin.register(QuoteTemplate)
class QuoteTemplateAdmin(BackofficeAdmin):
    """The templates of quotes, to read: they are kept from a quote."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = ["name", "activity", "validity_days"]
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["name"]
