"""The staff's pages of reminders: those to come and those that left, the plan, the rates, the pauses."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from invoicing.reminders.enums import ReminderState
from invoicing.reminders.forms import StaffReasonForm
from invoicing.reminders.models import InterestRate, Reminder, ReminderPause, ReminderPlan
from invoicing.reminders.services import lift_pause, pause_customer, pause_invoice, send_reminder, stop_reminder
from invoicing.reminders.services.propose import WITHOUT_OBJECT
from members.people.queries import signed_in_user

STATES = {
    ReminderState.PROPOSED.label: "info",
    ReminderState.SENT.label: "success",
    ReminderState.STOPPED.label: "warning",
    ReminderState.CANCELLED.label: "warning",
}


@admin.register(Reminder)
class ReminderAdmin(BackofficeAdmin):
    """Proposed reminders are sent or stopped here; the others are history."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = ["invoice", "customer", "level", "state_tag", "proposed_on", "decided_on", "asked"]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("level", ChoicesDropdownFilter),
        ("proposed_on", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice__customer"]
    search_fields: ClassVar = ["invoice__search", "invoice__customer__search"]
    search_help_text = "Numéro de la facture ou client"
    fields: ClassVar = [
        ("invoice", "level"),
        ("state_tag", "proposed_on"),
        ("decided_on", "decided_by"),
        "reason",
        ("remaining", "penalties", "indemnity"),
        "sending",
    ]
    actions_detail: ClassVar = ["send", "stop"]

    @display(description="client", ordering="invoice__customer__search")
    def customer(self, reminder: Reminder) -> str:
        """Who owes."""
        return str(reminder.invoice.customer)

    @display(description="état", ordering="state", label=STATES)
    def state_tag(self, reminder: Reminder) -> str:
        """In a word and a colour."""
        return reminder.get_state_display()

    @display(description="réclamé", ordering="remaining")
    def asked(self, reminder: Reminder) -> str:
        """All that was asked for."""
        total = reminder.remaining + reminder.penalties + reminder.indemnity
        return format_euros(total) if total else "—"

    @action(description="Envoyer", url_path="envoyer", permissions=["view"], icon="send")
    def send(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let it leave today."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)

        def perform(reminder: Reminder, _typed: dict[str, Any]) -> Reminder:
            sent = send_reminder(reminder=reminder, on=timezone.localdate(), at=timezone.now(), by=by)
            if sent.state != ReminderState.SENT:
                raise RefusalError(f"{WITHOUT_OBJECT}\u00a0: la relance est mise de côté.")
            return sent

        act = Act(
            title="Envoyer la relance",
            description="Ce qui reste dû et les pénalités sont calculés à ce jour.",
            submit="Envoyer",
            done="La relance part par courriel.",
            perform=perform,
        )
        return act_page(self, request, object_id, act)

    @action(description="Arrêter", url_path="arreter", permissions=["view"], icon="cancel")
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep it from leaving."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)
        act = Act(
            title="Arrêter la relance",
            submit="Ne pas relancer",
            done="La relance ne partira pas.",
            perform=lambda reminder, typed: stop_reminder(
                reminder=reminder, reason=typed["reason"], on=timezone.localdate(), by=by
            ),
            form_class=StaffReasonForm,
        )
        return act_page(self, request, object_id, act)


@admin.register(ReminderPlan)
class ReminderPlanAdmin(BackofficeAdmin):
    """A new decision is a new plan, from a day on."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = [
        "valid_from", "mode", "before_due_days", "friendly_days", "firm_days", "formal_notice_days", "decision",
    ]  # fmt: skip
    fields: ClassVar = [
        ("valid_from", "mode"),
        ("before_due_days", "friendly_days"),
        ("firm_days", "formal_notice_days"),
        ("gap_days", "decision"),
    ]


@admin.register(InterestRate)
class InterestRateAdmin(BackofficeAdmin):
    """A new rate is a new row, from a day on."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["kind", "valid_from", "rate", "source"]
    list_filter: ClassVar = ["kind"]
    fields: ClassVar = [("kind", "valid_from"), "rate", "source"]


@admin.register(ReminderPause)
class ReminderPauseAdmin(BackofficeAdmin):
    """Pauses of an invoice or of a customer."""

    view_right = Right.VIEW_ALL_INVOICES
    add_right = Right.KEEP_BOOKS
    list_display: ClassVar = ["subject", "reason", "starts_on", "until", "lifted_on", "created_by"]
    list_filter: ClassVar = [("until", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice", "customer", "created_by"]
    search_fields: ClassVar = ["invoice__search", "customer__search", "reason"]
    autocomplete_fields: ClassVar = ["invoice", "customer"]
    fields: ClassVar = ["invoice", "customer", "reason", "until"]
    actions_detail: ClassVar = ["lift"]

    @display(description="facture ou client")
    def subject(self, pause: ReminderPause) -> str:
        """What is held back."""
        return str(pause.invoice or pause.customer)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the services, from today on."""
        if not isinstance(instance, ReminderPause):
            return
        by, on = signed_in_user(request), timezone.localdate()
        if instance.invoice and not instance.customer:
            saved = pause_invoice(invoice=instance.invoice, reason=instance.reason, until=instance.until, on=on, by=by)
        elif instance.customer and not instance.invoice:
            saved = pause_customer(
                customer=instance.customer, reason=instance.reason, until=instance.until, on=on, by=by
            )
        else:
            raise RefusalError("Une pause porte sur une facture ou sur un client.")
        self.stands_for(saved, instance)

    @action(description="Lever", url_path="lever", permissions=["view"], icon="play_circle")
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End it today."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)
        act = Act(
            title="Lever la pause",
            submit="Reprendre les relances",
            done="Les relances reprennent.",
            perform=lambda pause, _typed: lift_pause(pause=pause, on=timezone.localdate(), by=by),
        )
        return act_page(self, request, object_id, act)
