"""Holding reminders back, of an invoice or of a customer."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.reminders.models import ReminderPause
from invoicing.reminders.rules import may_stop
from members.people.models import User


def pause_invoice(*, invoice: Invoice, reason: str, until: date, on: date, by: User) -> ReminderPause:
    """No reminder of this invoice up to a day included."""
    return _pause(ReminderPause(invoice=invoice, reason=reason, starts_on=on, until=until, created_by=by), by)


def pause_customer(*, customer: Customer, reason: str, until: date, on: date, by: User) -> ReminderPause:
    """No reminder of any invoice of this customer up to a day included."""
    return _pause(ReminderPause(customer=customer, reason=reason, starts_on=on, until=until, created_by=by), by)


@transaction.atomic
def lift_pause(*, pause: ReminderPause, on: date, by: User) -> ReminderPause:
    """End a pause before its day."""
    if not may_stop(by):
        raise RefusalError("Vous ne pouvez pas lever cette pause.")
    pause = ReminderPause.objects.select_for_update(of=("self",)).get(pk=pause.pk)
    if pause.lifted_on:
        raise RefusalError("Cette pause est déjà levée.")
    pause.lifted_on = on
    pause.save(update_fields=["lifted_on"])
    audit.record(by=by, action="reminderpause.lifted", subject=pause)
    return pause


def _pause(pause: ReminderPause, by: User) -> ReminderPause:
    if not may_stop(by):
        raise RefusalError("Vous ne pouvez pas mettre les relances en pause.")
    return save_record(instance=pause, by=by)
