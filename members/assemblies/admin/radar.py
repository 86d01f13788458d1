"""The radar: who must be admitted at which assembly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from cae_backoffice.core.spreadsheets import Cell
from cae_backoffice.core.templatetags.french import french_date
from members.assemblies.enums import AdmissionCall
from members.assemblies.models import Assembly, RadarMember
from members.assemblies.queries import admission_radar, admissions_due, assemblies_to_come
from members.associates.admin.filters import AdviserFilter, SectorFilter
from members.associates.admin.members import DEADLINE_COLOURS
from members.associates.admin.people import PeopleViewAdmin
from members.associates.rules import days_left_text, deadline_bucket
from members.people.models import PersonQuerySet
from members.people.queries import signed_in_user

CALL_COLOURS = {
    AdmissionCall.OVERDUE: "danger",
    AdmissionCall.NO_ASSEMBLY: "danger",
    AdmissionCall.AT_ASSEMBLY: "warning",
    AdmissionCall.LATER: "default",
}


def calls_of(request: HttpRequest) -> list[tuple[Assembly, int]]:
    """Each assembly to come with how many people it must admit, asked once per request."""
    if not hasattr(request, "admission_calls"):
        today = timezone.localdate()
        due = admissions_due(on=today)
        calls = [(assembly, due.get(assembly.pk, 0)) for assembly in assemblies_to_come(today)]
        request.admission_calls = calls  # type: ignore[attr-defined]
    return request.admission_calls  # type: ignore[attr-defined,no-any-return]


class AssemblyFilter(DropdownFilter):
    """Those whom an assembly to come must admit."""

    title = "à admettre à"
    parameter_name = "assembly"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Each assembly to come, with how many."""
        return [(str(assembly.pk), f"{assembly}\u00a0: {people}") for assembly, people in calls_of(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """The people called to it."""
        value = str(self.value() or "")
        if not value.isdecimal():
            return queryset
        return queryset.filter(call=AdmissionCall.AT_ASSEMBLY, assembly_id=int(value))


class CallFilter(DropdownFilter):
    """By how pressing the admission is."""

    title = "urgence"
    parameter_name = "call"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Every call."""
        return [(call.value, str(call.label)) for call in AdmissionCall]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """People with this call."""
        return queryset.filter(call=self.value()) if self.value() else queryset


@admin.register(RadarMember)
class RadarAdmin(PeopleViewAdmin):
    """Everyone whose three-year deadline runs, the nearest first, with the assembly that must admit them."""

    export_title = "Radar des admissions"
    export_headings = [
        "Nom",
        "Prénom",
        "Échéance",
        "Jours restants",
        "Urgence",
        "Assemblée",
        "Activités",
        "Accompagnateur",
    ]
    list_display: ClassVar = ["name", "deadline", "days_left_label", "call_label", "assembly", "activities", "adviser"]
    list_filter: ClassVar = [AssemblyFilter, CallFilter, AdviserFilter, SectorFilter]
    list_before_template = "admin/members/radarmember/assemblies.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the calls of the day."""
        people = cast("PersonQuerySet", admission_radar(on=timezone.localdate()))
        return people.visible_to(signed_in_user(request))

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:  # noqa: ARG002
        """The nearest deadline first."""
        return ["deadline_on", "search", "id"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Above the list, each assembly to come with how many it must admit."""
        context = {"calls": calls_of(request), "shown_assembly": request.GET.get("assembly", "")}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def line_url(self, person: Any) -> str:  # noqa: ANN401  a person with their call
        """To the page of the person."""
        return reverse("admin:members_person_change", args=[person.pk])

    @display(description="échéance", ordering="deadline_on")
    def deadline(self, person: Any) -> str:  # noqa: ANN401  a person with their call
        """The day by which the person must be an associate."""
        return french_date(person.deadline_on)

    @display(description="délai", ordering="days_left", label=DEADLINE_COLOURS)
    def days_left_label(self, person: Any) -> tuple[str, str]:  # noqa: ANN401  a person with their call
        """Days left or overdue."""
        return deadline_bucket(person.deadline_on, on=timezone.localdate()), days_left_text(person.days_left)

    @display(description="urgence", ordering="call", label=CALL_COLOURS)
    def call_label(self, person: Any) -> tuple[str, str]:  # noqa: ANN401  a person with their call
        """How pressing the admission is."""
        return person.call, str(AdmissionCall(person.call).label)

    @display(description="dernière assemblée possible", ordering="assembly_held_on", empty_value="—")
    def assembly(self, person: Any) -> str | None:  # noqa: ANN401  a person with their call
        """The last one planned before the deadline."""
        if person.assembly_id is None:
            return None
        url = reverse("admin:members_assembly_change", args=[person.assembly_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', url, french_date(person.assembly_held_on))

    def export_row(self, record: Any) -> Sequence[Cell]:  # noqa: ANN401  a person with their call
        """The person's call."""
        return (
            record.last_name,
            record.first_name,
            record.deadline_on,
            record.days_left,
            str(AdmissionCall(record.call).label),
            record.assembly_held_on,
            record.activity_names,
            str(record.adviser or ""),
        )
