"""The orders' pages of those who carry activities: what remains, and the next invoice."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import add_months
from invoicing.billing.forms import DepositForm, FinalForm, ProgressForm, ReasonForm
from invoicing.billing.queries import (
    documents_of,
    in_state,
    own_orders_with_progress,
    quotes_to_order,
    selection_totals,
)
from invoicing.billing.services import draft_deposit, draft_final, draft_progress, give_up_remainder
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries.orders import order_position
from invoicing.orders.enums import OrderState, StepKind
from invoicing.orders.models import Order
from invoicing.orders.queries import matching_orders
from invoicing.orders.rules import may_order_for
from invoicing.orders.services import order_of_quote
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25


def _carrier(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


def _own(request: HttpRequest, pk: int) -> tuple[User, Order]:
    """The person and an order of theirs that they may invoice."""
    user = _carrier(request)
    order = get_object_or_404(own_orders_with_progress(user), pk=pk)
    if not may_order_for(user, order.activity):
        raise PermissionDenied
    return user, order


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """One's orders by state and words, with what remains to invoice; accepted quotes that are none yet."""
    user = _carrier(request)
    state, words = (request.GET.get(name, "").strip() for name in ("etat", "q"))
    narrowed = matching_orders(own_orders_with_progress(user), words)
    found = in_state(narrowed, state)
    words_query = urlencode({"q": words}) + "&" if words else ""
    context = {
        "section": "orders",
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "totals": selection_totals(found),
        "states": OrderState.choices,
        "state": state,
        "words": words,
        "state_query": words_query,
        "query": words_query + (f"etat={state}&" if state in OrderState.values else ""),
        "quotes": quotes_to_order(user)[:10],
    }
    return render(request, "invoicing/billing/list.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: its lines with what remains of each, its schedule, its invoices, and the next one."""
    _, order = _own(request, pk)
    return _detail_page(request, order, DepositForm(initial=_planned_deposit(order)), ReasonForm())


def _detail_page(request: HttpRequest, order: Order, deposit: forms.Form, reason: forms.Form) -> HttpResponse:
    context = {
        "section": "orders",
        "order": order,
        "position": order_position(order),
        "steps": order.steps.order_by("position"),
        "amendments": order.amendments.order_by("rank"),
        "documents": documents_of(order),
        "deposit_form": deposit,
        "final_form": _final_form(order),
        "reason_form": reason,
    }
    return render(request, "invoicing/billing/detail.html", context)


@require_POST
def convert(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an accepted quote an order."""
    user = _carrier(request)
    quote = get_object_or_404(quotes_to_order(user), pk=pk)
    try:
        order = order_of_quote(quote=quote, on=timezone.localdate(), by=user)
    except RefusalError as refusal:
        _say(request, refusal)
        return redirect("order-list")
    messages.success(request, f"{order}\u00a0: facturez-la par acompte, situations et solde.")
    return redirect("order-detail", pk=order.pk)


@require_POST
def ask_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the deposit invoice."""
    user, order = _own(request, pk)
    form = DepositForm(request.POST)
    if form.is_valid():
        drafted = _drafted(form, lambda: draft_deposit(order=order, by=user, **form.cleaned_data))
        if drafted:
            return _to_draft(request, drafted)
    return _detail_page(request, order, form, ReasonForm())


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far the work is, see what it invoices, and prepare the progress invoice."""
    user, order = _own(request, pk)
    position = order_position(order)
    if request.method != "POST":
        form = ProgressForm(position=position, initial={"retention_due_on": _in_a_year()})
        return _progress_page(request, order, form)
    form = ProgressForm(request.POST, position=position)
    is_right = form.is_valid()
    if is_right and request.POST.get("action") != "preview":
        drafted = _drafted(
            form,
            lambda: draft_progress(order=order, advance=form.advance(), retention_due_on=form.release_on, by=user),
        )
        if drafted:
            return _to_draft(request, drafted)
    return _progress_page(request, order, form)


def _progress_page(request: HttpRequest, order: Order, form: ProgressForm) -> HttpResponse:
    context = {
        "section": "orders",
        "order": order,
        "position": form.position,
        "form": form,
        "chapters": list(form.chapter_rows()),
        "totals": form.totals(),
        "problems": form.problems(),
    }
    return render(request, "invoicing/billing/progress.html", context)


@require_POST
def ask_final(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the final invoice."""
    user, order = _own(request, pk)
    form = FinalForm(request.POST)
    if not form.is_valid():
        messages.error(request, "La date de libération de la retenue n’est pas une date.")
        return redirect("order-detail", pk=pk)
    due_on = form.cleaned_data["retention_due_on"]
    drafted = _drafted(form, lambda: draft_final(order=order, retention_due_on=due_on, by=user))
    if drafted:
        return _to_draft(request, drafted)
    for reason in form.non_field_errors():
        messages.error(request, str(reason))
    return redirect("order-detail", pk=pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up what remains, with the reason."""
    user, order = _own(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            give_up_remainder(order=order, on=timezone.localdate(), by=user, **form.cleaned_data)
        except RefusalError as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, "Le reste de la commande est annulé.")
            return redirect("order-detail", pk=pk)
    return _detail_page(request, order, DepositForm(initial=_planned_deposit(order)), form)


def _drafted(form: forms.Form, service: Callable[[], Invoice]) -> Invoice | None:
    """The draft, or None with the service's reasons on the form."""
    try:
        return service()
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
    return None


def _to_draft(request: HttpRequest, draft: Invoice) -> HttpResponse:
    messages.success(request, "Votre brouillon est prêt\u00a0: relisez-le, puis soumettez-le.")
    return redirect("invoice-detail", pk=draft.pk)


def _say(request: HttpRequest, refusal: RefusalError) -> None:
    for reason in refusal.reasons:
        messages.error(request, reason)


def _planned_deposit(order: Order) -> dict[str, Any]:
    """The first deposit of the schedule."""
    step = order.steps.filter(kind=StepKind.DEPOSIT).order_by("position").first()
    return {"percent": step.percent, "amount": step.amount} if step else {}


def _final_form(order: Order) -> forms.Form | None:
    return FinalForm(initial={"retention_due_on": _in_a_year()}) if order.retention_percent else None


def _in_a_year() -> date:
    return add_months(timezone.localdate(), 13)
