"""Recurring invoices' pages of those who carry activities."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.queries import own_invoices
from invoicing.invoices.rules import DraftLine
from invoicing.recurring.forms import RecurringForm, initial_of
from invoicing.recurring.models import Occurrence
from invoicing.recurring.queries import next_days, occurrences_of, own_recurring
from invoicing.recurring.rules import may_manage
from invoicing.recurring.services import (
    change_recurring,
    draft_lines,
    make_recurring,
    pause_recurring,
    prepare_again,
    resume_recurring,
)
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25


def _carrier(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    require_right(user, Right.DRAFT_INVOICES)
    return user


@require_safe
def recurring_invoices(request: HttpRequest) -> HttpResponse:
    """One's recurring invoices, with their next day."""
    user, today = _carrier(request), timezone.localdate()
    page = Paginator(own_recurring(user), PAGE).get_page(request.GET.get("page"))
    rows = [(recurring, next_days(recurring, on=today, count=1)) for recurring in page]
    return render(
        request, "invoicing/recurring/list.html", {"section": "invoices", "page": page, "rows": rows, "today": today}
    )


def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an invoice come back, from its own words."""
    user = _carrier(request)
    invoice = get_object_or_404(own_invoices(user), pk=pk)
    lines = [
        DraftLine(
            label=line.label,
            description=line.description,
            chapter=line.chapter,
            nature=line.nature,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            vat_code=line.vat_code,
        )
        for line in invoice.lines.filter(deducts=None).select_related("vat_code").order_by("position")
    ]
    initial = {"subject": invoice.subject, "starts_on": timezone.localdate()}
    form = RecurringForm(lines, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_recurring(invoice=invoice, content=form.content(), by=user)
        except RefusalError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, "La facture reviendra d’elle-même.")
            return redirect("recurring-detail", pk=made.pk)
    context = {"section": "invoices", "form": form, "invoice": invoice, "title": "Rendre récurrente"}
    return render(request, "invoicing/recurring/form.html", context)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it says and when."""
    user = _carrier(request)
    recurring = get_object_or_404(own_recurring(user), pk=pk)
    if not may_manage(user, recurring):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = RecurringForm(draft_lines(recurring), posted, initial=initial_of(recurring))
    if request.method == "POST" and form.is_valid():
        try:
            change_recurring(recurring=recurring, content=form.content(), by=user)
        except RefusalError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, "La facture récurrente est modifiée.")
            return redirect("recurring-detail", pk=pk)
    context = {"section": "invoices", "form": form, "recurring": recurring, "title": "Modifier"}
    return render(request, "invoicing/recurring/form.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What it says, when it falls next, and what became of each time."""
    user = _carrier(request)
    recurring = get_object_or_404(own_recurring(user), pk=pk)
    context = {
        "section": "invoices",
        "recurring": recurring,
        "lines": recurring.lines.select_related("vat_code"),
        "next_days": next_days(recurring, on=timezone.localdate()),
        "occurrences": occurrences_of(recurring),
    }
    return render(request, "invoicing/recurring/detail.html", context)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare nothing until it is resumed."""
    user = _carrier(request)
    recurring = get_object_or_404(own_recurring(user), pk=pk)
    return _act(request, pk, lambda: pause_recurring(recurring=recurring, by=user), "La facture est suspendue.")


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare again from today on."""
    user, today = _carrier(request), timezone.localdate()
    recurring = get_object_or_404(own_recurring(user), pk=pk)
    return _act(
        request, pk, lambda: resume_recurring(recurring=recurring, by=user, on=today), "La facture reprend aujourd’hui."
    )


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try what could not be prepared once more; `pk` is the time's."""
    user, today = _carrier(request), timezone.localdate()
    mine = Occurrence.objects.filter(recurring__in=own_recurring(user)).select_related("recurring")
    occurrence = get_object_or_404(mine, pk=pk)
    return _act(
        request,
        occurrence.recurring_id,
        lambda: prepare_again(occurrence=occurrence, by=user, on=today),
        "Le brouillon a été préparé de nouveau\u00a0: voyez ci-dessous ce qu’il en est.",
    )


def _act(request: HttpRequest, pk: int, service: Callable[[], object], done: str) -> HttpResponse:
    try:
        service()
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect("recurring-detail", pk=pk)
