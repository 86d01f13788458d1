"""Background jobs of recurring invoices."""

from django.utils import timezone
from procrastinate.contrib.django import app

from invoicing.recurring.services import prepare_due


@app.periodic(cron="15 4 * * *")
@app.task(name="invoicing.prepare_recurring_invoices", queueing_lock="invoicing.prepare_recurring_invoices")
def prepare_recurring_invoices(_timestamp: int) -> None:
    """Prepare the drafts that are due, every morning; a morning missed is made up by the next one."""
    prepare_due(on=timezone.localdate())
