"""What became of the issued documents, what waits for the platform and why, and what suppliers sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from cae_backoffice.core.money import format_euros
from invoicing.einvoicing.enums import TransmissionState
from invoicing.einvoicing.forms import GiveUpForm, StatusForm
from invoicing.einvoicing.models import CollectedAmount, DocumentStatus, ReceivedInvoice, Transmission
from invoicing.einvoicing.services import give_up_transmission, record_status, retry_transmission
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


COLOURS = {
    TransmissionState.WAITING.label: "info",
    TransmissionState.SENT.label: "success",
    TransmissionState.ACKNOWLEDGED.label: "success",
    TransmissionState.STUCK.label: "danger",
    TransmissionState.FAILED.label: "warning",
}


@admin.register(Transmission)
class TransmissionAdmin(BackofficeAdmin):
    """What has to reach the platform: what is stuck and why, try again, give up."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["invoice", "kind", "state_tag", "attempts", "last_error", "next_try_at", "sent_at"]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("sent_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice"]
    search_fields: ClassVar = ["invoice__search"]
    search_help_text = "Numéro ou objet du document"
    fieldsets: ClassVar = [
        (None, {"fields": [("invoice", "kind"), ("state_tag", "attempts"), "last_error", ("next_try_at", "sent_at")]}),
        ("Fichier", {"fields": ["sha256", "tracking", "status"]}),
    ]
    readonly_fields: ClassVar = ["state_tag"]
    actions_detail: ClassVar = ["retry", "give_up"]

    @display(description="état", label=COLOURS, ordering="state")
    def state_tag(self, transmission: Transmission) -> str:
        """In its colour."""
        return transmission.get_state_display()

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """What may be done to this file now."""
        found = self.get_object(request, str(object_id))
        if not isinstance(found, Transmission) or not self.has_keep_permission(request):
            return []
        offered = {
            TransmissionState.WAITING: ["retry", "give_up"],
            TransmissionState.STUCK: ["retry", "give_up"],
            TransmissionState.FAILED: ["retry"],
        }.get(TransmissionState(found.state), [])
        return [self.get_unfold_action(name) for name in offered]

    def has_keep_permission(self, request: HttpRequest) -> bool:
        """Whoever keeps the books."""
        return has_right(request.user, Right.KEEP_BOOKS)

    @action(description="Réessayer", url_path="reessayer", icon="refresh")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """As soon as a worker is free."""
        require_right(request.user, Right.KEEP_BOOKS)
        by = signed_in_user(request)
        act = Act(
            title="Réessayer l’envoi",
            description="Le fichier repartira dans les cinq minutes.",
            submit="Réessayer",
            done="Le fichier est de nouveau en attente.",
            perform=lambda found, _: retry_transmission(transmission=found, by=by, at=timezone.now()),
        )
        return act_page(self, request, object_id, act)

    @action(description="Abandonner", url_path="abandonner", icon="block")
    def give_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """With a reason."""
        require_right(request.user, Right.KEEP_BOOKS)
        by = signed_in_user(request)
        act = Act(
            title="Abandonner l’envoi",
            description="Le document sera remis autrement\u00a0: par courriel, par dépôt à la main sur le portail.",
            submit="Abandonner",
            done="Le fichier ne sera plus envoyé.",
            form_class=GiveUpForm,
            perform=lambda found, typed: give_up_transmission(transmission=found, reason=typed["reason"], by=by),
        )
        return act_page(self, request, object_id, act)


@admin.register(ReceivedInvoice)
class ReceivedInvoiceAdmin(BackofficeAdmin):
    """Invoices of suppliers, as the platform handed them over; read-only."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["seller", "number", "issued_on", "gross_shown", "activity", "problem", "received_at"]
    list_filter: ClassVar = [("received_at", RangeDateFilter), ("activity", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["number", "seller_name", "seller_siren"]
    fieldsets: ClassVar = [
        (None, {"fields": [("seller_name", "seller_siren"), ("number", "issued_on"), "gross_shown", "problem"]}),
        ("Réception", {"fields": [("address", "activity"), ("name", "size"), "sha256", "received_at"]}),
    ]
    readonly_fields: ClassVar = ["gross_shown"]

    @display(description="fournisseur", ordering="seller_name")
    def seller(self, received: ReceivedInvoice) -> str:
        """Its name, else the file's."""
        return received.seller_name or received.name

    @display(description="TTC", ordering="gross")
    def gross_shown(self, received: ReceivedInvoice) -> str | None:
        """In euros."""
        return None if received.gross is None else format_euros(received.gross)
