"""The associates: admissions, which are ended but never rewritten."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from cae_backoffice.core.access import Right
from cae_backoffice.core.acts import Act, act_page
from members.associates.forms import EndAdmissionForm
from members.associates.models import Admission
from members.associates.services import admit_associate, end_admission
from members.people.admin import MemberRecordAdmin
from members.people.queries import signed_in_user


@admin.register(Admission)
class AdmissionAdmin(MemberRecordAdmin):
    """Who is an associate, from which assembly, until when."""

    change_right = None
    add_right = Right.MANAGE_MEMBERS
    list_display: ClassVar = ["person", "admitted_on", "decision", "ended_on", "end_reason"]
    list_filter: ClassVar = [
        ("admitted_on", RangeDateFilter),
        ("ended_on", RangeDateFilter),
        ("end_reason", ChoicesDropdownFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["person"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom de la personne"
    ordering: ClassVar = ["-admitted_on", "-id"]
    autocomplete_fields: ClassVar = ["person"]
    fieldsets: ClassVar = [(None, {"fields": ["person", ("admitted_on", "decision"), ("ended_on", "end_reason")]})]
    add_fieldsets: ClassVar = [(None, {"fields": ["person", ("admitted_on", "decision")]})]
    actions_detail: ClassVar = ["end"]

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Nothing more for an admission that has ended."""
        going_on = str(object_id).isdecimal() and Admission.objects.filter(pk=object_id, ended_on=None).exists()
        return super().get_actions_detail(request, object_id) if going_on else []

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Record the assembly's decision."""
        if isinstance(instance, Admission):
            admission = admit_associate(
                person=instance.person,
                on=instance.admitted_on,
                decision=instance.decision,
                by=signed_in_user(request),
            )
            instance.pk = admission.pk

    @action(description="Mettre fin", url_path="fin", icon="event_busy", permissions=["manage"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record the last day as an associate."""
        act = Act(
            title="Fin de la qualité d’associé",
            submit="Enregistrer la fin",
            done="La fin de la qualité d’associé est enregistrée.",
            form_class=EndAdmissionForm,
            perform=lambda admission, typed: end_admission(admission=admission, by=signed_in_user(request), **typed),
        )
        return act_page(self, request, object_id, act)
