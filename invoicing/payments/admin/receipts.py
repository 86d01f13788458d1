"""The list of receipts, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.acts import Act, act_page
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from invoicing.payments.admin.allocations import AllocationInline, proposed_rows
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.forms import (
    BounceForm,
    ReceiptForm,
    RemitForm,
    allocate_form,
    refund_form,
)
from invoicing.payments.models import Receipt
from invoicing.payments.queries import outstanding_invoices, receipt_list
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    record_receipt,
    refund_customer,
    remit_cheques,
    store_slip,
)
from members.people.queries import signed_in_user

MOST_AT_ONCE = 200
"""Cheques that one remittance takes."""

WRITTEN = ["method", "received_on", "amount", "customer", "payer", "reference", "bank_name", "cheque_number"]
STATES = {"BOUNCED": "danger", "LEFT": "warning", "REMIT": "info", "DONE": "success"}


class StandingFilter(admin.SimpleListFilter):
    """Where a receipt stands."""

    title = "situation"
    parameter_name = "situation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401, ARG002
        """What asks for something to be done."""
        return [("left", "À affecter"), ("remit", "Chèques à remettre"), ("bounced", "Impayés")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:  # noqa: ARG002
        """Only those."""
        chosen = {
            "left": Q(left__gt=0),
            "remit": Q(method=PaymentMethod.CHEQUE, remittance=None, bounce=None),
            "bounced": Q(bounce__isnull=False),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Receipt)
class ReceiptAdmin(BackofficeAdmin):
    """Money that came in. It is recorded here; the rest happens through acts, one service each."""

    view_right = Right.VIEW_BOOKS
    add_right = Right.KEEP_BOOKS
    form = ReceiptForm
    list_display: ClassVar = [
        "number",
        "received_on",
        "payer",
        "customer",
        "method",
        "amount_shown",
        "left_shown",
        "standing",
        "remittance",
    ]
    list_filter: ClassVar = [
        StandingFilter,
        ("method", ChoicesDropdownFilter),
        ("received_on", RangeDateFilter),
        ("customer", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    date_hierarchy = "received_on"
    search_fields: ClassVar = ["search"]
    search_help_text = "Numéro, payeur, référence ou n° de chèque"
    autocomplete_fields: ClassVar = ["customer"]
    inlines: ClassVar = [AllocationInline]
    actions: ClassVar = ["remit_selection"]
    actions_detail: ClassVar = ["allocate", "bounce", "refund"]
    readonly_fields: ClassVar = ["number", "amount_shown", "left_shown", "standing_text", "entry", "remittance"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """With what is left of each."""
        return receipt_list(request.user).order_by("-received_on", "-pk")

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401, ARG002
        """What is typed; above it, once recorded, what it has become."""
        written = [("method", "received_on"), ("amount", "customer"), ("payer", "reference")]
        written += [("bank_name", "cheque_number")]
        if obj is None:
            return [(None, {"fields": written})]
        written[1] = ("amount_shown", "customer")
        status = [("number", "standing_text"), ("left_shown", "remittance"), "entry"]
        return [(None, {"fields": status}), ("Reçu", {"fields": written})]

    @display(description="montant", ordering="amount")
    def amount_shown(self, receipt: Receipt) -> str:
        """In euros."""
        return format_euros(receipt.amount)

    @display(description="reste", ordering="left")
    def left_shown(self, receipt: Receipt) -> str:
        """What is left to allocate or refund."""
        return format_euros(_left(receipt))

    @display(description="situation", label=STATES)
    def standing(self, receipt: Receipt) -> tuple[str, str]:
        """What it asks for, if anything."""
        if hasattr(receipt, "bounce"):
            return "BOUNCED", f"Impayé le {receipt.bounce.bounced_on:%d/%m/%Y}"
        if _left(receipt):
            return "LEFT", "À affecter"
        if receipt.method == PaymentMethod.CHEQUE and receipt.remittance_id is None:
            return "REMIT", "À remettre"
        return "DONE", "Affecté"

    @display(description="situation")
    def standing_text(self, receipt: Receipt) -> str:
        """The same in words, for the receipt's own page."""
        words: str = self.standing(receipt)[1]
        return words

    # Recording

    class Media:
        js = ("admin/receipt.js",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Received today, unless the address says more; what it says of a customer that cannot be is let go."""
        initial = {"received_on": timezone.localdate(), **super().get_changeform_initial_data(request)}
        if not str(initial.get("customer", "")).isdecimal():
            initial.pop("customer", None)
        return initial

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:  # noqa: ANN401
        """Propose what the chosen customer owes, the oldest first, as far as the amount goes."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        return kwargs if request.method == "POST" or obj.pk else kwargs | {"initial": proposed_rows(request)}

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        """The receipt and what it pays are one act: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:  # noqa: ANN401, ARG002, FBT001
        """Hand the whole to its service."""
        rows = [row.cleaned_data for formset in formsets for row in formset.forms]
        allocations = [(row["invoice"], row["amount"]) for row in rows if row.get("amount")]
        typed = {name: form.cleaned_data[name] for name in WRITTEN}
        saved = record_receipt(**typed, allocations=allocations, by=signed_in_user(request))
        self.stands_for(saved, form.instance)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[str]:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Not used: the service writes the audit trail."""
        return []

    # Acts

    def has_keep_permission(self, request: HttpRequest, object_id: Any = None) -> bool:  # noqa: ANN401, ARG002
        """By the right to keep the books."""
        return has_right(request.user, Right.KEEP_BOOKS)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """The buttons of what may be done with this receipt now."""
        receipt = self._find(request, object_id)
        if not self.has_keep_permission(request) or hasattr(receipt, "bounce"):
            return []
        offered = {"bounce"} if receipt.method != PaymentMethod.CASH else set()
        if _left(receipt):
            offered |= {"allocate", "refund"} if receipt.customer_id else {"allocate"}
        return [self.get_unfold_action(name) for name in self.actions_detail if name in offered]

    @action(description="Affecter", url_path="affecter", icon="link", variant=ActionVariant.PRIMARY)
    def allocate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pay an invoice from what is left."""
        receipt = self._find(request, object_id)
        invoices = outstanding_invoices(request.user, on=timezone.localdate())
        if receipt.customer_id:
            invoices = invoices.filter(customer=receipt.customer_id)
        act = Act(
            title="Affecter à une facture",
            description=f"Il reste {format_euros(_left(receipt))} à affecter.",
            submit="Affecter",
            done="L’affectation est enregistrée.",
            form_class=allocate_form(invoices, _left(receipt)),
            perform=lambda found, typed: allocate_receipt(
                receipt=found,
                allocations=[(typed["invoice"], typed["amount"])],
                by=signed_in_user(request),
                on=typed["on"],
            ),
        )
        return self._act(request, object_id, act)

    @action(description="Rejeter (impayé)", url_path="rejeter", icon="money_off", variant=ActionVariant.DANGER)
    def bounce(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bank took the money back."""
        act = Act(
            title="Rejeter (impayé)",
            description="Une écriture opposée est passée\u00a0: les factures payées sont à nouveau dues, leur TVA à "
            "nouveau en attente. L’encaissement reste dans les comptes.",
            submit="Enregistrer le rejet",
            done="Le rejet est enregistré.",
            form_class=BounceForm,
            perform=lambda found, typed: bounce_receipt(receipt=found, by=signed_in_user(request), **typed),
        )
        return self._act(request, object_id, act)

    @action(description="Rembourser", url_path="rembourser", icon="undo")
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give an over-payment back."""
        left = _left(self._find(request, object_id))
        act = Act(
            title="Rembourser le trop-perçu",
            description=f"Il reste {format_euros(left)}.",
            submit="Enregistrer le remboursement",
            done="Le remboursement est enregistré.",
            form_class=refund_form(left),
            perform=lambda found, typed: refund_customer(
                customer=found.customer, receipt=found, by=signed_in_user(request), **typed
            ),
        )
        return self._act(request, object_id, act)

    def _act(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        require_right(request.user, Right.KEEP_BOOKS)
        return act_page(self, request, object_id, act)

    @action(description="Remettre en banque (bordereau)", permissions=["keep"])
    def remit_selection(self, request: HttpRequest, queryset: models.QuerySet[Receipt]) -> HttpResponse | None:
        """Ask for the date, then remit the chosen cheques together and show the slip."""
        chosen = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            messages.error(request, f"Choisissez au plus {MOST_AT_ONCE} chèques à la fois.")
            return None
        form = RemitForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            try:
                remittance = remit_cheques(receipts=chosen, on=form.cleaned_data["on"], by=signed_in_user(request))
                store_slip(remittance=remittance, by=signed_in_user(request))
            except RefusalError as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                messages.success(request, f"{remittance}\u00a0: {format_euros(remittance.total)}.")
                return redirect("admin:invoicing_chequeremittance_change", remittance.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Remettre des chèques en banque",
            "opts": self.opts,
            "media": self.media,
            "receipts": chosen,
            "total": sum((receipt.amount for receipt in chosen), Decimal(0)),
            "form": form,
        }
        return TemplateResponse(request, "admin/invoicing/receipt/remit_selection.html", context)

    def _find(self, request: HttpRequest, object_id: str | int) -> Receipt:
        """The visible receipt, read once per request; 404 otherwise."""
        found: Receipt | None = getattr(request, "receipt", None)
        if found is None or str(found.pk) != str(object_id):
            found = self.get_object(request, str(object_id))
            if found is None:
                raise Http404
            request.receipt = found  # type: ignore[attr-defined]
        return found


def _left(receipt: Receipt) -> Decimal:
    left: Decimal = receipt.left  # type: ignore[attr-defined]  # annotated by the admin's queryset
    return left
