"""One's documents with what was paid, sent and asked for; stopping and pausing reminders."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import own_invoices
from invoicing.invoices.views import detail_context, list_context
from invoicing.reminders.enums import FollowUp, ReminderState
from invoicing.reminders.forms import PauseForm
from invoicing.reminders.models import Reminder, ReminderPause
from invoicing.reminders.queries import pauses_of, receipts_of, reminders_of, with_follow_up
from invoicing.reminders.rules import may_stop
from invoicing.reminders.services import lift_pause, pause_invoice, send_reminder, stop_reminder
from invoicing.sending.queries import sendings_of
from invoicing.sending.rules import may_send
from members.people.models import User
from members.people.queries import signed_in_user


def _carrier(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


def _acting(request: HttpRequest) -> User:
    user = _carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    return user


@require_safe
def invoices(request: HttpRequest) -> HttpResponse:
    """One's documents, with the payment of those that are issued, and by it."""
    user = _carrier(request)
    payment = request.GET.get("paiement", "")
    every = with_follow_up(own_invoices(user), on=timezone.localdate())
    kept = {}
    if payment in FollowUp.values:
        every, kept = every.filter(Q(payment=payment)), {"paiement": payment}
    context = list_context(request, every, **kept) | {"payments": FollowUp.choices, "payment": payment}
    return render(request, "invoicing/reminders/list.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it says, what was paid, sent and asked for."""
    user, today = _carrier(request), timezone.localdate()
    invoice = get_object_or_404(with_follow_up(own_invoices(user), on=today), pk=pk)
    context = detail_context(user, invoice) | {
        "receipts": receipts_of(invoice),
        "sendings": sendings_of(invoice),
        "reminders": reminders_of(invoice),
        "pauses": pauses_of(invoice, today),
        "may_send": may_send(user, invoice),
        "may_stop": may_stop(user),
        "pause_form": PauseForm(),
    }
    return render(request, "invoicing/reminders/detail.html", context)


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a reminder that was proposed."""
    user, reminder = _own_reminder(request, pk)
    now = timezone.now()

    def act() -> str:
        sent = send_reminder(reminder=reminder, on=timezone.localdate(), at=now, by=user)
        is_sent = sent.state == ReminderState.SENT
        return "La relance part par courriel." if is_sent else "Cette relance n’a plus d’objet\u00a0: elle ne part pas."

    return _act(request, act, reminder.invoice_id)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a reminder from leaving."""
    user, reminder = _own_reminder(request, pk)

    def act() -> str:
        stop_reminder(reminder=reminder, reason="Arrêtée par l’activité", on=timezone.localdate(), by=user)
        return "La relance ne partira pas."

    return _act(request, act, reminder.invoice_id)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the reminders of an invoice back."""
    user = _acting(request)
    invoice = get_object_or_404(own_invoices(user), pk=pk)
    form = PauseForm(request.POST)

    def act() -> str:
        if not form.is_valid():
            raise RefusalError("Dites pourquoi, et jusqu’à quelle date.")
        pause_invoice(invoice=invoice, **form.cleaned_data, on=timezone.localdate(), by=user)
        return "Les relances de cette facture sont en pause."

    return _act(request, act, pk)


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pause."""
    user = _acting(request)
    own = Invoice.objects.filter(pk__in=own_invoices(user).values("pk"))
    customers = Customer.objects.filter(activity__in=own.values("activity"))
    pauses = ReminderPause.objects.filter(invoice__in=own) | ReminderPause.objects.filter(customer__in=customers)
    found = get_object_or_404(pauses, pk=pk)
    asked = request.POST.get("invoice", "")
    invoice = own.filter(pk=int(asked)).first() if asked.isdecimal() else None

    def act() -> str:
        lift_pause(pause=found, on=timezone.localdate(), by=user)
        return "Les relances reprennent."

    return _act(request, act, invoice.pk if invoice else found.invoice_id)


def _own_reminder(request: HttpRequest, pk: int) -> tuple[User, Reminder]:
    user = _acting(request)
    return user, get_object_or_404(Reminder.objects.filter(invoice__in=own_invoices(user)), pk=pk)


def _act(request: HttpRequest, act: Callable[[], str], invoice: int | None) -> HttpResponse:
    """One service call, then the document's page with what came of it."""
    try:
        messages.success(request, act())
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    return redirect("invoice-detail", pk=invoice) if invoice else redirect("invoice-list")
