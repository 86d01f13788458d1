"""The invoices that a receipt pays, in its page: proposed for a new one, read afterwards."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from cae_backoffice.core.access import Right
from cae_backoffice.core.admin import BackofficeTabularInline
from cae_backoffice.core.forms import read_decimal
from cae_backoffice.core.money import ZERO
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.payments.forms import AllocationForm
from invoicing.payments.models import Allocation
from invoicing.payments.queries import outstanding_invoices
from invoicing.payments.rules import oldest_first

MOST_ROWS = 100
"""Invoices of one customer that the page proposes."""


class AllocationInline(BackofficeTabularInline):
    """One row per invoice that the customer owes, while it is recorded; what it paid, afterwards."""

    model = Allocation
    form = AllocationForm
    change_right = Right.KEEP_BOOKS
    fields: ClassVar = ["invoice", "amount"]
    hide_title = True
    verbose_name = "facture payée"
    verbose_name_plural = "factures payées"

    def get_extra(self, request: HttpRequest, obj: models.Model | None = None, **kwargs: Any) -> int:  # noqa: ANN401, ARG002
        """As many rows as the customer chosen has open invoices."""
        return 0 if obj else len(_owed(request)[:MOST_ROWS])

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:  # noqa: ARG002
        """With its day once written."""
        return [*self.fields, "allocated_on"] if obj else self.fields

    def get_formset(self, request: HttpRequest, obj: models.Model | None = None, **kwargs: Any) -> Any:  # noqa: ANN401
        """Only what the customer owes may be chosen; without customer, nothing is."""
        formset = super().get_formset(request, obj, **kwargs)
        if obj is None:
            formset.form.base_fields["invoice"].queryset = _owed(request)
        return formset

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """What is written never changes."""
        return obj is None and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """In the order of writing, with their documents."""
        return super().get_queryset(request).select_related("invoice").order_by("pk")  # type: ignore[no-any-return]


def proposed_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Each open invoice of the customer that the address names, with what the amount pays of it, the oldest first."""
    invoices: list[Any] = list(_owed(request)[:MOST_ROWS])
    paid = oldest_first([invoice.remaining for invoice in invoices], _typed_amount(request))
    return [{"invoice": invoice.pk, "amount": amount or None} for invoice, amount in zip(invoices, paid, strict=True)]


def _typed_amount(request: HttpRequest) -> Decimal:
    try:
        amount = Decimal(read_decimal(request.GET.get("amount", "")))
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() and amount > 0 else ZERO


def _owed(request: HttpRequest) -> models.QuerySet[Invoice]:
    """What the customer chosen on the page owes, under any of the activities it buys from; read once per request."""
    found: models.QuerySet[Invoice] | None = getattr(request, "owed_invoices", None)
    if found is None:
        chosen = (request.POST or request.GET).get("customer", "")
        customer = Customer.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
        found = outstanding_invoices(request.user, on=timezone.localdate())
        if customer is None:
            found = found.none()
        elif customer.siren:
            found = found.filter(customer__siren=customer.siren)
        else:
            found = found.filter(customer=customer)
        request.owed_invoices = found  # type: ignore[attr-defined]
    return found
