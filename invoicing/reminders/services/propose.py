"""Proposing the reminders of a day, and putting one aside."""

from datetime import date

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.reminders.enums import ReminderState
from invoicing.reminders.models import Reminder
from invoicing.reminders.queries import due_reminders, remindable
from invoicing.reminders.rules import may_stop
from members.people.models import User

LOCK = 4242003
WITHOUT_OBJECT = "Payée, en pause ou contestée entre-temps"


@transaction.atomic
def propose_reminders(*, on: date, by: User) -> list[Reminder]:
    """Write the reminders that the plan calls for that day; run twice, it writes nothing the second time.

    Two runs wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    reminders = Reminder.objects.bulk_create(
        Reminder(invoice=due.invoice, level=due.level, proposed_on=on) for due in due_reminders(on)
    )
    for reminder in reminders:
        audit.record(by=by, action="reminder.proposed", subject=reminder)
    return reminders


@transaction.atomic
def cancel_settled(*, on: date, by: User) -> int:
    """Put aside the proposals whose invoice no longer calls for one: a payment came in between. Answers how many."""
    proposals = Reminder.objects.select_for_update(of=("self",)).filter(state=ReminderState.PROPOSED)
    settled = list(proposals.exclude(invoice__in=remindable(on).order_by().values("pk")).select_related("invoice"))
    for reminder in settled:
        put_aside(reminder, ReminderState.CANCELLED, WITHOUT_OBJECT, on=on, by=by)
    return len(settled)


@transaction.atomic
def stop_reminder(*, reminder: Reminder, reason: str, on: date, by: User) -> Reminder:
    """Keep a proposed reminder from leaving; its level is then used up."""
    if not may_stop(by):
        raise RefusalError("Vous ne pouvez pas arrêter cette relance.")
    if not reason.strip():
        raise RefusalError("Dites pourquoi vous arrêtez cette relance.")
    return put_aside(locked_proposal(reminder), ReminderState.STOPPED, reason.strip(), on=on, by=by)


def locked_proposal(reminder: Reminder) -> Reminder:
    """The reminder as it stands now, locked; refused when it is no longer proposed."""
    found = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related("invoice__customer", "invoice__activity")
        .get(pk=reminder.pk)
    )
    if found.state != ReminderState.PROPOSED:
        raise RefusalError("Cette relance n’est plus à envoyer.")
    return found


def put_aside(reminder: Reminder, state: ReminderState, reason: str, *, on: date, by: User) -> Reminder:
    """Stop or cancel a proposal that the caller has locked."""
    reminder.state, reminder.reason, reminder.decided_on, reminder.decided_by = state, reason, on, by
    reminder.save(update_fields=["state", "reason", "decided_on", "decided_by"])
    audit.record(by=by, action=f"reminder.{state.lower()}", subject=reminder, changes={"reason": reason})
    return reminder
