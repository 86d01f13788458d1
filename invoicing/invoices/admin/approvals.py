"""How the cooperative approves: its settings, the personal rights it grants, the reasons it gives."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action, display
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextInputWidget

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.forms import FrenchDecimalField, FrenchDecimalInput
from cae_backoffice.core.money import format_euros
from invoicing.invoices.models.approvals import ApprovalSettings, ReturnReason, SelfApproval
from invoicing.invoices.services import end_self_approval, grant_self_approval
from members.people.queries import signed_in_user


class EndForm(forms.Form):
    """The last day of a right."""

    ends_on = forms.DateField(label="Dernier jour", widget=UnfoldAdminTextInputWidget({"type": "date"}))


class SelfApprovalForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who, up to which amount, and when."""

    ceiling = FrenchDecimalField(
        label="Plafond par document (HT)",
        max_digits=12,
        decimal_places=2,
        widget=FrenchDecimalInput({"class": " ".join(INPUT_CLASSES)}),
    )

    class Meta:
        model = SelfApproval
        fields = ["person", "ceiling", "starts_on", "ends_on", "reason"]

    def _post_clean(self) -> None:
        """The service checks the right: who grants it is not typed."""


@admin.register(SelfApproval)
class SelfApprovalAdmin(BackofficeAdmin):
    """Who approves and issues their own documents, up to which amount; a right is ended, never changed."""

    view_right = Right.VIEW_ALL_INVOICES
    add_right = Right.APPROVE_INVOICES
    form = SelfApprovalForm
    list_display: ClassVar = ["person", "ceiling_shown", "starts_on", "ends_on", "granted_by"]
    list_select_related: ClassVar = ["person", "granted_by"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Personne"
    autocomplete_fields: ClassVar = ["person"]
    readonly_fields: ClassVar = ["granted_by"]
    fieldsets: ClassVar = [
        (None, {"fields": [("person", "ceiling"), ("starts_on", "ends_on"), "reason", "granted_by"]})
    ]
    add_fieldsets: ClassVar = [(None, {"fields": [("person", "ceiling"), ("starts_on", "ends_on"), "reason"]})]
    actions_detail: ClassVar = ["end"]

    @display(description="plafond (HT)", ordering="ceiling")
    def ceiling_shown(self, right: SelfApproval) -> str:
        """In euros excl. VAT."""
        return format_euros(right.ceiling)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Grant it."""
        saved = grant_self_approval(**form.cleaned_data, by=signed_in_user(request))
        self.stands_for(saved, instance)

    @action(description="Y mettre fin", url_path="fin", icon="event_busy", permissions=["add"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From the day after, the person submits again."""
        act = Act(
            title="Mettre fin à l’autovalidation",
            submit="Enregistrer",
            done="La fin est enregistrée.",
            form_class=EndForm,
            perform=lambda right, typed: end_self_approval(
                right=right, ends_on=typed["ends_on"], by=signed_in_user(request)
            ),
        )
        return act_page(self, request, object_id, act)


@admin.register(ApprovalSettings)
class ApprovalSettingsAdmin(BackofficeAdmin):
    """Four eyes, two approvers, and from when on the queue warns: one form, no list."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    fieldsets: ClassVar = [
        ("Qui valide", {"fields": [("four_eyes", "two_approvers_from")]}),
        ("Ce qui est exigé", {"fields": ["requires_attachments"]}),
        ("Alertes", {"fields": [("notice_days", "late_days"), "unusual_times"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Straight to the form."""
        require_right(request.user, Right.MANAGE_SETTINGS)
        found = ApprovalSettings.objects.first()
        if found is None:
            return redirect("admin:invoicing_approvalsettings_add")
        return redirect("admin:invoicing_approvalsettings_change", found.pk)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Once; every page of the staff asks, and only this record's own look whether it exists."""
        match = request.resolver_match
        is_own_page = match is not None and self.opts.model_name in (match.url_name or "")
        allowed = super().has_add_permission(request, obj)
        return allowed and not (is_own_page and ApprovalSettings.objects.exists())

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """The one row."""
        instance.pk = 1
        super().write(request, instance, form)


@admin.register(ReturnReason)
class ReturnReasonAdmin(BackofficeAdmin):
    """The reasons that the queue offers."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["text", "is_offered"]
    search_fields: ClassVar = ["text"]
