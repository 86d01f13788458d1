"""The reminders of every morning."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from cae_backoffice.core.errors import RefusalError
from invoicing.reminders.enums import ReminderMode
from invoicing.reminders.queries import plan_on
from invoicing.reminders.services import cancel_settled, propose_reminders, send_reminder
from members.people.services import automaton

logger = logging.getLogger(__name__)


@app.periodic(cron="10 6 * * *")
@app.task(name="invoicing.remind_customers", queueing_lock="invoicing.remind_customers")
def remind_customers(_timestamp: int) -> None:
    """Put aside what was paid since, propose what the day calls for, and send it where the cooperative chose so."""
    on, by = timezone.localdate(), automaton()
    cancel_settled(on=on, by=by)
    proposed = propose_reminders(on=on, by=by)
    plan = plan_on(on)
    if plan is None or plan.mode != ReminderMode.SEND:
        return
    for reminder in proposed:
        try:
            send_reminder(reminder=reminder, on=on, at=timezone.now(), by=by)
        except RefusalError as refusal:
            logger.info("reminder not sent", extra={"reminder": reminder.pk, "reasons": refusal.reasons})
