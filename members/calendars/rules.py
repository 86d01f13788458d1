"""Dates as calendar programs read them (RFC 5545). Pure: values in, bytes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//CAE Backoffice//agenda//FR"
REFRESH = timedelta(hours=12)
WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Appointment:
    """Something on a day, or from an instant on; `key` stays while it is the same thing, even when it moves."""

    key: str
    title: str
    on: date
    begins_at: datetime | None = None
    place: str = ""
    description: str = ""


def to_calendar(appointments: Iterable[Appointment], *, name: str, at: datetime) -> bytes:
    """The feed as it stands at an instant."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for appointment in appointments:
        calendar.add_component(_event(appointment, at))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{appointment.key}@cae-backoffice")
    event.add("dtstamp", at)
    event.add("summary", appointment.title)
    if appointment.begins_at:
        event.add("dtstart", appointment.begins_at)
    else:
        event.add("dtstart", appointment.on)
        event.add("dtend", appointment.on + WHOLE_DAY)
        event.add("transp", "TRANSPARENT")
    if appointment.place:
        event.add("location", appointment.place)
    if appointment.description:
        event.add("description", appointment.description)
    return event
