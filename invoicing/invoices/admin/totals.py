"""What a document amounts to, in its page: as it is stored, and as it is being typed."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from invoicing.invoices.admin.adjustments import AdjustmentInline
from invoicing.invoices.admin.lines import LineInline
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import deductions_of, document_totals, open_deposits
from invoicing.invoices.rules import totals_with
from invoicing.pricing.rules import Totals, typed_totals


def stored_totals(invoice: Invoice | None) -> Totals:
    """Of a stored document; nothing for one that is not yet."""
    if invoice is None:
        return typed_totals([])
    return document_totals(invoice, list(invoice.lines.select_related("vat_code")))


def typed_so_far(request: HttpRequest, site: AdminSite) -> Totals:
    """Of the lines, discounts and deposits that stand on the page right now."""
    lines = LineInline(Invoice, site).get_formset(request)(data=request.POST, instance=Invoice(), prefix="lines")
    lines.is_valid()
    adjustments = []
    if "adjustments-TOTAL_FORMS" in request.POST:
        formset = AdjustmentInline(Invoice, site).get_formset(request)
        typed = formset(data=request.POST, instance=Invoice(), prefix="adjustments")
        typed.is_valid()
        adjustments = typed.typed_adjustments()
    chosen = [int(pk) for pk in request.POST.getlist("deposits") if pk.isdecimal()]
    deposits = open_deposits().filter(pk__in=chosen) if chosen else ()
    return totals_with(adjustments, [*lines.draft_lines(), *deductions_of(deposits)])
