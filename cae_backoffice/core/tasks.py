"""Background jobs of outgoing messages."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cae_backoffice.core.mail import SEND_TASK, deliver, overdue_messages


@app.task(name=SEND_TASK)
def send_message(message_id: int) -> None:
    """Hand a message over to the mail server; it defers its own next attempt."""
    deliver(message_id=message_id, at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="core.send_overdue_messages", queueing_lock="core.send_overdue_messages")
def send_overdue_messages(_timestamp: int) -> None:
    """Take over the messages whose job was lost or whose worker was killed."""
    for message_id in overdue_messages(at=timezone.now()):
        deliver(message_id=message_id, at=timezone.now())
