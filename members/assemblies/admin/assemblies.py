"""General assemblies: planned, convened, held and closed."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Case, Count, IntegerField, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display

from cae_backoffice.core.templatetags.french import french_date
from members.assemblies.admin.acts import AssemblyActs
from members.assemblies.enums import AssemblyState
from members.assemblies.models import Assembly
from members.assemblies.queries import admissions_due, agenda
from members.assemblies.services import plan_assembly
from members.people.admin import MembershipAdmin
from members.people.queries import signed_in_user

STATE_COLOURS = {
    AssemblyState.PLANNED: "default",
    AssemblyState.CONVENED: "info",
    AssemblyState.CLOSED: "success",
}
STATE_CONDITIONS = {
    AssemblyState.PLANNED.value: {"convened_on__isnull": True},
    AssemblyState.CONVENED.value: {"convened_on__isnull": False, "closed_on__isnull": True},
    AssemblyState.CLOSED.value: {"closed_on__isnull": False},
}
OFFERED = {
    AssemblyState.PLANNED: ["add_point", "admit_due", "remove_point", "convene"],
    AssemblyState.CONVENED: ["session", "letters", "sheet", "minutes", "close"],
    AssemblyState.CLOSED: ["session", "sheet", "minutes"],
}
"""The buttons of each state; the other acts are reached from the session's page."""

FIXED_LATER = ["record_on", "convened_on", "chair", "secretary", "closed_on"]
"""What convening and closing write."""


class StateFilter(DropdownFilter):
    """By how far the assembly has come."""

    title = "état"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """Every state."""
        return [(state.value, str(state.label)) for state in AssemblyState]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:  # noqa: ARG002
        """Assemblies in this state."""
        return queryset.filter(**STATE_CONDITIONS.get(str(self.value()), {}))


@admin.register(Assembly)
class AssemblyAdmin(AssemblyActs, MembershipAdmin):
    """The assemblies, the latest first."""

    list_display: ClassVar = ["name", "held_on", "place", "state_label", "convened_people", "due"]
    list_filter: ClassVar = [StateFilter, ("kind", ChoicesDropdownFilter), ("held_on", RangeDateFilter)]
    list_filter_submit = True
    ordering: ClassVar = ["-held_on", "-id"]
    readonly_fields: ClassVar = ["state_text", "agenda_list", *FIXED_LATER]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    "state_text",
                    ("kind", "is_second_call"),
                    ("held_on", "starts_at"),
                    ("place", "remote_link"),
                ]
            },
        ),
        ("Ordre du jour", {"fields": ["agenda_list", "other_business"]}),
        ("Convocation", {"fields": [("record_on", "convened_on")]}),
        ("Procès-verbal", {"fields": [("chair", "secretary"), "closed_on"]}),
    ]
    add_fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("kind", "is_second_call"),
                    ("held_on", "starts_at"),
                    ("place", "remote_link"),
                    "other_business",
                ]
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With how many are convened and, in the list, how many each assembly to come must admit."""
        assemblies: models.QuerySet[Any] = super().get_queryset(request)
        assemblies = assemblies.annotate(convened_count=Count("convocations"))
        match = request.resolver_match
        if match is None or match.url_name != "members_assembly_changelist":
            return assemblies
        due = admissions_due(on=timezone.localdate())
        whens = [When(pk=assembly, then=Value(people)) for assembly, people in due.items()]
        due_count = Case(*whens, default=None, output_field=IntegerField())
        return assemblies.annotate(due_count=due_count)  # type: ignore[no-any-return]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Until it is convened."""
        planned = not isinstance(obj, Assembly) or obj.state == AssemblyState.PLANNED
        return planned and super().has_change_permission(request, obj)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What makes sense in the assembly's state."""
        assembly = Assembly.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        wanted = OFFERED[assembly.state] if assembly else []
        offered: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [button for button in offered if button.action_name.removeprefix(prefix) in wanted]

    @display(description="assemblée", ordering="held_on")
    def name(self, assembly: Assembly) -> str:
        """« AG du 20/06/2026 »."""
        return str(assembly)

    @display(description="état", label=STATE_COLOURS)
    def state_label(self, assembly: Assembly) -> tuple[str, str]:
        """Its name, coloured."""
        return assembly.state, str(assembly.state.label)

    @display(description="état")
    def state_text(self, assembly: Assembly) -> str:
        """Its name, and since when."""
        since = {
            AssemblyState.PLANNED: "",
            AssemblyState.CONVENED: f" le {french_date(assembly.convened_on)}",
            AssemblyState.CLOSED: f" le {french_date(assembly.closed_on)}",
        }
        return f"{assembly.state.label}{since[assembly.state]}"

    @display(description="convoqués", ordering="convened_count", empty_value="—")
    def convened_people(self, assembly: Any) -> int | None:  # noqa: ANN401  an assembly with its count
        """How many associates."""
        return assembly.convened_count or None

    @display(description="à admettre", ordering="due_count", empty_value="—")
    def due(self, assembly: Any) -> str | None:  # noqa: ANN401  an assembly with its count
        """How many people must be admitted there, with a link to the radar."""
        if not assembly.due_count:
            return None
        url = f"{reverse('admin:members_radarmember_changelist')}?assembly={assembly.pk}"
        return format_html('<a class="bo-link" href="{}">{}</a>', url, assembly.due_count)

    @display(description="résolutions")
    def agenda_list(self, assembly: Assembly) -> str:
        """Each with its majority, its way of voting and whom it admits."""
        lines = [
            (
                resolution.number,
                resolution.title,
                resolution.get_majority_display().lower(),
                resolution.get_method_display().lower(),
                _admits(resolution),
            )
            for resolution in agenda(assembly)
        ]
        if not lines:
            return "Aucune résolution."
        return format_html_join("", "<p><strong>{}. {}</strong>, {}, vote {}{}</p>", lines)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Plan it."""
        if isinstance(instance, Assembly):
            plan_assembly(assembly=instance, by=signed_in_user(request))


def _admits(resolution: Any) -> str:  # noqa: ANN401  a resolution with its proposals
    names = [
        f"{proposal.person} ({proposal.college})" if proposal.college else str(proposal.person)
        for proposal in resolution.proposals.all()
    ]
    return format_html("<br>Admet\u00a0: {}", ", ".join(names)) if names else ""
