"""What someone's calendar holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from cae_backoffice.core.periods import add_months
from members.accompaniment.models import Workshop
from members.assemblies.models import Assembly
from members.associates.queries import members_overview
from members.calendars.models import CalendarLink
from members.calendars.rules import Appointment
from members.contracts.models import Contract
from members.people.models import Person, User

MONTHS_BACK, MONTHS_AHEAD = 3, 18


def appointments_of(user: User, *, on: date) -> list[Appointment]:
    """From three months back to eighteen ahead: deadlines and ends of contracts of the people whom the account may see,
    assemblies and workshops. Four queries, whatever the number of people.
    """
    period = (add_months(on, -MONTHS_BACK), add_months(on, MONTHS_AHEAD))
    found = [*_deadlines(user, on, period), *_ends(user, period), *_assemblies(period), *_workshops(period)]
    return sorted(found, key=lambda each: (each.on, each.key))


def live_calendar_link(user: User) -> CalendarLink | None:
    """The link that is not revoked; it may have expired."""
    return CalendarLink.objects.filter(owner=user, revoked_at=None).first()


def _deadlines(user: User, on: date, period: tuple[date, date]) -> Iterator[Appointment]:
    visible = Person.objects.visible_to(user).order_by().values("pk")
    for member in members_overview(on=on).filter(pk__in=visible, deadline_on__range=period):
        if member.deadline_on:
            title = f"Sociétariat\u00a0: échéance de {member.first_name} {member.last_name}"
            yield Appointment(
                f"echeance-{member.pk}",
                title,
                member.deadline_on,
                description="Trois ans de contrat (C. trav. L7331-3).",
            )


def _ends(user: User, period: tuple[date, date]) -> Iterator[Appointment]:
    for contract in Contract.objects.visible_to(user).filter(ends_on__range=period).select_related("person"):
        if contract.ends_on:
            title = f"Fin du {contract.get_kind_display()} de {contract.person}"
            yield Appointment(f"contrat-{contract.pk}", title, contract.ends_on)


def _assemblies(period: tuple[date, date]) -> Iterator[Appointment]:
    for assembly in Assembly.objects.filter(held_on__range=period):
        begins_at = timezone.make_aware(datetime.combine(assembly.held_on, assembly.starts_at))
        yield Appointment(
            f"assemblee-{assembly.pk}", assembly.get_kind_display(), assembly.held_on, begins_at, assembly.place
        )


def _workshops(period: tuple[date, date]) -> Iterator[Appointment]:
    for workshop in Workshop.objects.filter(held_on__range=period):
        begins_at = timezone.make_aware(datetime.combine(workshop.held_on, workshop.starts_at))
        title = f"Atelier\u00a0: {workshop.title}"
        yield Appointment(f"atelier-{workshop.pk}", title, workshop.held_on, begins_at, workshop.place)
