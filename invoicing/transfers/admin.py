"""Transfers between activities on the staff's pages: proposed for an activity, answered for another, taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.transfers import rules, services
from invoicing.transfers.enums import TransferState
from invoicing.transfers.forms import ReasonForm, StaffTransferForm
from invoicing.transfers.models import InternalTransfer, TransferSettings
from members.people.queries import signed_in_user

STATES = {
    TransferState.PROPOSED: "warning",
    TransferState.ACCEPTED: "success",
    TransferState.REFUSED: "danger",
    TransferState.CANCELLED: "default",
}


class StaffReasonForm(ReasonForm):
    """The same, dressed as the staff's."""

    reason = forms.CharField(label="Motif", max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))


@admin.register(InternalTransfer)
class InternalTransferAdmin(BackofficeAdmin):
    """Every transfer of the cooperative; nothing of one changes but by its acts."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    form = StaffTransferForm
    list_display: ClassVar = ["name", "state_tag", "payer", "payee", "label", "amount_shown", "accepted_on"]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("accepted_on", RangeDateFilter),
        ("payer", AutocompleteSelectFilter),
        ("payee", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["payer", "payee"]
    search_fields: ClassVar = ["search", "payer__search", "payee__search"]
    search_help_text = "Numéro, objet ou activité"
    autocomplete_fields: ClassVar = ["payer", "payee", "proposer"]
    actions_detail: ClassVar = ["accept", "refuse", "cancel", "reverse", "voucher"]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("name", "state_tag"),
                    ("payer", "payee", "proposer"),
                    ("amount", "label"),
                    ("concerns_on", "accepted_on"),
                    "details",
                    ("reason", "reverses"),
                    ("entry", "proposed_by"),
                ]
            },
        )
    ]
    add_fieldsets: ClassVar = [
        (None, {"fields": [("payer", "payee"), "proposer", ("amount", "concerns_on"), "label", "details"]})
    ]
    readonly_fields: ClassVar = ["name", "state_tag"]

    @display(description="numéro", ordering="number")
    def name(self, transfer: InternalTransfer) -> str:
        """Its voucher, or which proposal it is."""
        return transfer.number or f"Proposition {transfer.pk}"

    @display(description="état", label={TransferState(state).label: colour for state, colour in STATES.items()})
    def state_tag(self, transfer: InternalTransfer) -> str:
        """In colour."""
        return str(TransferState(transfer.state).label)

    @display(description="montant", ordering="amount")
    def amount_shown(self, transfer: InternalTransfer) -> str:
        """In euros."""
        return format_euros(transfer.amount)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Propose it."""
        saved = services.propose_transfer(**form.cleaned_data, by=signed_in_user(request))
        self.stands_for(saved, instance)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What may be done with it now."""
        transfer, user = self._find(request, object_id), signed_in_user(request)
        may = {
            "accept": rules.may_answer(user, transfer),
            "refuse": rules.may_answer(user, transfer),
            "cancel": rules.may_cancel(user, transfer),
            "reverse": rules.may_reverse(user, transfer),
            "voucher": transfer.state == TransferState.ACCEPTED,
        }
        return [self.get_unfold_action(name) for name in self.actions_detail if may[name]]

    @action(description="Accepter", url_path="accepter", icon="check", variant=ActionVariant.PRIMARY)
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For the activity that did not propose it."""
        require_right(request.user, Right.KEEP_BOOKS)
        by, today = signed_in_user(request), timezone.localdate()
        act = Act(
            title="Accepter ce transfert",
            description="Le montant passe aussitôt d’une activité à l’autre, à la date du jour.",
            submit="Accepter",
            done="Le transfert est accepté.",
            perform=lambda found, _: services.accept_transfer(transfer=found, by=by, on=today),
        )
        return act_page(self, request, object_id, act)

    @action(description="Refuser", url_path="refuser", icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """With the reason."""
        return self._with_reason(request, object_id, "Refuser", "refusé", services.refuse_transfer)

    @action(description="Retirer", url_path="retirer", icon="undo")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Before it is answered."""
        return self._with_reason(request, object_id, "Retirer", "retiré", services.cancel_transfer)

    @action(description="Contre-passer", url_path="contre-passer", icon="undo", variant=ActionVariant.DANGER)
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """By an opposite transfer, today."""
        today = timezone.localdate()
        return self._with_reason(request, object_id, "Contre-passer", "annulé", services.reverse_transfer, on=today)

    @action(description="Bordereau", url_path="bordereau", icon="picture_as_pdf")
    def voucher(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """As a page to keep."""
        return redirect("transfer-voucher", self._find(request, object_id).pk)

    def _with_reason(
        self,
        request: HttpRequest,
        object_id: str,
        verb: str,
        done: str,
        service: Any,  # noqa: ANN401
        **more: Any,  # noqa: ANN401
    ) -> HttpResponse:
        require_right(request.user, Right.KEEP_BOOKS)
        by = signed_in_user(request)
        act = Act(
            title=f"{verb} ce transfert",
            submit=verb,
            done=f"Le transfert est {done}.",
            form_class=StaffReasonForm,
            perform=lambda found, typed: service(transfer=found, reason=typed["reason"], by=by, **more),
        )
        return act_page(self, request, object_id, act)

    def _find(self, request: HttpRequest, object_id: str | int) -> InternalTransfer:
        found: InternalTransfer | None = self.get_object(request, str(object_id))
        if found is None:
            raise Http404
        return found


@admin.register(TransferSettings)
class TransferSettingsAdmin(BackofficeAdmin):
    """The account that transfers move."""

    view_right = Right.VIEW_BOOKS
    change_right = Right.KEEP_BOOKS
    list_display: ClassVar = ["account"]
    list_select_related: ClassVar = ["account"]
    autocomplete_fields: ClassVar = ["account"]

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """There is one row."""
        return False
