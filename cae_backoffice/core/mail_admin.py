"""The staff's pages of outgoing messages: what left, to whom, what became of it; send again, cancel."""

from __future__ import annotations

from typing import ClassVar

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, TextFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin, author_of
from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.mail import cancel, resend
from cae_backoffice.core.models import OutgoingMessage
from cae_backoffice.core.requests import without_secret

STATES = {
    MessageState.QUEUED.label: "info",
    MessageState.SENT.label: "success",
    MessageState.FAILED.label: "danger",
    MessageState.CANCELLED.label: "warning",
}


class RecipientFilter(TextFilter):
    """Messages to an address, or to a part of one."""

    title = "destinataire"
    parameter_name = "recipient"

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[OutgoingMessage]
    ) -> models.QuerySet[OutgoingMessage]:
        """Whatever the case."""
        return queryset.filter(recipients__icontains=self.value()) if self.value() else queryset


class AboutFilter(admin.SimpleListFilter):
    """What kind of record the messages are about."""

    title = "concerne"
    parameter_name = "about"

    def lookups(self, _request: HttpRequest, model_admin: admin.ModelAdmin[OutgoingMessage]) -> list[tuple[str, str]]:  # noqa: ARG002
        """The kinds that occur."""
        kinds = OutgoingMessage.objects.order_by("about_type").values_list("about_type", flat=True).distinct()
        return [(kind, str(apps.get_model(kind)._meta.verbose_name)) for kind in kinds]

    def queryset(
        self, _request: HttpRequest, queryset: models.QuerySet[OutgoingMessage]
    ) -> models.QuerySet[OutgoingMessage]:
        """By its label."""
        return queryset.filter(about_type=self.value()) if self.value() else queryset


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(BackofficeAdmin):
    """Outgoing messages, read-only but for two acts."""

    view_right = Right.VIEW_MESSAGES
    list_display: ClassVar = ["title", "to", "about_label", "state_tag", "attempts", "queued_at", "sent_at", "author"]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        AboutFilter,
        RecipientFilter,
        ("queued_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["author"]
    search_fields: ClassVar = ["title", "about_label", "author__full_name"]
    search_help_text = "Objet, ce que le message concerne, ou auteur"
    fieldsets: ClassVar = [
        (None, {"fields": [("state_tag", "attempts"), ("queued_at", "sent_at"), "next_try_at", "last_error"]}),
        (
            "Message",
            {"fields": ["to", ("from_name", "reply_to"), ("about_label", "author"), "title", "text", "files"]},
        ),
        ("Journal", {"fields": ["log", "former"]}),
    ]
    actions_detail: ClassVar = ["resend", "cancel"]

    @display(description="état", ordering="state", label=STATES)
    def state_tag(self, message: OutgoingMessage) -> str:
        """In a word and a colour."""
        return message.get_state_display()

    @display(description="destinataires", ordering="recipients")
    def to(self, message: OutgoingMessage) -> str:
        """The addresses."""
        return ", ".join(message.recipients)

    @display(description="texte")
    def text(self, message: OutgoingMessage) -> SafeString:
        """As it is read, line by line; a private link opens for its reader alone, so that its secret is not shown."""
        return format_html('<div style="white-space: pre-wrap">{}</div>', without_secret(message.body))

    @display(description="pièces jointes")
    def files(self, message: OutgoingMessage) -> SafeString | str:
        """Names, sizes and fingerprints."""
        rows = [(file.name, max(1, file.size // 1024), file.sha256[:12]) for file in message.attachments.all()]
        return format_html_join("", "<div>{} ({}\u00a0Ko, SHA-256 {}…)</div>", rows) if rows else "—"

    @display(description="déroulement")
    def log(self, message: OutgoingMessage) -> SafeString:
        """Step by step, the oldest first."""
        rows = [
            (
                f"{localtime(event.happened_at):%d/%m/%Y %H:%M:%S}",
                event.get_kind_display(),
                event.author or "",
                event.detail,
            )
            for event in message.events.select_related("author")
        ]
        return format_html_join("", "<div>{} · {} {} {}</div>", rows)

    @display(description="renvoi de")
    def former(self, message: OutgoingMessage) -> SafeString | str:
        """The message of which this one is a copy."""
        if message.resent_of_id is None:
            return "—"
        url = reverse("admin:core_outgoingmessage_change", args=[message.resent_of_id])
        return format_html('<a class="bo-link" href="{}">Message n° {}</a>', url, message.resent_of_id)

    @action(description="Renvoyer", url_path="renvoyer", permissions=["view"], icon="forward_to_inbox")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same message once more."""
        require_right(request.user, Right.VIEW_MESSAGES)
        by = author_of(request)
        act = Act(
            title="Renvoyer le message",
            description="Le même texte et les mêmes pièces, aux mêmes adresses\u00a0: un nouveau message est créé.",
            submit="Renvoyer",
            done="Le message est de nouveau en attente d’envoi.",
            perform=lambda message, _typed: resend(message=message, by=by, at=timezone.now()),
        )
        return act_page(self, request, object_id, act)

    @action(description="Annuler", url_path="annuler", permissions=["view"], icon="cancel_schedule_send")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep it from leaving."""
        require_right(request.user, Right.VIEW_MESSAGES)
        by = author_of(request)
        act = Act(
            title="Annuler l’envoi",
            description="Le message ne partira pas. Il reste dans la liste, marqué comme annulé.",
            submit="Ne pas envoyer",
            done="L’envoi est annulé.",
            perform=lambda message, _typed: cancel(message=message, by=by, at=timezone.now()),
        )
        return act_page(self, request, object_id, act)
