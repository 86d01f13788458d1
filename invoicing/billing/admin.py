"""Orders on the staff's pages: what remains of each, and the same acts as on the entrepreneurs' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from cae_backoffice.core.text import search_key
from invoicing.billing.forms import StaffDepositForm, StaffFinalForm, StaffProgressForm, StaffReasonForm
from invoicing.billing.queries import documents_of, with_progress
from invoicing.billing.rules import whole_at
from invoicing.billing.services import draft_deposit, draft_final, draft_progress, give_up_remainder
from invoicing.customers.models import Customer
from invoicing.invoices.queries.orders import order_position
from invoicing.orders.enums import OrderState
from invoicing.orders.models import Order
from members.people.queries import signed_in_user

COLOURS = {OrderState.OPEN: "info", OrderState.COMPLETED: "success", OrderState.CANCELLED: "default"}


class StateFilter(admin.SimpleListFilter):
    """By the derived state."""

    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """The three states."""
        return [(str(value), str(label)) for value, label in OrderState.choices]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:  # noqa: ARG002
        """Those in the chosen one."""
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Order)
class OrderAdmin(BackofficeAdmin):
    """Orders of every activity; nothing of them is typed here, the acts prepare their invoices."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = [
        "number",
        "state_tag",
        "activity",
        "customer",
        "ordered_date",
        "net_amount",
        "left_amount",
    ]
    list_filter: ClassVar = [StateFilter, ("activity", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_per_page = 25
    list_select_related: ClassVar = ["activity", "customer"]
    search_fields: ClassVar = ["search"]
    search_help_text = "Numéro, objet ou client"
    actions_detail: ClassVar = ["deposit", "progress", "final", "cancel"]
    fields: ClassVar = [
        ("number", "state_tag"),
        ("activity", "customer"),
        ("subject", "ordered_on"),
        ("payment_terms", "retention_percent"),
        ("net", "gross"),
        ("cancelled_on", "cancel_reason"),
        "position_table",
    ]
    readonly_fields: ClassVar = ["state_tag", "position_table"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With what remains of each."""
        return with_progress(super().get_queryset(request))

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: models.QuerySet[Any],
        search_term: str,
    ) -> tuple[models.QuerySet[Any], bool]:
        """Each word in the number, the subject or the customer; accents and case do not matter."""
        for word in search_key(search_term).split():
            customers = Customer.objects.filter(search__contains=word)
            queryset = queryset.filter(models.Q(search__contains=word) | models.Q(customer__in=customers))
        return queryset, False

    @display(description="état")
    def state_tag(self, order: Order) -> SafeString:
        """In its colour."""
        state = OrderState(order.state)  # type: ignore[attr-defined]  # annotated
        return format_html('<span class="bo-tag bo-tag-{}">{}</span>', COLOURS[state], state.label)

    @display(description="commandée le", ordering="ordered_on")
    def ordered_date(self, order: Order) -> str:
        """In figures."""
        return f"{order.ordered_on:%d/%m/%Y}"

    @display(description="HT", ordering="net")
    def net_amount(self, order: Order) -> str:
        """Total excl. VAT."""
        return format_euros(order.net)

    @display(description="reste HT", ordering="left")
    def left_amount(self, order: Order) -> str:
        """What remains to invoice."""
        return format_euros(order.left)  # type: ignore[attr-defined]  # annotated

    @display(description="ce qui reste à facturer")
    def position_table(self, order: Order) -> SafeString:
        """Line by line and rate by rate, with the documents."""
        context = {"position": order_position(order), "documents": documents_of(order)}
        return render_to_string("admin/invoicing/order/position.html", context)

    @action(description="Facturer l’acompte", url_path="deposit", permissions=["draft"])
    def deposit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A deposit invoice, as a draft."""
        return self._act(
            request,
            object_id,
            "Facturer l’acompte",
            StaffDepositForm,
            lambda order, typed: draft_deposit(order=order, by=signed_in_user(request), **typed),
        )

    @action(description="Nouvelle situation", url_path="progress", permissions=["draft"])
    def progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A progress invoice of the whole order at a percentage, as a draft."""

        def perform(order: Order, typed: dict[str, Any]) -> object:
            return draft_progress(
                order=order,
                advance=whole_at(order_position(order), typed["percent"]),
                retention_due_on=typed["retention_due_on"],
                by=signed_in_user(request),
            )

        return self._act(request, object_id, "Nouvelle situation", StaffProgressForm, perform)

    @action(description="Facture finale", url_path="final", permissions=["draft"])
    def final(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The final invoice, as a draft."""
        return self._act(
            request,
            object_id,
            "Facture finale",
            StaffFinalForm,
            lambda order, typed: draft_final(order=order, by=signed_in_user(request), **typed),
        )

    @action(description="Annuler le reste", url_path="cancel", permissions=["draft"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give up what remains."""
        return self._act(
            request,
            object_id,
            "Annuler le reste",
            StaffReasonForm,
            lambda order, typed: give_up_remainder(
                order=order, on=timezone.localdate(), by=signed_in_user(request), **typed
            ),
        )

    def _act(
        self,
        request: HttpRequest,
        object_id: str,
        title: str,
        form_class: type[forms.Form],
        perform: Callable[[Any, dict[str, Any]], object],
    ) -> HttpResponse:
        require_right(request.user, Right.DRAFT_INVOICES)
        done = "C’est fait\u00a0: le brouillon est dans les documents de la commande."
        if form_class is StaffReasonForm:
            done = "Le reste de la commande est annulé."
        act = Act(title=title, submit=title, done=done, perform=perform, form_class=form_class)
        return act_page(self, request, object_id, act)

    def has_draft_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:  # noqa: ARG002
        """Whether the acts are offered."""
        return has_right(request.user, Right.DRAFT_INVOICES)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """None once nothing remains."""
        order = self.get_object(request, str(object_id))
        if order is None or order.state != OrderState.OPEN:
            return []
        offered: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return offered
