"""The cooperative's dates in a manager's own calendar."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from members.calendars.models import CalendarLink
from members.calendars.queries import appointments_of
from members.calendars.rules import Appointment, to_calendar
from members.calendars.services import close_calendar, open_calendar
from members.contracts.enums import ContractKind
from members.people.models import User
from tests.members.factories import (
    make_assembly,
    make_contract,
    make_cooperative,
    make_person,
    make_user,
    make_workshop,
)

DAY = date(2026, 11, 25)


@pytest.fixture
def manager(db: None) -> User:
    """Who follows everyone."""
    return make_user(Role.MANAGER, email="resp@example.org")


@pytest.fixture
def adviser(db: None) -> User:
    """Who follows Alix only."""
    return make_user(Role.ADVISER, email="adviser@example.org")


@pytest.fixture
def dates(adviser: User) -> None:
    """A deadline of each of two members, the end of a CAPE, an assembly and a workshop."""
    make_contract(make_person("Alix", "Hue", adviser=adviser), ContractKind.CESA, date(2024, 3, 1))
    make_contract(make_person("Bao", "Le"), ContractKind.CAPE, date(2026, 2, 1))
    make_assembly(date(2027, 6, 19))
    make_workshop()


def titles(user: User) -> list[str]:
    """What the calendar says, in order."""
    return [each.title.replace("\u00a0", " ") for each in appointments_of(user, on=DAY)]


def test_each_sees_the_people_they_follow(dates: None, manager: User, adviser: User) -> None:
    """Assemblies and workshops are everybody's."""
    everything = titles(manager)
    expected = {"Sociétariat : échéance de Alix Hue", "Fin du CAPE de Bao Le", "Assemblée générale ordinaire"}
    assert expected | {"Atelier : Fixer ses prix"} == set(everything)
    assert [title for title in everything if title not in titles(adviser)] == ["Fin du CAPE de Bao Le"]


def test_four_queries_whatever_the_number(
    dates: None, manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """For one member and for three."""
    for name in ("", "Cleo", "Dana"):
        if name:
            make_contract(make_person(name), ContractKind.CESA, date(2024, 3, 1))
        with django_assert_num_queries(4):
            appointments_of(manager, on=DAY)


def test_a_calendar_program_reads_it() -> None:
    """Whole days for deadlines, an instant in universal time for a meeting; line breaks and semicolons hold."""
    at = datetime(2026, 11, 25, 8, tzinfo=UTC)
    feed = to_calendar(
        [
            Appointment("echeance-1", "Échéance ; Alix\nHue", date(2027, 3, 1)),
            Appointment("assemblee-2", "Assemblée", date(2027, 6, 19), datetime(2027, 6, 19, 12, tzinfo=UTC), "Angers"),
        ],
        name="Agenda",
        at=at,
    )
    deadline, meeting = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert (deadline["SUMMARY"], deadline.decoded("DTSTART"), deadline.decoded("DTEND")) == (
        "Échéance ; Alix\nHue",
        date(2027, 3, 1),
        date(2027, 3, 2),
    )
    assert (meeting.decoded("DTSTART"), meeting["LOCATION"], meeting["UID"]) == (
        datetime(2027, 6, 19, 12, tzinfo=UTC),
        "Angers",
        "assemblee-2@cae-backoffice",
    )


def test_the_link_from_the_page_to_the_feed(dates: None, manager: User, client: Client) -> None:
    """Shown once; a new one closes the former; closed, it opens no more."""
    make_cooperative()
    client.force_login(manager)
    assert "pas encore de lien" in client.get("/gestion/agenda/").content.decode()
    first = client.post("/gestion/agenda/", {"act": "open"}).context["address"]
    assert first.startswith("http://testserver/agenda/")
    assert first not in client.get("/gestion/agenda/").content.decode()
    anyone = Client()
    feed = anyone.get(first)
    assert (feed.status_code, feed["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "Alix Hue" in feed.content.decode().replace("\r\n ", "")
    second = client.post("/gestion/agenda/", {"act": "open"}).context["address"]
    assert (anyone.get(first).status_code, anyone.get(second).status_code) == (404, 200)
    client.post("/gestion/agenda/", {"act": "close"})
    assert anyone.get(second).status_code == 404
    assert CalendarLink.objects.filter(revoked_at=None).count() == 0
    actions = AuditEvent.objects.filter(action__startswith="calendarlink").values_list("action", flat=True)
    assert list(actions.order_by("pk")) == ["calendarlink.opened"] * 2 + ["calendarlink.closed"]


def test_the_link_dies_with_the_account_and_with_its_year(manager: User, client: Client) -> None:
    """Whoever leaves the team reads nothing more; so does a link that nobody renewed."""
    now = timezone.now()
    secret = open_calendar(by=manager, at=now)
    address = f"/agenda/{secret}.ics"
    assert client.get(address).status_code == 200
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert client.get(address).status_code == 404
    User.objects.filter(pk=manager.pk).update(is_active=True)
    CalendarLink.objects.update(expires_at=now - timedelta(seconds=1))
    assert client.get(address).status_code == 404


def test_a_link_read_too_often_waits(manager: User, client: Client) -> None:
    """Sixty times a minute, no more."""
    address = f"/agenda/{open_calendar(by=manager, at=timezone.now())}.ics"
    CalendarLink.objects.update(minute_began_at=timezone.now(), minute_uses=60)
    assert client.get(address).status_code == 429


def test_no_link_without_the_right_nor_to_close(manager: User) -> None:
    """Nothing is written."""
    entrepreneur = make_user(Role.ENTREPRENEUR, email="e@example.org")
    with pytest.raises(RefusalError, match="équipe de la coopérative"):
        open_calendar(by=entrepreneur, at=timezone.now())
    with pytest.raises(RefusalError, match="pas de lien"):
        close_calendar(by=manager, at=timezone.now())
    assert not CalendarLink.objects.exists()
