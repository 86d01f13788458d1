"""The exchange with the platform, every five minutes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from invoicing.einvoicing.services import receive_invoices, receive_statuses, send_waiting
from members.people.services import automaton


@app.periodic(cron="*/5 * * * *")
@app.task(name="invoicing.exchange_with_platform", queueing_lock="invoicing.exchange_with_platform")
def exchange_with_platform(_timestamp: int) -> None:
    """Hand over what waits, then read what came in; a file that fails is tried again later, alone."""
    send_waiting(at=timezone.now(), on=timezone.localdate(), by=automaton())
    receive_statuses()
    receive_invoices()
