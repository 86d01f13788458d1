"""The activity's account on the staff's pages: its groups of accounts, provisions, settings, and what is published."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.activity_accounts.models import (
    AccountGroup,
    OpeningBalance,
    PaySettings,
    PooledAccount,
    Provision,
    ProvisionRule,
)
from invoicing.activity_accounts.services import publish_pooled_account, record_provision
from members.people.queries import signed_in_user


class AccountsAdmin(BackofficeAdmin):
    """What the accountants set or write, and nobody else sees here."""

    view_right = Right.VIEW_BOOKS
    change_right = Right.KEEP_BOOKS


class FinalAdmin(AccountsAdmin):
    """Records that never change once written."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Only while there is none yet."""
        return obj is None and super().has_change_permission(request, obj)


@admin.register(AccountGroup)
class AccountGroupAdmin(AccountsAdmin):
    """Which accounts make which line of the statements; the longest root decides."""

    list_display: ClassVar = ["root", "heading"]
    list_filter: ClassVar = [("heading", ChoicesDropdownFilter)]
    search_fields: ClassVar = ["root"]


@admin.register(ProvisionRule)
class ProvisionRuleAdmin(AccountsAdmin):
    """Rates and accounts of the provisions; a rule in use does not change, another follows it."""

    list_display: ClassVar = ["kind", "valid_from", "rate", "charge_account", "balance_account", "decision"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter)]
    list_select_related: ClassVar = ["charge_account", "balance_account"]
    autocomplete_fields: ClassVar = ["charge_account", "balance_account"]
    fields: ClassVar = [("kind", "valid_from"), "rate", ("charge_account", "balance_account"), "decision"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Until a provision rests on it."""
        used = isinstance(obj, ProvisionRule) and obj.provisions.exists()
        return not used and super().has_change_permission(request, obj)


@admin.register(Provision)
class ProvisionAdmin(FinalAdmin):
    """Provisions: one is typed here, those of a rule come from their own page."""

    list_display: ClassVar = ["provided_on", "activity", "kind", "amount_label", "reason"]
    list_display_links: ClassVar = ["provided_on", "activity"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter), "is_by_rule"]
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["activity__search"]
    search_help_text = "Activité"
    autocomplete_fields: ClassVar = ["activity"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401, ARG002
        """What is typed, then what came of it."""
        typed = [("activity", "kind"), ("amount", "provided_on"), "reason"]
        return typed if obj is None else [*typed, ("rule", "is_by_rule"), ("entry", "provided_by")]

    @display(description="montant", ordering="amount")
    def amount_label(self, provision: Provision) -> str:
        """In euros."""
        return format_euros(provision.amount)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Post it."""
        typed = form.cleaned_data
        written = record_provision(
            activity=typed["activity"],
            kind=typed["kind"],
            amount=typed["amount"],
            on=typed["provided_on"],
            reason=typed["reason"],
            by=signed_in_user(request),
        )
        instance.pk = written.pk


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(BackofficeAdmin):
    """What was taken over, read-only: it comes by import."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["activity", "opened_on", "amount_label"]
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["activity__search"]
    search_help_text = "Activité"

    @display(description="solde", ordering="amount")
    def amount_label(self, opening: OpeningBalance) -> str:
        """In euros."""
        return format_euros(opening.amount)


@admin.register(PaySettings)
class PaySettingsAdmin(BackofficeAdmin):
    """The cooperative's own rates of the estimate of pay: one form, no list."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    fields: ClassVar = [
        "staff",
        ("accident_rate", "transport_levy"),
        ("health_cover_employer", "health_cover_employee"),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Straight to the form."""
        require_right(request.user, self.view_right)
        return HttpResponseRedirect(reverse("admin:invoicing_paysettings_add"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Once: what was set already is changed."""
        require_right(request.user, self.view_right)
        known = PaySettings.objects.first()
        if known is not None:
            return HttpResponseRedirect(reverse("admin:invoicing_paysettings_change", args=[known.pk]))
        added: HttpResponse = super().add_view(request, form_url, extra_context)
        return added

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """There is one row."""
        instance.pk = 1
        super().write(request, instance, form)


@admin.register(PooledAccount)
class PooledAccountAdmin(FinalAdmin):
    """The account of the pooled services: adding one publishes it to all entrepreneurs, for ever."""

    list_display: ClassVar = ["fiscal_year", "published_on", "published_by", "result_label"]
    list_select_related: ClassVar = ["fiscal_year", "published_by"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401, ARG002
        """The year is chosen; the rest is reckoned."""
        return ["fiscal_year"] if obj is None else ["fiscal_year", "published_on", "published_by", "rows_label"]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401, ARG002
        """All of it, once published."""
        return [] if obj is None else ["fiscal_year", "published_on", "published_by", "rows_label"]

    @display(description="solde")
    def result_label(self, account: PooledAccount) -> str:
        """What the year left."""
        return format_euros(account.result)

    @display(description="lignes")
    def rows_label(self, account: PooledAccount) -> str:
        """Group by group."""
        return " · ".join(f"{label}\u00a0: {format_euros(amount)}" for label, amount in account.rows)

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Publish it."""
        published = publish_pooled_account(
            fiscal_year=form.cleaned_data["fiscal_year"], on=timezone.localdate(), by=signed_in_user(request)
        )
        instance.pk = published.pk
