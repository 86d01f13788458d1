"""Recurring invoices on the staff's pages: seen, paused and resumed; they are set up from an invoice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin, BackofficeTabularInline
from invoicing.recurring.models import Occurrence, RecurringInvoice, RecurringLine
from invoicing.recurring.queries import next_days, recurring_list
from invoicing.recurring.services import pause_recurring, resume_recurring
from members.people.queries import signed_in_user


class RecurringLineInline(BackofficeTabularInline):
    """Its lines, read only."""

    model = RecurringLine
    view_right = Right.VIEW_ALL_INVOICES
    fields: ClassVar = ["label", "quantity", "unit", "unit_price", "discount_percent", "vat_code"]


class OccurrenceInline(BackofficeTabularInline):
    """What became of each time, read only."""

    model = Occurrence
    view_right = Right.VIEW_ALL_INVOICES
    fields: ClassVar = ["falls_on", "prepared_on", "document", "refusal"]


@admin.register(RecurringInvoice)
class RecurringInvoiceAdmin(BackofficeAdmin):
    """Every recurring invoice of the cooperative; those that could not be prepared say why."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = [
        "name", "activity", "customer", "frequency", "next_day", "is_submitted", "is_paused", "last_refusal_shown",
    ]  # fmt: skip
    list_filter: ClassVar = [
        ("frequency", ChoicesDropdownFilter),
        "is_paused",
        ("activity", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    search_fields: ClassVar = ["search", "customer__search", "activity__search"]
    search_help_text = "Objet, client ou activité"
    actions_detail: ClassVar = ["pause", "resume"]
    inlines: ClassVar = [RecurringLineInline, OccurrenceInline]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("activity", "customer"),
                    "subject",
                    ("frequency", "day", "next_day"),
                    ("starts_on", "ends_on", "times"),
                    ("days_ahead", "is_submitted", "is_paused"),
                    ("payment_terms", "purchase_order"),
                    "created_by",
                ]
            },
        )
    ]
    readonly_fields: ClassVar = ["next_day"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the customer, the activity and the last refusal."""
        return recurring_list(signed_in_user(request))

    @display(description="objet", ordering="subject")
    def name(self, recurring: RecurringInvoice) -> str:
        """Its subject."""
        return str(recurring)

    @display(description="prochaine")
    def next_day(self, recurring: RecurringInvoice) -> str:
        """The next day on which it falls."""
        days = next_days(recurring, on=timezone.localdate(), count=1)
        return f"{days[0]:%d/%m/%Y}" if days else "—"

    @display(description="dernier refus")
    def last_refusal_shown(self, recurring: RecurringInvoice) -> str:
        """Why the last time could not be prepared."""
        return getattr(recurring, "last_refusal", "") or ""

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """To pause it, or to resume it."""
        recurring: RecurringInvoice | None = self.get_object(request, str(object_id))
        if recurring is None:
            raise Http404
        return [self.get_unfold_action("resume" if recurring.is_paused else "pause")]

    @action(description="Suspendre", url_path="suspendre", icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Prepare nothing until it is resumed."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)
        act = Act(
            title="Suspendre cette facture récurrente",
            submit="Suspendre",
            done="La facture est suspendue.",
            perform=lambda found, _: pause_recurring(recurring=found, by=by),
        )
        return act_page(self, request, object_id, act)

    @action(description="Reprendre", url_path="reprendre", icon="play_arrow")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Prepare again from today on."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by, today = signed_in_user(request), timezone.localdate()
        act = Act(
            title="Reprendre cette facture récurrente",
            description="Ce qui tombait pendant la suspension n’est pas préparé.",
            submit="Reprendre",
            done="La facture reprend aujourd’hui.",
            perform=lambda found, _: resume_recurring(recurring=found, by=by, on=today),
        )
        return act_page(self, request, object_id, act)
