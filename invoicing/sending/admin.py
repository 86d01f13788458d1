"""The staff's pages of what was sent: the list, and sending a document oneself."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.acts import Act, act_page, list_act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.mailing.rules import Words
from invoicing.sending.forms import StaffSendForm, addresses_of
from invoicing.sending.models import DocumentSending
from invoicing.sending.queries import proposal
from invoicing.sending.services import resend_document, revoke_link, send_document
from members.people.queries import signed_in_user

STATES = {
    MessageState.QUEUED.label: "info",
    MessageState.SENT.label: "success",
    MessageState.FAILED.label: "danger",
    MessageState.CANCELLED.label: "warning",
}


@admin.register(DocumentSending)
class DocumentSendingAdmin(BackofficeAdmin):
    """Every document that was sent: to whom, what became of it, whether its link was opened."""

    view_right = Right.VIEW_ALL_INVOICES
    list_display: ClassVar = ["invoice", "kind", "to", "state_tag", "queued_at", "openings", "author"]
    list_filter: ClassVar = [
        ("message__state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("message__queued_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["invoice", "message__author", "link"]
    search_fields: ClassVar = ["invoice__search", "invoice__customer__search"]
    search_help_text = "Numéro ou objet du document, ou client"
    fields: ClassVar = [
        ("invoice", "kind"),
        ("to", "author"),
        ("state_tag", "queued_at"),
        "error",
        ("openings", "link_state"),
        "message_link",
    ]
    actions_detail: ClassVar = ["resend", "revoke"]

    def get_urls(self) -> list[URLPattern]:
        """One more page: sending a document."""
        send = path(
            "facture/<int:pk>/envoyer/", self.admin_site.admin_view(self.send), name="invoicing_documentsending_send"
        )
        return [send, *super().get_urls()]

    @display(description="destinataires")
    def to(self, sending: DocumentSending) -> str:
        """The addresses."""
        return ", ".join(sending.message.recipients)

    @display(description="état", ordering="message__state", label=STATES)
    def state_tag(self, sending: DocumentSending) -> str:
        """Of the message."""
        return sending.message.get_state_display()

    @display(description="demandé le", ordering="message__queued_at")
    def queued_at(self, sending: DocumentSending) -> str:
        """When."""
        return f"{localtime(sending.message.queued_at):%d/%m/%Y %H:%M}"

    @display(description="par")
    def author(self, sending: DocumentSending) -> str:
        """By whom, or by the activity's choice."""
        return f"{sending.message.author} (automatique)" if sending.is_automatic else str(sending.message.author)

    @display(description="ouvertures du lien", ordering="link__uses")
    def openings(self, sending: DocumentSending) -> str:
        """How often the link was followed, and when last."""
        link = sending.link
        last = f", le {localtime(link.last_used_at):%d/%m/%Y %H:%M}" if link.last_used_at else ""
        return f"{link.uses}{last}"

    @display(description="erreur")
    def error(self, sending: DocumentSending) -> str:
        """Why it did not leave."""
        return sending.message.last_error or "—"

    @display(description="lien")
    def link_state(self, sending: DocumentSending) -> str:
        """Until when it opens."""
        link = sending.link
        if link.revoked_at:
            return f"fermé le {localtime(link.revoked_at):%d/%m/%Y}"
        return f"ouvert jusqu’au {localtime(link.expires_at):%d/%m/%Y}"

    @display(description="message")
    def message_link(self, sending: DocumentSending) -> SafeString:
        """The message itself, with its log."""
        url = reverse("admin:core_outgoingmessage_change", args=[sending.message_id])
        return format_html('<a class="bo-link" href="{}">{}</a>', url, sending.message)

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read the message over, choose who gets it, send it."""
        require_right(request.user, Right.DRAFT_INVOICES)
        issued = Invoice.objects.visible_to(request.user).filter(state=InvoiceState.ISSUED)
        invoice = get_object_or_404(issued.select_related("customer", "activity"), pk=pk)
        by = signed_in_user(request)
        try:
            offered = proposal(invoice)
        except RefusalError as refusal:
            self.message_user(request, " ".join(refusal.reasons), level="ERROR")
            return redirect("admin:invoicing_invoice_change", pk)

        def perform(_nothing: models.Model | None, typed: dict[str, Any]) -> DocumentSending:
            words = Words(subject=typed["subject"], body=typed["body"])
            return send_document(invoice=invoice, words=words, to=addresses_of(typed), by=by, at=timezone.now())

        act = Act(
            title=f"Envoyer {invoice}",
            description="Le PDF est joint. «\u00a0{lien}\u00a0» devient un lien privé de téléchargement.",
            submit="Envoyer",
            done="Le document part par courriel.",
            perform=perform,
            form_class=partial(StaffSendForm, offered),
            next_url=reverse("admin:invoicing_invoice_change", args=[pk]),
        )
        return list_act_page(self, request, act)

    @action(description="Renvoyer", url_path="renvoyer", permissions=["view"], icon="forward_to_inbox")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same message once more."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)
        act = Act(
            title="Renvoyer le document",
            description="Le même message, avec le même lien.",
            submit="Renvoyer",
            done="Le message est renvoyé.",
            perform=lambda sending, _typed: resend_document(sending=sending, by=by, at=timezone.now()),
        )
        return act_page(self, request, object_id, act)

    @action(description="Fermer le lien", url_path="fermer", permissions=["view"], icon="link_off")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the private link."""
        require_right(request.user, Right.DRAFT_INVOICES)
        by = signed_in_user(request)
        act = Act(
            title="Fermer le lien privé",
            description="Qui le suivra lira qu’il n’est plus valable.",
            submit="Fermer le lien",
            done="Le lien ne s’ouvre plus.",
            perform=lambda sending, _typed: revoke_link(link=sending.link, by=by, at=timezone.now()),
        )
        return act_page(self, request, object_id, act)
