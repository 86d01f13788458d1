"""Who is to be alerted on a day."""

from datetime import date

from members.alerts.models import DeadlineAlert
from members.alerts.rules import FIRST_MONTHS, moment_of
from members.associates.queries import deadlines_ahead


def alerts_to_raise(on: date) -> list[DeadlineAlert]:
    """The alerts that the day calls for and that were never given, unsaved, the nearest deadline first: two queries."""
    given = set(DeadlineAlert.objects.values_list("person_id", "deadline_on", "moment"))
    wanted = (
        DeadlineAlert(person=member, deadline_on=member.deadline_on, moment=moment, raised_on=on)
        for member in deadlines_ahead(on=on, months=FIRST_MONTHS)
        if member.deadline_on and (moment := moment_of(member.deadline_on, on=on))
    )
    return [alert for alert in wanted if (alert.person_id, alert.deadline_on, alert.moment) not in given]
