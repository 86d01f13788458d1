"""The transfers' pages of those who carry activities."""

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
from invoicing.transfers import rules
from invoicing.transfers.enums import TransferState
from invoicing.transfers.forms import ProposalForm
from invoicing.transfers.models import InternalTransfer
from invoicing.transfers.queries import awaiting_answer, own_transfers, transfer_list
from invoicing.transfers.services import (
    accept_transfer,
    cancel_transfer,
    propose_transfer,
    refuse_transfer,
    render_voucher,
)
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25


def _carrier(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """What waits for one's answer, then all that one's activities gave and received."""
    user = _carrier(request)
    context = {
        "section": "transfers",
        "waiting": list(awaiting_answer(user)),
        "page": Paginator(own_transfers(user), PAGE).get_page(request.GET.get("page")),
        "own": set(Activity.objects.carried_by(user.pk).values_list("pk", flat=True)),
    }
    return render(request, "invoicing/transfers/list.html", context)


def create(request: HttpRequest) -> HttpResponse:
    """Propose one."""
    user = _carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    activities = list(Activity.objects.carried_by(user.pk))
    initial = {"concerns_on": timezone.localdate()}
    form = ProposalForm(activities, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            proposed = propose_transfer(**form.values(), by=user)
        except RefusalError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(request, f"Votre proposition est envoyée à {proposed.receiver}.")
            return redirect("transfer-detail", pk=proposed.pk)
    return render(request, "invoicing/transfers/form.html", {"section": "transfers", "form": form})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One transfer, and what may be done with it."""
    user = _carrier(request)
    transfer = get_object_or_404(own_transfers(user), pk=pk)
    context = {
        "section": "transfers",
        "transfer": transfer,
        "may_answer": rules.may_answer(user, transfer),
        "may_cancel": rules.may_cancel(user, transfer),
    }
    return render(request, "invoicing/transfers/detail.html", context)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes."""
    today = timezone.localdate()
    return _act(
        request,
        pk,
        rules.may_answer,
        lambda transfer, by: accept_transfer(transfer=transfer, by=by, on=today),
        "Le transfert est accepté.",
    )


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no, with the reason."""
    reason = request.POST.get("reason", "")
    return _act(
        request,
        pk,
        rules.may_answer,
        lambda transfer, by: refuse_transfer(transfer=transfer, reason=reason, by=by),
        "Le transfert est refusé.",
    )


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's proposal back."""
    reason = request.POST.get("reason", "")
    return _act(
        request,
        pk,
        rules.may_cancel,
        lambda transfer, by: cancel_transfer(transfer=transfer, reason=reason, by=by),
        "La proposition est retirée.",
    )


@require_safe
def voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """The voucher of an accepted transfer, for whoever may see it."""
    accepted = transfer_list(signed_in_user(request)).filter(state=TransferState.ACCEPTED)
    transfer = get_object_or_404(accepted, pk=pk)
    response = HttpResponse(render_voucher(transfer=transfer), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{transfer.number}.pdf"'
    return response


def _act(
    request: HttpRequest,
    pk: int,
    may: Callable[[User, InternalTransfer], bool],
    service: Callable[[InternalTransfer, User], object],
    done: str,
) -> HttpResponse:
    user = _carrier(request)
    transfer = get_object_or_404(own_transfers(user), pk=pk)
    if not may(user, transfer):
        raise PermissionDenied
    try:
        service(transfer, user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, done)
    return redirect("transfer-detail", pk=pk)
