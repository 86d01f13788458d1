"""The manager's list of members, and the page of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.spreadsheets import Cell
from cae_backoffice.core.templatetags.french import french_date
from members.activities.models import SplitShare
from members.activities.queries import in_force
from members.activities.rules import percent_text
from members.associates.admin.filters import (
    AdviserFilter,
    ContractKindFilter,
    DeadlineFilter,
    SectorFilter,
    StatusFilter,
)
from members.associates.admin.people import PeopleListAdmin
from members.associates.enums import DeadlineBucket, MemberStatus
from members.associates.forms import AdmitForm
from members.associates.queries import Member, members_overview
from members.associates.rules import days_left_text, deadline_bucket
from members.associates.services import admit_associate
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from members.contracts.queries import deadline_sentences
from members.people.models import Person, PersonQuerySet
from members.people.queries import signed_in_user
from members.people.services import save_person

STATUS_COLOURS = {
    MemberStatus.CANDIDATE: "default",
    MemberStatus.CAPE: "info",
    MemberStatus.CESA: "warning",
    MemberStatus.ASSOCIATE: "success",
    MemberStatus.EMPLOYEE: "primary",
    MemberStatus.LEFT: "default",
}
DEADLINE_COLOURS = {
    DeadlineBucket.OVERDUE: "danger",
    DeadlineBucket.WITHIN_3_MONTHS: "danger",
    DeadlineBucket.WITHIN_6_MONTHS: "warning",
    DeadlineBucket.WITHIN_12_MONTHS: "info",
    DeadlineBucket.LATER: "default",
}
HEADINGS = [
    "Nom", "Prénom", "Statut", "Contrat", "Du", "Au", "Échéance", "Jours restants", "Activités", "Accompagnateur",
    "Courriel", "Téléphone", "Ville",
]  # fmt: skip


@admin.register(Person)
class MemberAdmin(PeopleListAdmin):
    """Everyone the cooperative follows, with today's standing, all computed."""

    export_title = "Membres"
    export_headings = HEADINGS

    list_display: ClassVar = [
        "name",
        "status_label",
        "contract",
        "contract_start",
        "deadline",
        "days_left_label",
        "activities",
        "adviser",
    ]
    list_filter: ClassVar = [StatusFilter, ContractKindFilter, DeadlineFilter, AdviserFilter, SectorFilter]
    ordering: ClassVar = ["search", "id"]
    autocomplete_fields: ClassVar = ["user"]
    readonly_fields: ClassVar = [
        "status_text",
        "contract",
        "deadline_explained",
        "contracts_list",
        "activities_list",
        "admissions_list",
    ]
    fieldsets: ClassVar = [
        (
            "Situation",
            {
                "fields": [
                    ("status_text", "contract"),
                    "deadline_explained",
                    "contracts_list",
                    "activities_list",
                    "admissions_list",
                ]
            },
        ),
        ("Identité", {"fields": [("first_name", "last_name"), ("gender", "birth_date")]}),
        ("Coordonnées", {"fields": [("email", "phone"), "street", ("postcode", "city")]}),
        ("Suivi", {"fields": [("candidate_since_on", "adviser"), "user"]}),
    ]
    add_fieldsets: ClassVar = fieldsets[1:]
    actions_detail: ClassVar = ["new_contract", "admit"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the standing of the day."""
        members = cast("PersonQuerySet", members_overview(on=timezone.localdate()))
        return members.visible_to(signed_in_user(request)).order_by(*self.ordering)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """The account is chosen by those who give access."""
        gives_access = has_right(request.user, Right.MANAGE_USERS)
        return [*self.readonly_fields, *([] if gives_access else ["user"])]

    @display(description="statut", ordering="status", label=STATUS_COLOURS)
    def status_label(self, person: Member) -> tuple[str, str]:
        """Its name, coloured."""
        return person.status, str(MemberStatus(person.status).label)

    @display(description="statut")
    def status_text(self, person: Member) -> str:
        """Its name, on the person's page."""
        return str(MemberStatus(person.status).label)

    @display(description="depuis le", ordering="contract_starts_on", empty_value="—")
    def contract_start(self, person: Member) -> str | None:
        """The first day of the contract in force."""
        return french_date(person.contract_starts_on) or None

    @display(description="échéance", ordering="deadline_on", empty_value="—")
    def deadline(self, person: Member) -> str | None:
        """The day by which the person must be an associate."""
        return french_date(person.deadline_on) or None

    @display(description="délai", ordering="days_left", label=DEADLINE_COLOURS)
    def days_left_label(self, person: Member) -> tuple[str, str] | None:
        """Days left or overdue, coloured by how near the deadline is."""
        if person.deadline_on is None or person.days_left is None:
            return None
        return deadline_bucket(person.deadline_on, on=timezone.localdate()), days_left_text(person.days_left)

    @display(description="échéance")
    def deadline_explained(self, person: Member) -> str:
        """How the deadline of the CESA in force was found."""
        if person.deadline_on is None:
            return "Aucune échéance aujourd’hui."
        today = timezone.localdate()
        cesa = Contract.objects.get(in_force(today), person_id=person.pk, kind=ContractKind.CESA)
        sentences = [*deadline_sentences(cesa), f"Délai\u00a0: {days_left_text(person.days_left or 0)}."]
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences))

    @display(description="contrats")
    def contracts_list(self, person: Person) -> str:
        """Each with its dates and a link."""
        return _linked(
            "admin:members_contract_change",
            (
                (contract.pk, f"{contract.get_kind_display()} {_dates(contract.starts_on, contract.ends_on)}")
                for contract in person.contracts.order_by("starts_on")
            ),
        )

    @display(description="activités")
    def activities_list(self, person: Person) -> str:
        """Each convention, with the person's part and a link to the activity."""
        shares = SplitShare.objects.filter(person_id=person.pk).select_related("convention__activity")
        return _linked("admin:members_activity_change", (_carried(share) for share in shares.order_by("pk")))

    @display(description="admissions")
    def admissions_list(self, person: Person) -> str:
        """Each admission as associate, with a link."""
        return _linked(
            "admin:members_admission_change",
            (
                (admission.pk, f"{admission.decision}, {_dates(admission.admitted_on, admission.ended_on)}")
                for admission in person.admissions.order_by("admitted_on")
            ),
        )

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service."""
        if isinstance(instance, Person):
            save_person(person=instance, by=signed_in_user(request))

    def export_row(self, record: Any) -> Sequence[Cell]:  # noqa: ANN401  a person with their standing
        """The person's standing of the day."""
        return (
            record.last_name,
            record.first_name,
            str(MemberStatus(record.status).label),
            str(ContractKind(record.contract_kind).label) if record.contract_kind else "",
            record.contract_starts_on,
            record.contract_ends_on,
            record.deadline_on,
            record.days_left,
            record.activity_names,
            str(record.adviser or ""),
            record.email,
            record.phone,
            record.city,
        )

    @action(description="Nouveau contrat", url_path="contrat", icon="contract", permissions=["change"])
    def new_contract(self, request: HttpRequest, object_id: str) -> HttpResponse:  # noqa: ARG002
        """On to the contract's page, with the person filled in."""
        return HttpResponseRedirect(f"{reverse('admin:members_contract_add')}?person={object_id}")

    @action(description="Admettre comme associé", url_path="admission", icon="handshake", permissions=["change"])
    def admit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record the assembly's decision."""
        act = Act(
            title="Admettre comme associé",
            description="L’échéance des trois ans cesse de courir à la date de l’admission.",
            submit="Enregistrer l’admission",
            done="L’admission est enregistrée.",
            form_class=AdmitForm,
            perform=lambda person, typed: admit_associate(person=person, by=signed_in_user(request), **typed),
        )
        return act_page(self, request, object_id, act)


def _linked(url_name: str, entries: Iterable[tuple[int, str]]) -> str:
    lines = [(reverse(url_name, args=[pk]), text) for pk, text in entries]
    return format_html_join("", '<p><a class="bo-link" href="{}">{}</a></p>', lines) if lines else "—"


def _dates(starts_on: date, ends_on: date | None) -> str:
    return f"du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}" if ends_on else f"depuis le {starts_on:%d/%m/%Y}"


def _carried(share: SplitShare) -> tuple[int, str]:
    convention = share.convention
    part = f"{convention.activity.name}\u00a0: {percent_text(share.percent)}"
    return convention.activity_id, f"{part}, {_dates(convention.starts_on, convention.ends_on)}"
