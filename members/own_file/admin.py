"""What members ask, for those who keep their files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from cae_backoffice.core.acts import Act, act_page
from members.own_file.enums import RequestState
from members.own_file.forms import RefusalForm
from members.own_file.models import ContactChange
from members.own_file.services import accept_contact_change, details_of, refuse_contact_change
from members.people.admin import MembershipAdmin
from members.people.queries import signed_in_user

STATE_COLOURS = {RequestState.WAITING: "warning", RequestState.ACCEPTED: "success", RequestState.REFUSED: "danger"}


@admin.register(ContactChange)
class ContactChangeAdmin(MembershipAdmin):
    """The latest first; a decision is an act, the request itself never changes."""

    change_right = None
    list_display: ClassVar = ["person", "state_label", "asked_at", "decided_by", "decided_at"]
    list_filter: ClassVar = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["person", "decided_by"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom du membre"
    ordering: ClassVar = ["-asked_at", "-id"]
    fields: ClassVar = [
        ("person", "state_text"),
        "asked_at",
        ("recorded", "asked"),
        ("decided_by", "decided_at"),
        "reason",
    ]
    readonly_fields: ClassVar = ["state_text", "recorded", "asked"]
    actions_detail: ClassVar = ["accept", "refuse"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the names shown."""
        return super().get_queryset(request).select_related("person", "decided_by")

    @display(description="état", ordering="state", label=STATE_COLOURS)
    def state_label(self, change: ContactChange) -> tuple[str, str]:
        """Coloured."""
        return change.state, change.get_state_display()

    @display(description="état")
    def state_text(self, change: ContactChange) -> str:
        """Its name."""
        return change.get_state_display()

    @display(description="au dossier")
    def recorded(self, change: ContactChange) -> str:
        """How the member is reached now."""
        return _text(change.person)

    @display(description="demandé")
    def asked(self, change: ContactChange) -> str:
        """How the member wants to be reached."""
        return _text(change)

    @action(description="Accepter", url_path="accepter", icon="check", permissions=["manage"])
    def accept(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put it into the file."""
        return self._decide(request, object_id, "Accepter", accept_contact_change, forms.Form)

    @action(description="Refuser", url_path="refuser", icon="block", permissions=["manage"])
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Leave the file as it is."""
        return self._decide(request, object_id, "Refuser", refuse_contact_change, RefusalForm)

    def _decide(
        self,
        request: HttpRequest,
        object_id: str,
        verb: str,
        service: Callable[..., object],
        form_class: type[forms.Form],
    ) -> HttpResponse:
        act = Act(
            title=f"{verb} la demande de coordonnées",
            submit=verb,
            done="La demande est décidée.",
            form_class=form_class,
            perform=lambda change, typed: service(
                change=change, at=timezone.now(), by=signed_in_user(request), **typed
            ),
        )
        return act_page(self, request, object_id, act)


def _text(record: Any) -> str:  # noqa: ANN401  a person or a request
    details = details_of(record)
    place = f"{details.postcode} {details.city}".strip()
    return ", ".join(filter(None, [details.email, details.phone, details.street, place])) or "—"
