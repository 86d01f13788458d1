"""The alerts of every morning."""

from django.utils import timezone
from procrastinate.contrib.django import app

from members.alerts.services import raise_deadline_alerts
from members.people.services import automaton


@app.periodic(cron="30 5 * * *")
@app.task(name="members.raise_deadline_alerts", queueing_lock="members.raise_deadline_alerts")
def raise_alerts(_timestamp: int) -> None:
    """Alert members, advisers and managers about three-year deadlines; a morning missed is made up by the next one."""
    raise_deadline_alerts(on=timezone.localdate(), at=timezone.now(), by=automaton())
