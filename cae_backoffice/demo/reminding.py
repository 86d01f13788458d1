"""How the demo writes to its customers: a plan of reminders, those it calls for today, documents that leave alone."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cae_backoffice.core.records import save_record
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture
from cae_backoffice.demo.people import Staff
from invoicing.reminders.enums import ReminderMode
from invoicing.reminders.models import ReminderPlan
from invoicing.reminders.queries import due_reminders
from invoicing.reminders.services import pause_invoice, propose_reminders
from invoicing.sending.services import choose_sending

SENDING_SINCE = timedelta(days=30)
PAUSED_FOR = timedelta(days=30)


def start_reminding(ventures: Sequence[Venture], staff: Staff, today: date) -> None:
    """Decide the plan, put the longest overdue invoice in pause, propose the reminders of the others.

    The documents that the demo's entrepreneur issued lately leave once the worker has made their PDFs.
    """
    accountant = staff.accountants[0]
    plan = ReminderPlan(
        valid_from=today.replace(month=1, day=1),
        mode=ReminderMode.PROPOSE,
        decision=f"Conseil d’administration du 12/01/{today.year}",
    )
    save_record(instance=plan, by=accountant)
    longest = next(due_reminders(today), None)
    if longest:
        pause_invoice(
            invoice=longest.invoice,
            reason="Échéancier accordé au client",
            until=today + PAUSED_FOR,
            on=today,
            by=accountant,
        )
    propose_reminders(on=today, by=accountant)
    since = timezone.make_aware(datetime.combine(today - SENDING_SINCE, time(8)))
    choose_sending(activity=ventures[DEMO_MEMBER].activity, is_automatic=True, by=accountant, at=since)
