"""Remittances, and the unalterable record: events and closings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from cae_backoffice.core.money import format_euros
from invoicing.payments.forms import ClosingForm
from invoicing.payments.models import ChequeRemittance, PaymentClosing, PaymentEvent, Receipt
from invoicing.payments.queries import verify_payment_chain
from invoicing.payments.services import close_payments, store_slip
from members.people.queries import signed_in_user


class ChequeInline(BackofficeTabularInline):
    """The cheques of a remittance."""

    model = Receipt
    fields: ClassVar = ["number", "payer", "bank_name", "cheque_number", "amount"]
    verbose_name = "chèque"
    verbose_name_plural = "chèques"
    ordering: ClassVar = ["pk"]


@admin.register(ChequeRemittance)
class ChequeRemittanceAdmin(BackofficeAdmin):
    """Cheques taken to the bank; they are chosen in the list of receipts."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["number", "remitted_on", "cheques", "total_shown", "created_by"]
    list_filter: ClassVar = [("remitted_on", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["created_by"]
    search_fields: ClassVar = ["number", "receipts__search"]
    fieldsets: ClassVar = [
        (None, {"fields": [("number", "remitted_on"), ("total_shown", "created_by"), "entry"]}),
    ]
    inlines: ClassVar = [ChequeInline]
    actions_detail: ClassVar = ["slip"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the number of cheques."""
        remittances: models.QuerySet[Any] = super().get_queryset(request).annotate(count=models.Count("receipts"))
        return remittances

    @display(description="chèques", ordering="count")
    def cheques(self, remittance: Any) -> int:  # noqa: ANN401  annotated
        """How many."""
        count: int = remittance.count
        return count

    @display(description="total", ordering="total")
    def total_shown(self, remittance: ChequeRemittance) -> str:
        """In euros."""
        return format_euros(remittance.total)

    @action(description="Bordereau PDF", url_path="bordereau", icon="picture_as_pdf")
    def slip(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file as it was rendered the first time."""
        remittance: ChequeRemittance | None = self.get_object(request, object_id)
        if remittance is None:
            raise Http404
        require_right(request.user, self.view_right)
        slip = store_slip(remittance=remittance, by=signed_in_user(request))
        with slip.pdf.open() as file:
            response = HttpResponse(file.read(), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{remittance.number}.pdf"'
        return response


@admin.register(PaymentClosing)
class PaymentClosingAdmin(BackofficeAdmin):
    """Closings of payments: added, never changed."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    form = ClosingForm
    list_display: ClassVar = [
        "position",
        "kind",
        "starts_on",
        "ends_on",
        "event_count",
        "total_shown",
        "running_total_shown",
        "author",
        "recorded_at",
    ]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter), ("ends_on", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["author"]
    fieldsets: ClassVar = [
        (None, {"fields": [("kind", "starts_on", "ends_on"), ("event_count", "total_shown", "running_total_shown")]}),
        ("Empreintes", {"fields": ["last_position", "previous_hash", "hash", ("author", "recorded_at")]}),
    ]
    add_fieldsets: ClassVar = [(None, {"fields": [("kind", "day")]})]
    readonly_fields: ClassVar = [
        "total_shown",
        "running_total_shown",
        "event_count",
        "last_position",
        "previous_hash",
        "hash",
        "recorded_at",
    ]

    @display(description="total de la période", ordering="total")
    def total_shown(self, closing: PaymentClosing) -> str:
        """In euros."""
        return format_euros(closing.total)

    @display(description="total perpétuel", ordering="running_total")
    def running_total_shown(self, closing: PaymentClosing) -> str:
        """In euros."""
        return format_euros(closing.running_total)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Close the period."""
        closing = close_payments(**form.cleaned_data, by=signed_in_user(request))
        self.stands_for(closing, instance)


@admin.register(PaymentEvent)
class PaymentEventAdmin(BackofficeAdmin):
    """The unalterable record of payments, read-only, and its proof."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["position", "kind", "happened_on", "amount_shown", "author", "recorded_at"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter), ("happened_on", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["author"]
    date_hierarchy = "happened_on"
    actions_list: ClassVar = ["verify"]

    @display(description="montant", ordering="amount")
    def amount_shown(self, event: PaymentEvent) -> str:
        """In euros; negative for what left."""
        return format_euros(event.amount)

    @action(description="Vérifier la chaîne", url_path="verifier", icon="verified")
    def verify(self, request: HttpRequest) -> HttpResponse:
        """Recompute every link and say what was found."""
        require_right(request.user, self.view_right)
        check = verify_payment_chain()
        if check.is_whole:
            messages.success(request, f"Chaîne intacte\u00a0: {check.events} événements, {check.closings} clôtures.")
        else:
            broken = check.first_broken_event or check.first_broken_closing
            where = "L’événement" if check.first_broken_event else "La clôture"
            messages.error(request, f"{where} {broken} ne correspond plus à son empreinte.")
        return redirect("admin:invoicing_paymentevent_changelist")
