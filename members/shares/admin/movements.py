"""The register of movements: a list that only grows, the acts that add to it, and what is printed of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from cae_backoffice.core.acts import Act, list_act_page
from cae_backoffice.core.admin import SpreadsheetExports
from cae_backoffice.core.spreadsheets import Cell
from cae_backoffice.core.templatetags.french import euros
from members.people.admin import MembershipAdmin
from members.people.queries import signed_in_user
from members.shares.admin.pages import certificate_page, register_page, slip_page
from members.shares.enums import MovementKind
from members.shares.forms import ConvertForm, MovementForm, PayForm, SubscribeForm, TransferForm, WithdrawForm
from members.shares.models import ShareMovement
from members.shares.services import (
    cancel_shares,
    convert_into_shares,
    pay_shares,
    refund_shares,
    subscribe,
    transfer_shares,
)

KIND_COLOURS = {
    MovementKind.SUBSCRIPTION: "success",
    MovementKind.PAYMENT: "info",
    MovementKind.TRANSFER: "primary",
    MovementKind.REFUND: "warning",
    MovementKind.CANCELLATION: "danger",
    MovementKind.CONVERSION: "success",
}


@admin.register(ShareMovement)
class ShareMovementAdmin(SpreadsheetExports, MembershipAdmin):
    """The movements, the latest first; a line never changes, another one corrects it."""

    change_right = None
    export_title = "Mouvements de parts"
    export_headings = [
        "N°", "Date", "Inscrit le", "Nom", "Prénom", "Mouvement", "Origine", "Catégorie", "Parts", "Valeur", "Libéré",
        "Moyen", "Décision",
    ]  # fmt: skip
    list_display: ClassVar = [
        "number",
        "effective_on",
        "person",
        "kind_label",
        "share_class",
        "quantity_text",
        "amount_text",
        "paid_text",
        "decision",
    ]
    list_display_links: ClassVar = ["number"]
    list_filter: ClassVar = [
        ("kind", ChoicesDropdownFilter),
        ("share_class", RelatedDropdownFilter),
        ("effective_on", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related: ClassVar = ["person", "share_class"]
    search_fields: ClassVar = ["person__search"]
    search_help_text = "Nom du titulaire"
    ordering: ClassVar = ["-number"]
    fieldsets: ClassVar = [
        (
            None,
            {
                "fields": [
                    ("number", "kind"),
                    ("effective_on", "recorded_on"),
                    ("person", "share_class"),
                    "quantity_text",
                    ("amount_text", "paid_text"),
                    ("origin", "means"),
                    "transfer_of",
                    "decision",
                ]
            },
        )
    ]
    readonly_fields: ClassVar = ["quantity_text", "amount_text", "paid_text"]
    actions_list: ClassVar = [
        "register",
        {
            "title": "Inscrire un mouvement",
            "icon": "edit_note",
            "items": ["subscribe", "pay", "transfer", "refund", "cancel", "convert"],
        },
        "export_csv",
        "export_xlsx",
    ]
    actions_detail: ClassVar = ["slip"]

    def get_urls(self) -> list[URLPattern]:
        """The certificate of a person stands beside the list."""
        certificate = path(
            "attestation/<int:person_id>/",
            self.admin_site.admin_view(self.certificate),
            name="members_sharemovement_certificate",
        )
        return [certificate, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the names shown."""
        return super().get_queryset(request).select_related("person", "share_class")

    @display(description="mouvement", ordering="kind", label=KIND_COLOURS)
    def kind_label(self, movement: ShareMovement) -> tuple[str, str]:
        """Its name, coloured."""
        return movement.kind, movement.get_kind_display()

    @display(description="parts", ordering="quantity")
    def quantity_text(self, movement: ShareMovement) -> str:
        """« +5 », « −2 »; nothing for a payment."""
        return f"{movement.quantity:+d}".replace("-", "\u2212") if movement.quantity else "—"

    @display(description="valeur", ordering="amount")
    def amount_text(self, movement: ShareMovement) -> str:
        """In euros."""
        return euros(movement.amount) if movement.quantity else "—"

    @display(description="libéré", ordering="paid")
    def paid_text(self, movement: ShareMovement) -> str:
        """In euros."""
        return euros(movement.paid)

    def export_row(self, record: Any) -> Sequence[Cell]:  # noqa: ANN401  a movement
        """The line of the register."""
        return (
            record.number,
            record.effective_on,
            record.recorded_on,
            record.person.last_name,
            record.person.first_name,
            record.get_kind_display(),
            record.get_origin_display(),
            record.share_class.code,
            record.quantity,
            record.amount,
            record.paid,
            record.get_means_display(),
            record.decision,
        )

    @action(description="Registre à une date", url_path="registre", icon="menu_book", permissions=["view"])
    def register(self, request: HttpRequest) -> HttpResponse:
        """Associates and holders of a day, the capital and its floor."""
        return register_page(self, request)

    @action(description="Attestation de parts", url_path="attestation", permissions=["view"])
    def certificate(self, request: HttpRequest, person_id: int) -> HttpResponse:
        """What a person holds on a day, to be printed and signed."""
        return certificate_page(self, request, person_id)

    @action(description="Bordereau", url_path="bordereau", icon="print", permissions=["view"])
    def slip(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The movement, to be printed and signed."""
        return slip_page(self, request, object_id)

    @action(description="Souscription", url_path="souscription", permissions=["manage"])
    def subscribe(self, request: HttpRequest) -> HttpResponse:
        """Shares that people take."""
        return self._record(request, "Souscription", SubscribeForm, subscribe)

    @action(description="Libération", url_path="liberation", permissions=["manage"])
    def pay(self, request: HttpRequest) -> HttpResponse:
        """An instalment."""
        return self._record(request, "Libération", PayForm, pay_shares)

    @action(description="Cession", url_path="cession", permissions=["manage"])
    def transfer(self, request: HttpRequest) -> HttpResponse:
        """From one associate to another."""
        return self._record(request, "Cession", TransferForm, transfer_shares)

    @action(description="Remboursement", url_path="remboursement", permissions=["manage"])
    def refund(self, request: HttpRequest) -> HttpResponse:
        """Shares given back."""
        return self._record(request, "Remboursement", WithdrawForm, refund_shares)

    @action(description="Annulation", url_path="annulation", permissions=["manage"])
    def cancel(self, request: HttpRequest) -> HttpResponse:
        """Shares that leave the capital without a refund."""
        return self._record(request, "Annulation", WithdrawForm, cancel_shares)

    @action(description="Conversion", url_path="conversion", permissions=["manage"])
    def convert(self, request: HttpRequest) -> HttpResponse:
        """Ristourne or part travail that becomes shares."""
        return self._record(request, "Conversion", ConvertForm, convert_into_shares)

    def _record(
        self,
        request: HttpRequest,
        title: str,
        form_class: type[MovementForm],
        service: Callable[..., object],
    ) -> HttpResponse:
        act = Act(
            title=f"{title} de parts",
            description="Une ligne inscrite au registre ne change plus\u00a0; le registre suit l’ordre des dates.",
            submit="Inscrire au registre",
            done="Le mouvement est inscrit au registre.",
            form_class=form_class,
            perform=lambda _, typed: service(today=timezone.localdate(), by=signed_in_user(request), **typed),
        )
        return list_act_page(self, request, act)
