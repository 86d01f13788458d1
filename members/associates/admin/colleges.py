"""The voting colleges of a SCIC, and who votes in which."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.templatetags.french import number
from members.activities.queries import in_force
from members.associates.models import College, CollegeMembership
from members.associates.services import join_college, save_college
from members.people.admin import MemberRecordAdmin, MembershipAdmin
from members.people.queries import signed_in_user


@admin.register(College)
class CollegeAdmin(MembershipAdmin):
    """The colleges with their weights; a cooperative without any votes one associate, one voice."""

    list_display: ClassVar = ["name", "weight_text", "people", "starts_on", "ends_on"]
    ordering: ClassVar = ["name", "starts_on"]
    fieldsets: ClassVar = [(None, {"fields": [("name", "weight"), ("starts_on", "ends_on")]})]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With how many people vote there today."""
        today = in_force(timezone.localdate(), "memberships__")
        colleges: models.QuerySet[Any] = super().get_queryset(request)
        return colleges.annotate(people_count=Count("memberships", filter=Q(today)))  # type: ignore[no-any-return]

    @display(description="poids", ordering="weight")
    def weight_text(self, college: College) -> str:
        """« 33,5 % »."""
        return f"{number(college.weight)}\u00a0%"

    @display(description="associés", ordering="people_count")
    def people(self, college: Any) -> int:  # noqa: ANN401  a college with its count
        """Today."""
        return int(college.people_count)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service."""
        if isinstance(instance, College):
            save_college(college=instance, by=signed_in_user(request))


@admin.register(CollegeMembership)
class CollegeMembershipAdmin(MemberRecordAdmin):
    """Who votes in which college, from when on; placing somebody in another college ends the one before."""

    change_right = None
    add_right = Right.MANAGE_MEMBERS
    list_display: ClassVar = ["person", "college", "starts_on", "ends_on"]
    list_filter: ClassVar = [("college", RelatedDropdownFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["person", "college"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom de la personne"
    ordering: ClassVar = ["person__search", "-starts_on"]
    autocomplete_fields: ClassVar = ["person"]
    fieldsets: ClassVar = [(None, {"fields": [("person", "college"), ("starts_on", "ends_on")]})]
    add_fieldsets: ClassVar = [(None, {"fields": [("person", "college"), "starts_on"]})]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Place the person there."""
        if isinstance(instance, CollegeMembership):
            joined = join_college(
                person=instance.person,
                college=instance.college,
                on=instance.starts_on,
                by=signed_in_user(request),
            )
            instance.pk = joined.pk
