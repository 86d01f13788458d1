"""Fiscal years and their months: opened, locked, unlocked with a reason, closed for ever."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.admin.books import BooksAdmin, ReadOnlyBooksAdmin
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import FiscalYear, Period
from invoicing.ledger.queries import closing_checklist
from invoicing.ledger.services import close_fiscal_year, lock_period, open_fiscal_year, unlock_period
from members.people.queries import signed_in_user


class UnlockForm(forms.Form):
    """Why a month is opened again."""

    reason = forms.CharField(label="Motif", max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))
    wide = ("reason",)


class CloseForm(forms.Form):
    """The confirmation of what cannot be undone: the last day of the year, typed."""

    ends_on = forms.DateField(
        label="Pour confirmer, tapez la date de clôture de l’exercice",
        widget=UnfoldAdminTextInputWidget({"placeholder": "31/12/2026", "autocomplete": "off"}),
    )
    wide = ("ends_on",)


@admin.register(FiscalYear)
class FiscalYearAdmin(BooksAdmin):
    """Fiscal years: opened here, closed for ever by an act."""

    list_display: ClassVar = ["__str__", "last_entry_number", "closed_on"]
    fields: ClassVar = [("starts_on", "ends_on"), ("last_entry_number", "closed_on")]
    readonly_fields: ClassVar = ["last_entry_number", "closed_on"]
    actions_detail: ClassVar = ["close"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Its dates do not change once it is open."""
        return obj is None and super().has_change_permission(request, obj)

    def write(self, request: HttpRequest, instance: models.Model, form: Any) -> None:  # noqa: ANN401
        """Open the year with its periods."""
        typed = form.cleaned_data
        year = open_fiscal_year(starts_on=typed["starts_on"], ends_on=typed["ends_on"], by=signed_in_user(request))
        instance.pk = year.pk

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """A closed year has nothing left to do."""
        is_open = FiscalYear.objects.filter(pk=object_id, closed_on=None).exists()
        return super().get_actions_detail(request, object_id) if is_open else []

    @action(
        description="Clôturer", url_path="cloturer", permissions=["keep"], icon="lock", variant=ActionVariant.DANGER
    )
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The checklist, then the closing, confirmed by typing the last day of the year."""
        by = signed_in_user(request)

        def close(year: FiscalYear, typed: dict[str, Any]) -> None:
            if typed["ends_on"] != year.ends_on:
                raise RefusalError(f"Cet exercice finit le {year.ends_on:%d/%m/%Y}\u00a0: tapez cette date.")
            close_fiscal_year(year=year, on=timezone.localdate(), by=by)

        act = Act(
            title="Clôturer l’exercice",
            submit="Clôturer définitivement",
            done="Exercice clôturé\u00a0: les à-nouveaux sont dans l’exercice suivant.",
            perform=close,
            form_class=CloseForm,
        )
        response = act_page(self, request, object_id, act)
        if isinstance(response, TemplateResponse):
            response.template_name = "admin/invoicing/fiscalyear/close.html"
            context = response.context_data or {}
            context["checks"] = closing_checklist(context["instance"])
            context["is_ready"] = all(check.is_done or not check.blocks for check in context["checks"])
        return response


@admin.register(Period)
class PeriodAdmin(ReadOnlyBooksAdmin):
    """Months: locked and unlocked by acts on a selection."""

    list_display: ClassVar = ["__str__", "fiscal_year", "state_label"]
    list_filter: ClassVar = [("state", ChoicesDropdownFilter), ("fiscal_year", RelatedDropdownFilter)]
    list_select_related: ClassVar = ["fiscal_year"]
    actions: ClassVar = ["lock"]
    actions_detail: ClassVar = ["lock_one", "unlock_one"]

    @display(
        description="état",
        ordering="state",
        label={
            PeriodState.OPEN.label: "success",
            PeriodState.LOCKED.label: "warning",
            PeriodState.CLOSED.label: "default",
        },
    )
    def state_label(self, period: Period) -> str:
        """Ouverte, verrouillée or clôturée."""
        return period.get_state_display()

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What may be done with this month now."""
        state = Period.objects.filter(pk=object_id).values_list("state", flat=True).first()
        name = {PeriodState.OPEN.value: "lock_one", PeriodState.LOCKED.value: "unlock_one"}.get(state or "")
        return [self.get_unfold_action(name)] if name and self.has_keep_permission(request) else []

    @action(description="Verrouiller", permissions=["keep"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Period]) -> None:
        """Stop these months from taking entries."""
        locked = 0
        for period in queryset.order_by("starts_on"):
            try:
                lock_period(period=period, by=signed_in_user(request))
                locked += 1
            except RefusalError as refusal:
                messages.error(request, str(refusal))
        if locked:
            messages.success(request, f"{locked} période(s) verrouillée(s).")

    @action(description="Verrouiller", url_path="verrouiller", permissions=["keep"], icon="lock")
    def lock_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop this month from taking entries."""
        by = signed_in_user(request)
        act = Act(
            title="Verrouiller le mois",
            description="Il ne recevra plus d’écriture tant qu’il n’est pas déverrouillé.",
            submit="Verrouiller",
            done="Mois verrouillé.",
            perform=lambda period, _typed: lock_period(period=period, by=by),
        )
        return act_page(self, request, object_id, act)

    @action(description="Déverrouiller", url_path="deverrouiller", permissions=["keep"], icon="lock_open")
    def unlock_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let this month take entries again, with a reason that the audit trail keeps."""
        by = signed_in_user(request)
        act = Act(
            title="Déverrouiller le mois",
            description="Le motif est conservé dans le journal d’audit.",
            submit="Déverrouiller",
            done="Mois déverrouillé.",
            perform=lambda period, typed: unlock_period(period=period, reason=typed["reason"], by=by),
            form_class=UnlockForm,
        )
        return act_page(self, request, object_id, act)
