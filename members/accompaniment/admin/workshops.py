"""Workshops and who comes to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeTabularInline
from members.accompaniment.forms import RegisterForm, attendance_form, withdraw_form
from members.accompaniment.models import Workshop, WorkshopRegistration
from members.accompaniment.queries import workshops_overview
from members.accompaniment.services import (
    note_attendance,
    register_for_workshop,
    save_workshop,
    withdraw_from_workshop,
)
from members.people.admin import MemberRecordAdmin
from members.people.queries import signed_in_user


class RegistrationInline(BackofficeTabularInline):
    """Who is registered, among the people one may see."""

    model = WorkshopRegistration
    hide_title = True
    fields: ClassVar = ["person", "registered_on", "withdrawn_on", "attended"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With the names."""
        registrations = super().get_queryset(request).visible_to(request.user)
        return registrations.select_related("person").order_by("person__search")  # type: ignore[no-any-return]


@admin.register(Workshop)
class WorkshopAdmin(MemberRecordAdmin):
    """The workshops, the latest first."""

    change_right = Right.ACCOMPANY_MEMBERS
    list_display: ClassVar = ["title", "held_on", "place", "leader", "seats_text"]
    list_filter: ClassVar = [("held_on", RangeDateFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["leader"]
    search_fields: ClassVar = ["title"]
    search_help_text = "Titre"
    ordering: ClassVar = ["-held_on", "-id"]
    fieldsets: ClassVar = [
        (None, {"fields": ["title", ("held_on", "starts_at"), ("place", "seats"), "leader", "description"]}),
    ]
    inlines: ClassVar = [RegistrationInline]
    actions_detail: ClassVar = ["register", "withdraw", "attendance", "sheet"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:  # noqa: ARG002
        """With the seats taken."""
        return workshops_overview().order_by(*self.ordering)

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:  # noqa: ARG002
        """Once it exists."""
        return self.inlines if obj else []

    def has_manage_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Those who accompany members."""
        return has_right(request.user, Right.ACCOMPANY_MEMBERS)

    @display(description="places", ordering="taken")
    def seats_text(self, workshop: Any) -> str:  # noqa: ANN401  a workshop with its seats taken
        """« 3 prises sur 12 »."""
        return f"{workshop.taken} prise{'s' if workshop.taken > 1 else ''} sur {workshop.seats}"

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service."""
        if isinstance(instance, Workshop):
            save_workshop(workshop=instance, by=signed_in_user(request))

    @action(description="Inscrire", url_path="inscription", icon="person_add", permissions=["manage"])
    def register(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A seat for somebody."""
        act = Act(
            title="Inscrire à l’atelier",
            submit="Inscrire",
            done="L’inscription est enregistrée.",
            form_class=RegisterForm,
            perform=lambda workshop, typed: register_for_workshop(
                workshop=workshop, on=timezone.localdate(), by=signed_in_user(request), **typed
            ),
        )
        return act_page(self, request, object_id, act)

    @action(description="Désister", url_path="desistement", icon="person_remove", permissions=["manage"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A seat given back."""
        act = Act(
            title="Désistement",
            submit="Enregistrer le désistement",
            done="La place est libre.",
            form_class=withdraw_form(self._workshop(request, object_id), signed_in_user(request)),
            perform=lambda _, typed: withdraw_from_workshop(
                on=timezone.localdate(), by=signed_in_user(request), **typed
            ),
        )
        return act_page(self, request, object_id, act)

    @action(description="Présences", url_path="presences", icon="how_to_reg", permissions=["manage"])
    def attendance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who came."""
        act = Act(
            title="Présences",
            submit="Enregistrer les présences",
            done="Les présences sont enregistrées.",
            form_class=attendance_form(self._workshop(request, object_id), signed_in_user(request)),
            perform=lambda workshop, typed: note_attendance(
                workshop=workshop, on=timezone.localdate(), by=signed_in_user(request), **typed
            ),
        )
        return act_page(self, request, object_id, act)

    @action(description="Feuille d’émargement", url_path="feuille", icon="print", permissions=["view"])
    def sheet(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To be printed and signed."""
        workshop = self._workshop(request, object_id)
        registered = WorkshopRegistration.objects.visible_to(request.user).filter(workshop=workshop, withdrawn_on=None)
        context = {
            "title": f"Feuille d’émargement\u00a0: {workshop.title}",
            "workshop": workshop,
            "registrations": registered.select_related("person").order_by("person__search"),
        }
        return TemplateResponse(request, "documents/accompaniment/sheet.html", context)

    def _workshop(self, request: HttpRequest, object_id: str) -> Workshop:
        found: Any = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]
