"""The versions of the rule: proposed, tried, adopted, exported."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.contributions.enums import RuleState
from invoicing.contributions.forms import ExampleForm, RuleForm
from invoicing.contributions.models import ContributionRule
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.problems import MOST_SHOWN, FileProblemsError
from invoicing.contributions.rules.rule_file import read_rule, write_rule
from invoicing.contributions.rules.worked_example import worked_example
from invoicing.contributions.services import adopt_rule, propose_rule
from members.people.queries import signed_in_user

SMALLEST = """name = "Contribution coopérative"

[[versions]]
valid_from = {year}-01-01
decision = "Assemblée générale du …"

[[versions.lines]]
code = "contribution"
label = "Contribution coopérative"
base = "collected"        # invoiced, collected, gross_margin ou collected_gross_margin
exclude_internal = true   # les échanges internes ne comptent pas
values.ALL.rate = 10
"""
TOML_TYPE = "application/toml; charset=utf-8"


@admin.register(ContributionRule)
class ContributionRuleAdmin(BackofficeAdmin):
    """A proposal is written here, with an example that follows what is typed; an adopted version is only read."""

    view_right = Right.VIEW_BOOKS
    change_right = Right.RUN_CONTRIBUTIONS
    form = RuleForm
    list_display: ClassVar = ["name", "valid_from", "decision", "state_tag", "adopted_on"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["name", "decision"]
    actions_list: ClassVar = ["export_in_force"]
    actions_detail: ClassVar = ["adopt", "export"]
    readonly_fields: ClassVar = ["text"]
    change_form_after_template = "admin/invoicing/contributions/example.html"

    class Media:
        js: ClassVar = ["admin/contribution_rule.js"]
        css: ClassVar = {"all": ["admin/contributions.css"]}

    @display(description="état", label={"Proposée": "warning", "Adoptée": "success"}, ordering="state")
    def state_tag(self, stored: ContributionRule) -> str:
        """In colour."""
        return str(RuleState(stored.state).label)

    @display(description="règle (TOML)")
    def text(self, stored: ContributionRule) -> SafeString:
        """As it was written, line by line."""
        return format_html('<pre class="bo-code">{}</pre>', stored.toml)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # noqa: ARG002
        """The smallest rule, from the first of the next year: something to change rather than an empty page."""
        return {"toml": SMALLEST.format(year=timezone.localdate().year + 1)}

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401
        """The text; of an adopted version, also who adopted it."""
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": [("name", "valid_from", "decision"), ("adopted_on", "adopted_by"), "text"]})]
        return [(None, {"fields": ["toml", "file"] if obj is None else ["toml"]})]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Until it is adopted."""
        adopted = isinstance(obj, ContributionRule) and obj.state == RuleState.IN_FORCE
        return super().has_change_permission(request, obj) and not adopted

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """With the figures of the example beside it."""
        example = {
            "example": ExampleForm(prefix="exemple"),
            "example_url": reverse("admin:invoicing_contributionrule_example"),
        }
        return super().changeform_view(request, object_id, form_url, example | (extra_context or {}))

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:
        """Keep the text as a proposal, or several."""
        known = ContributionRule.objects.filter(pk=instance.pk).first() if instance.pk else None
        written = propose_rule(toml=form.cleaned_data["toml"], by=signed_in_user(request), instead_of=known)
        instance.pk, form.instance.name = written[0].pk, written[0].name
        form.instance.valid_from = written[0].valid_from

    # Acts

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """A proposal may be adopted; any version may be exported."""
        stored = self._find(request, object_id)
        may_adopt = has_right(request.user, Right.RUN_CONTRIBUTIONS) and stored.state == RuleState.PROPOSED
        return [self.get_unfold_action(name) for name in self.actions_detail if name != "adopt" or may_adopt]

    @action(description="Adopter", url_path="adopter", icon="gavel", variant=ActionVariant.PRIMARY)
    def adopt(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let it bind."""
        require_right(request.user, Right.RUN_CONTRIBUTIONS)
        stored = self._find(request, object_id)
        act = Act(
            title="Adopter cette version",
            description=f"Elle vaudra à partir du {stored.valid_from:%d/%m/%Y}, à la place de celle qui est alors en "
            f"vigueur ({stored.decision}). Elle ne pourra plus changer.",
            submit="Adopter",
            done="La version est adoptée.",
            perform=lambda found, _: adopt_rule(stored=found, by=signed_in_user(request), on=timezone.localdate()),
        )
        return act_page(self, request, object_id, act)

    @action(description="Exporter (TOML)", url_path="exporter", icon="download")
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The text as it was voted."""
        require_right(request.user, self.view_right)
        stored = self._find(request, object_id)
        return _file(stored.toml, f"contribution-{stored.valid_from:%Y-%m}")

    @action(description="Exporter la règle en vigueur", url_path="en-vigueur", icon="download")
    def export_in_force(self, request: HttpRequest) -> HttpResponse:
        """Every adopted version in one file."""
        require_right(request.user, self.view_right)
        rule = rule_in_force()
        if rule is None:
            messages.error(request, "Aucune règle de contribution n’est adoptée.")
            return redirect("admin:invoicing_contributionrule_changelist")
        return _file(write_rule(rule), "contribution")

    def _find(self, request: HttpRequest, object_id: str | int) -> ContributionRule:
        found: ContributionRule | None = self.get_object(request, str(object_id))
        if found is None:
            raise Http404
        return found

    # The worked example

    def get_urls(self) -> list[URLPattern]:
        """The example's address before those of the records."""
        view = self.admin_site.admin_view(require_POST(self.example_view))
        return [path("exemple/", view, name="invoicing_contributionrule_example"), *super().get_urls()]

    def example_view(self, request: HttpRequest) -> HttpResponse:
        """What the text typed right now gives on the figures typed beside it; nothing is written."""
        require_right(request.user, Right.RUN_CONTRIBUTIONS)
        form = ExampleForm(request.POST, prefix="exemple")
        context: dict[str, Any] = {"form": form}
        if form.is_valid():
            try:
                rule = read_rule(request.POST.get("toml", "").encode(), file="règle")
                context["lines"] = worked_example(rule, form.figures())
            except FileProblemsError as error:
                context["problems"] = error.problems[:MOST_SHOWN]
        return TemplateResponse(request, "admin/invoicing/contributions/example_table.html", context)


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=TOML_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response
