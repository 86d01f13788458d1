"""The alerts that were given about three-year deadlines, and the letter for whoever has no address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from members.alerts.enums import AlertMoment
from members.alerts.models import DeadlineAlert
from members.people.admin import MemberRecordAdmin

MOMENT_COLOURS = {
    AlertMoment.MONTHS_12: "info",
    AlertMoment.MONTHS_6: "warning",
    AlertMoment.MONTHS_3: "danger",
    AlertMoment.OVERDUE: "danger",
}


@admin.register(DeadlineAlert)
class DeadlineAlertAdmin(MemberRecordAdmin):
    """The latest first; an alert is given by the morning's job and never changes."""

    change_right = None
    list_display: ClassVar = ["person", "moment_label", "deadline_on", "raised_on", "adviser"]
    list_filter: ClassVar = [
        ("moment", ChoicesDropdownFilter),
        ("raised_on", RangeDateFilter),
        ("deadline_on", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["person__adviser"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom du membre"
    ordering: ClassVar = ["-raised_on", "deadline_on", "id"]
    fields: ClassVar = [("person", "adviser"), ("moment", "deadline_on"), "raised_on"]
    readonly_fields: ClassVar = ["adviser"]
    actions_detail: ClassVar = ["letter"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the names shown."""
        return super().get_queryset(request).select_related("person__adviser")

    @display(description="alerte", ordering="moment", label=MOMENT_COLOURS)
    def moment_label(self, alert: DeadlineAlert) -> tuple[str, str]:
        """How near the deadline was."""
        return alert.moment, alert.get_moment_display()

    @display(description="accompagnateur", empty_value="—")
    def adviser(self, alert: DeadlineAlert) -> str | None:
        """Who follows the member."""
        return str(alert.person.adviser) if alert.person.adviser else None

    @action(description="Lettre", url_path="lettre", icon="print", permissions=["view"])
    def letter(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the member is told, on paper."""
        alert: Any = self.get_object(request, object_id)
        if alert is None:
            raise Http404
        context = {"title": "Votre entrée au sociétariat", "alert": alert, "person": alert.person}
        return TemplateResponse(request, "documents/alerts/letter.html", context)
