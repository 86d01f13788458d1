"""Waivers, overrides, and the accounts that contributions read and move."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.contributions.forms import OverrideForm
from invoicing.contributions.models import (
    ContributionOverride,
    ContributionSettings,
    ContributionWaiver,
    MarginAccount,
)
from invoicing.contributions.services import save_override, save_waiver
from members.people.queries import signed_in_user


class DecisionAdmin(BackofficeAdmin):
    """Decisions of the cooperative: every change is in the audit trail, and corrected by the next run."""

    view_right = Right.VIEW_BOOKS
    change_right = Right.RUN_CONTRIBUTIONS


@admin.register(ContributionWaiver)
class ContributionWaiverAdmin(DecisionAdmin):
    """What is spared, and by which decision."""

    list_display: ClassVar = ["__str__", "starts_on", "ends_on", "part", "decision"]
    list_filter: ClassVar = [("part", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["activity", "person"]
    search_fields: ClassVar = ["activity__search", "person__search"]
    autocomplete_fields: ClassVar = ["activity", "person"]
    fields: ClassVar = [("activity", "person"), ("starts_on", "ends_on"), ("part", "code"), "decision"]

    def write(self, request: HttpRequest, instance: Any, form: forms.ModelForm[Any]) -> None:  # noqa: ANN401, ARG002
        """Record it."""
        save_waiver(waiver=instance, by=signed_in_user(request))


@admin.register(ContributionOverride)
class ContributionOverrideAdmin(DecisionAdmin):
    """An activity's own values, and by which decision."""

    form = OverrideForm
    list_display: ClassVar = ["__str__", "code", "starts_on", "ends_on", "decision"]
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["activity__search"]
    autocomplete_fields: ClassVar = ["activity"]
    fields: ClassVar = [("activity", "code"), ("starts_on", "ends_on"), "values", "decision"]

    def write(self, request: HttpRequest, instance: Any, form: forms.ModelForm[Any]) -> None:  # noqa: ANN401, ARG002
        """Record it, if its values read as a rule's."""
        save_override(override=instance, by=signed_in_user(request))


@admin.register(MarginAccount)
class MarginAccountAdmin(DecisionAdmin):
    """The accounts whose purchases a margin deducts."""

    list_display: ClassVar = ["account", "starts_on", "ends_on"]
    list_select_related: ClassVar = ["account"]
    autocomplete_fields: ClassVar = ["account"]
    fields: ClassVar = ["account", ("starts_on", "ends_on")]


@admin.register(ContributionSettings)
class ContributionSettingsAdmin(DecisionAdmin):
    """The pair of accounts."""

    list_display: ClassVar = ["__str__", "charge_account", "income_account"]
    list_select_related: ClassVar = ["charge_account", "income_account"]
    autocomplete_fields: ClassVar = ["charge_account", "income_account"]
    fields: ClassVar = [("charge_account", "income_account")]

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """There is one row, made with the database."""
        return False
