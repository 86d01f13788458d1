"""Contracts on the staff's pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from members.contracts.enums import ContractKind
from members.contracts.forms import AmendForm, EndForm, OverrideForm
from members.contracts.models import Contract, ContractAmendment
from members.contracts.queries import deadline_sentences
from members.contracts.services import (
    amend_contract,
    change_contract,
    end_contract,
    override_deadline,
    sign_contract,
)
from members.people.admin import MemberRecordAdmin
from members.people.queries import signed_in_user

KIND_COLOURS = {"CAPE": "info", "CESA": "primary", "Contrat de travail": "default"}
CESA_CONTENT = [
    "objectives",
    "means",
    "contribution_rule",
    ("fixed_monthly_pay", "monthly_hours"),
    "variable_pay_method",
    "client_base_clause",
    ("statutes_version", "agreed_deadline_on"),
]


class AmendmentInline(BackofficeTabularInline):
    """The amendments, which never change."""

    model = ContractAmendment
    hide_title = True
    fields: ClassVar = [
        "number",
        "subject",
        "signed_on",
        "effective_on",
        "description",
        "new_ends_on",
        "new_fixed_monthly_pay",
        "new_monthly_hours",
    ]
    readonly_fields = fields


@admin.register(Contract)
class ContractAdmin(MemberRecordAdmin):
    """Contracts: signed, corrected, amended and ended through the services, which keep the deadlines."""

    list_display: ClassVar = [
        "person",
        "kind_label",
        "renewal_text",
        "starts_on",
        "ends_on",
        "end_reason",
        "deadline_on",
    ]
    list_filter: ClassVar = [
        ("kind", ChoicesDropdownFilter),
        ("starts_on", RangeDateFilter),
        ("ends_on", RangeDateFilter),
        ("end_reason", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["person", "deadline"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom de la personne"
    ordering: ClassVar = ["-starts_on", "-id"]
    autocomplete_fields: ClassVar = ["person"]
    inlines: ClassVar = [AmendmentInline]
    readonly_fields: ClassVar = ["renewal", "end_reason", "deadline_explained"]
    fieldsets: ClassVar = [
        (None, {"fields": [("person", "kind"), ("signed_on", "renewal"), ("starts_on", "ends_on"), "end_reason"]}),
        ("Échéance des trois ans", {"fields": ["deadline_explained"]}),
        ("Essai", {"fields": ["trial_months"]}),
        (
            "Contenu du contrat",
            {"description": "Ce qu’un CESA écrit (C. trav. L7331-2).", "fields": CESA_CONTENT},
        ),
    ]
    add_fieldsets: ClassVar = [
        (None, {"fields": [("person", "kind"), ("signed_on", "trial_months"), ("starts_on", "ends_on")]}),
        fieldsets[-1],
    ]
    actions_detail: ClassVar = ["amend", "override", "end"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """The person and the kind are fixed at the signature."""
        return [*self.readonly_fields, *(["person", "kind"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """Once the contract is signed."""
        return self.inlines if obj else []

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Only what still makes sense: no end for what has ended, a deadline for a CESA."""
        contract = Contract.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        wanted = set()
        if contract is not None:
            wanted |= {"override"} if contract.kind == ContractKind.CESA else set()
            wanted |= set() if contract.end_reason else {"amend", "end"}
        offered: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return [button for button in offered if button.action_name.rpartition("_")[2] in wanted]

    @display(description="type", ordering="kind", label=KIND_COLOURS)
    def kind_label(self, contract: Contract) -> str:
        """Its name, coloured."""
        return contract.get_kind_display()

    @display(description="renouvellement", ordering="renewal")
    def renewal_text(self, contract: Contract) -> str:
        """« n° 1 » for the first renewal of a CAPE."""
        return f"n°\u00a0{contract.renewal}" if contract.renewal else "—"

    @display(description="échéance", ordering="deadline__deadline_on", empty_value="—")
    def deadline_on(self, contract: Contract) -> object:
        """By which day the person must be an associate."""
        return contract.deadline.deadline_on if hasattr(contract, "deadline") else None

    @display(description="calcul")
    def deadline_explained(self, contract: Contract) -> str:
        """The reckoning, one sentence per line."""
        sentences = deadline_sentences(contract)
        if not sentences:
            return "Seul un CESA a une échéance pour devenir associé."
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences))

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Sign a new contract, or correct one."""
        if isinstance(instance, Contract):
            service = sign_contract if instance.pk is None else change_contract
            service(contract=instance, by=signed_in_user(request))

    @action(description="Avenant", url_path="avenant", icon="edit_document", permissions=["change"])
    def amend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add an amendment."""
        act = Act(
            title="Avenant",
            description="Le contrat prend les nouvelles valeurs\u00a0; l’avenant, une fois enregistré, ne change plus.",
            submit="Enregistrer l’avenant",
            done="L’avenant est enregistré.",
            form_class=AmendForm,
            perform=lambda contract, typed: amend_contract(contract=contract, by=signed_in_user(request), **typed),
        )
        return act_page(self, request, object_id, act)

    @action(description="Fixer l’échéance", url_path="echeance", icon="event", permissions=["change"])
    def override(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Replace the deadline by a motivated decision."""
        act = Act(
            title="Fixer l’échéance par décision",
            description="La loi ne suspend pas le délai (C. trav. L7331-3)\u00a0: la décision porte son motif et votre "
            "nom, et demeure quand les contrats changent.",
            submit="Fixer l’échéance",
            done="L’échéance est fixée.",
            form_class=OverrideForm,
            perform=lambda contract, typed: override_deadline(contract=contract, by=signed_in_user(request), **typed),
        )
        return act_page(self, request, object_id, act)

    @action(description="Mettre fin", url_path="fin", icon="event_busy", permissions=["change"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the contract."""
        act = Act(
            title="Mettre fin au contrat",
            submit="Mettre fin au contrat",
            done="La fin du contrat est enregistrée.",
            form_class=EndForm,
            perform=lambda contract, typed: end_contract(contract=contract, by=signed_in_user(request), **typed),
        )
        return act_page(self, request, object_id, act)
