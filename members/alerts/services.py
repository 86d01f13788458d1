"""Raising the alerts of a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right
from cae_backoffice.core.mail import queue_mail
from members.alerts.enums import AlertMoment
from members.alerts.models import DeadlineAlert
from members.alerts.queries import alerts_to_raise
from members.alerts.rules import Concerned, message_to_member, message_to_staff
from members.cooperative.models import Cooperative
from members.people.models import User
from members.people.queries import accounts_with

LOCK = 7331007


@transaction.atomic
def raise_deadline_alerts(*, on: date, at: datetime, by: User) -> int:
    """Give every alert that the day calls for, once: to the member, the adviser and the managers; how many.

    Who follows several members gets one message a day. A member without an address is in the staff's message, which
    points to the letter to print. Run twice on a day, it gives nothing the second time; two runs wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    alerts = DeadlineAlert.objects.bulk_create(alerts_to_raise(on))
    cooperative = Cooperative.objects.first()
    if not alerts or cooperative is None:
        return len(alerts)
    for reader, concerned in _followed(alerts).items():
        title, body = message_to_staff(concerned)
        queue_mail(to=[reader.email], subject=title, body=body, about=alerts[0], by=by, at=at)
    for alert in alerts:
        if alert.person.email:
            title, body = message_to_member(_concerned(alert), cooperative=cooperative.legal_name)
            adviser = alert.person.adviser
            answers_to = adviser.email if adviser else cooperative.email
            queue_mail(
                to=[alert.person.email], subject=title, body=body, about=alert, by=by, at=at, reply_to=answers_to
            )
    for alert in alerts:
        audit.record(by=by, action="deadlinealert.raised", subject=alert)
    return len(alerts)


def _followed(alerts: Iterable[DeadlineAlert]) -> dict[User, list[Concerned]]:
    """What each manager and each adviser is to read; managers follow everyone."""
    managers = list(accounts_with(Right.MANAGE_MEMBERS))
    found: defaultdict[User, list[Concerned]] = defaultdict(list)
    for alert in alerts:
        adviser = alert.person.adviser
        readers = {user.pk: user for user in (*managers, *([adviser] if adviser and adviser.is_active else []))}
        for reader in readers.values():
            found[reader].append(_concerned(alert))
    return found


def _concerned(alert: DeadlineAlert) -> Concerned:
    person = alert.person
    return Concerned(f"{person.first_name} {person.last_name}", alert.deadline_on, AlertMoment(alert.moment))
