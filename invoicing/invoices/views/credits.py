"""Asking for a credit note of one's own invoice, or beginning the one that replaces it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.forms.credits import CreditForm, ReasonForm
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import own_invoices
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import may_request_credit
from invoicing.invoices.rules.credits import Credited
from invoicing.invoices.services import draft_corrective, request_credit_note
from invoicing.invoices.services.credit_document import preview
from members.people.models import User
from members.people.queries import signed_in_user


def _asked(request: HttpRequest, pk: int) -> tuple[User, Invoice]:
    """The person signed in, and the issued invoice of theirs that something is asked about."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    invoice = get_object_or_404(own_invoices(user), pk=pk)
    if not may_request_credit(user, invoice):
        raise PermissionDenied
    return user, invoice


def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """What should be given back, seen in figures before it is sent to the cooperative."""
    user, invoice = _asked(request, pk)
    form = CreditForm(creditable(invoice), request.POST if request.method == "POST" else None)
    shown: Credited | None = None
    if request.method == "POST" and form.is_valid():
        try:
            shown = preview(invoice, form.content())
            if request.POST.get("action") == "send":
                typed = {"reason": form.cleaned_data["reason"], "content": form.content()}
                note = request_credit_note(invoice=invoice, by=user, on=timezone.localdate(), **typed)
                messages.success(request, "Votre demande d’avoir est envoyée\u00a0: la coopérative va la relire.")
                return redirect("invoice-detail", pk=note.pk)
        except RefusalError as refusal:
            form.add_error(None, list(refusal.reasons))
    context = {"section": "invoices", "invoice": invoice, "form": form, "preview": shown}
    return render(request, "invoicing/invoices/credit.html", context)


def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Why the invoice is replaced; then the draft that will replace it."""
    user, invoice = _asked(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft_corrective(invoice=invoice, reason=form.cleaned_data["reason"], by=user)
        except RefusalError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            return redirect("invoice-edit", pk=draft.pk)
    context = {"section": "invoices", "invoice": invoice, "form": form}
    return render(request, "invoicing/invoices/replace.html", context)
