"""Runs and their statements."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.money import format_euros
from invoicing.contributions.enums import RunState
from invoicing.contributions.forms import ReverseForm, RunForm
from invoicing.contributions.models import ContributionRun, ContributionStatement
from invoicing.contributions.queries.runs import next_month_to_run
from invoicing.contributions.queries.statements import explained
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.services import ask_run, fail_run, render_statement, reverse_run, statement_name
from members.people.queries import signed_in_user

STATES = {
    RunState.WAITING: "info",
    RunState.POSTED: "success",
    RunState.REVERSED: "warning",
    RunState.FAILED: "danger",
}


@admin.register(ContributionRun)
class ContributionRunAdmin(BackofficeAdmin):
    """A month is asked for here and made in the background; the page shows how far it is."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.RUN_CONTRIBUTIONS
    form = RunForm
    list_display: ClassVar = ["name", "state_tag", "statements_count", "total_shown", "asked_by", "posted_on"]
    list_filter: ClassVar = [("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["asked_by"]
    actions_list: ClassVar = ["preview", "replay"]
    actions_detail: ClassVar = ["statements_list", "reverse", "give_up"]
    add_fieldsets: ClassVar = [(None, {"fields": ["month"]})]
    readonly_fields: ClassVar = ["name", "state_tag", "total_shown", "progress_bar"]

    class Media:
        js: ClassVar = ["admin/contribution_run.js"]
        css: ClassVar = {"all": ["admin/contributions.css"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # noqa: ARG002
        """The month that is next."""
        return {"month": next_month_to_run(timezone.localdate())}

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401, ARG002
        """What there is to tell: a refusal has its reason, a reversal its author."""
        if not isinstance(obj, ContributionRun):
            return self.add_fieldsets
        told: list[str | tuple[str, ...]] = [("name", "state_tag"), ("statements_count", "total_shown")]
        told.append("failure" if obj.state == RunState.FAILED else "progress_bar")
        told.append(("asked_by", "asked_at", "posted_on"))
        if obj.state == RunState.REVERSED:
            told += [("reversed_by", "reversed_on"), "reversal_reason"]
        return [(None, {"fields": told})]

    @display(description="mois", ordering="month")
    def name(self, run: ContributionRun) -> str:
        """« janvier 2026 »."""
        return month_name(run.month)

    @display(description="état", label={RunState(state).label: colour for state, colour in STATES.items()})
    def state_tag(self, run: ContributionRun) -> str:
        """In colour."""
        return str(RunState(run.state).label)

    @display(description="total", ordering="total")
    def total_shown(self, run: ContributionRun) -> str:
        """In euros."""
        return format_euros(run.total)

    @display(description="avancement")
    def progress_bar(self, run: ContributionRun) -> SafeString:
        """A bar, which the page renews while the run is under way."""
        waiting = "true" if run.state == RunState.WAITING else "false"
        return format_html(
            '<progress class="bo-progress" max="100" value="{}" data-waiting="{}">{}\u00a0%</progress>',
            run.progress,
            waiting,
            run.progress,
        )

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Ask for the month."""
        run = ask_run(month=form.cleaned_data["month"], by=signed_in_user(request), on=timezone.localdate())
        instance.pk, form.instance.month = run.pk, run.month

    def response_add(self, request: HttpRequest, obj: models.Model, post_url_continue: str | None = None) -> Any:  # noqa: ANN401, ARG002
        """To the run's page, where its progress shows."""
        return redirect("admin:invoicing_contributionrun_change", obj.pk)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """What may be done with a posted run."""
        run = self._find(request, object_id)
        offered = {"statements_list"} if run.state in {RunState.POSTED, RunState.REVERSED} else set()
        if has_right(request.user, Right.RUN_CONTRIBUTIONS):
            offered |= {RunState.POSTED: {"reverse"}, RunState.WAITING: {"give_up"}}.get(RunState(run.state), set())
        return [self.get_unfold_action(name) for name in self.actions_detail if name in offered]

    @action(description="Aperçu d’un mois", url_path="apercu", icon="visibility")
    def preview(self, request: HttpRequest) -> HttpResponse:
        """What a run would take; nothing is written."""
        require_right(request.user, self.view_right)
        return redirect("contribution-preview")

    @action(description="Essayer une règle", url_path="essai", icon="science")
    def replay(self, request: HttpRequest) -> HttpResponse:
        """A past period under another rule."""
        require_right(request.user, self.view_right)
        return redirect("contribution-replay")

    @action(description="Relevés", url_path="releves", icon="list")
    def statements_list(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One per activity."""
        require_right(request.user, self.view_right)
        run = self._find(request, object_id)
        return redirect(f"{reverse('admin:invoicing_contributionstatement_changelist')}?run__id__exact={run.pk}")

    @action(description="Annuler", url_path="annuler", icon="undo", variant=ActionVariant.DANGER)
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take it back."""
        require_right(request.user, Right.RUN_CONTRIBUTIONS)
        act = Act(
            title="Annuler ce calcul",
            description="Des écritures opposées sont passées à la même date. Le mois pourra être calculé à nouveau.",
            submit="Annuler le calcul",
            done="Le calcul est annulé.",
            form_class=ReverseForm,
            perform=lambda found, typed: reverse_run(
                run=found, reason=typed["reason"], by=signed_in_user(request), on=timezone.localdate()
            ),
        )
        return act_page(self, request, object_id, act)

    @action(description="Abandonner", url_path="abandonner", icon="cancel", variant=ActionVariant.DANGER)
    def give_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let go of a run whose job was lost; one that is still at work finds it so and writes nothing."""
        require_right(request.user, Right.RUN_CONTRIBUTIONS)
        by = signed_in_user(request)
        act = Act(
            title="Abandonner ce calcul",
            description="S’il n’avance plus\u00a0: rien n’est encore écrit, et le mois pourra être demandé à nouveau.",
            submit="Abandonner le calcul",
            done="Le calcul est abandonné.",
            perform=lambda found, _: fail_run(run=found, reasons=("Abandonné avant la fin.",), by=by),
        )
        return act_page(self, request, object_id, act)

    def _find(self, request: HttpRequest, object_id: str | int) -> ContributionRun:
        found: ContributionRun | None = self.get_object(request, str(object_id))
        if found is None:
            raise Http404
        return found


@admin.register(ContributionStatement)
class ContributionStatementAdmin(BackofficeAdmin):
    """What each run took from each activity, and why: read only."""

    view_right = Right.VIEW_BOOKS
    list_display: ClassVar = ["activity", "month", "state", "amount_shown"]
    list_filter: ClassVar = [("run", RelatedDropdownFilter), ("activity", AutocompleteSelectFilter)]
    list_filter_submit = True
    list_select_related: ClassVar = ["activity", "run"]
    search_fields: ClassVar = ["activity__search"]
    actions_detail: ClassVar = ["pdf"]
    fields: ClassVar = [("activity", "month", "amount_shown"), "entry"]
    readonly_fields: ClassVar = ["month", "amount_shown"]
    change_form_after_template = "admin/invoicing/contributions/explanation.html"

    class Media:
        css: ClassVar = {"all": ["admin/contributions.css"]}

    @display(description="mois", ordering="run__month")
    def month(self, statement: ContributionStatement) -> str:
        """Of the run."""
        return month_name(statement.run.month)

    @display(description="état du calcul")
    def state(self, statement: ContributionStatement) -> str:
        """Of the run: a reversed one takes nothing any more."""
        return statement.run.get_state_display()

    @display(description="montant", ordering="amount")
    def amount_shown(self, statement: ContributionStatement) -> str:
        """In euros."""
        return format_euros(statement.amount)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """With the statement told line by line."""
        found = self.get_object(request, object_id) if object_id else None
        context = {"page": explained(found)} if found else {}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    @action(description="Relevé PDF", url_path="pdf", icon="picture_as_pdf")
    def pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The statement as a page to keep."""
        require_right(request.user, self.view_right)
        statement: ContributionStatement | None = self.get_object(request, object_id)
        if statement is None:
            raise Http404
        response = HttpResponse(render_statement(statement=statement), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{statement_name(statement)}.pdf"'
        return response
