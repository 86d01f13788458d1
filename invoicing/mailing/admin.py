"""The staff's page of the messages' words."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeAdmin
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.models import MailTemplate
from invoicing.mailing.rules import EXAMPLES, Words, filled_words, placeholders_of
from invoicing.mailing.services import save_template
from members.people.queries import signed_in_user


@admin.register(MailTemplate)
class MailTemplateAdmin(BackofficeAdmin):
    """The cooperative's words, and those of the activities that have their own."""

    view_right = Right.MANAGE_SETTINGS
    change_right = Right.MANAGE_SETTINGS
    list_display: ClassVar = ["kind", "whose", "subject"]
    list_filter: ClassVar = [("kind", ChoicesDropdownFilter)]
    list_select_related: ClassVar = ["activity"]
    search_fields: ClassVar = ["activity__search"]
    search_help_text = "Enseigne ou code de l’activité"
    autocomplete_fields: ClassVar = ["activity"]
    fields: ClassVar = ["kind", "activity", "subject", "body", "placeholders", "preview"]
    readonly_fields: ClassVar = ["placeholders", "preview"]

    def write(self, request: HttpRequest, instance: models.Model, form: forms.ModelForm[Any]) -> None:  # noqa: ARG002
        """Through the service, which refuses unknown placeholders."""
        if isinstance(instance, MailTemplate):
            saved = save_template(
                kind=TemplateKind(instance.kind),
                activity=instance.activity,
                words=Words(subject=instance.subject, body=instance.body),
                by=signed_in_user(request),
            )
            self.stands_for(saved, instance)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """Which message it is and whose it is never changes."""
        return [*self.readonly_fields, *(("kind", "activity") if obj else ())]

    @display(description="à qui")
    def whose(self, template: MailTemplate) -> str:
        """The activity, or the cooperative."""
        return str(template.activity or "Coopérative")

    @display(description="à compléter automatiquement")
    def placeholders(self, template: MailTemplate) -> SafeString | str:
        """What may stand between braces."""
        if not template.kind:
            return "Choisissez un message et enregistrez."
        return format_html_join("", "<div><code>{{{}}}</code> {}</div>", placeholders_of(TemplateKind(template.kind)))

    @display(description="aperçu")
    def preview(self, template: MailTemplate) -> SafeString | str:
        """With the values of an example."""
        words = filled_words(Words(subject=template.subject, body=template.body), EXAMPLES)
        return format_html('<strong>{}</strong><div style="white-space: pre-wrap">{}</div>', words.subject, words.body)
