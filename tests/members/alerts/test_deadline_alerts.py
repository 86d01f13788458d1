"""Who is told of a three-year deadline, when, and only once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.models import AuditEvent, OutgoingMessage
from members.alerts.enums import AlertMoment
from members.alerts.models import DeadlineAlert
from members.alerts.queries import alerts_to_raise
from members.alerts.rules import moment_of
from members.alerts.services import raise_deadline_alerts
from members.alerts.tasks import raise_alerts
from members.contracts.enums import ContractKind
from members.people.models import Person, User
from members.people.services import automaton
from tests.members.factories import make_admission, make_contract, make_cooperative, make_person, make_user

DEADLINE = date(2028, 3, 1)
SIGNED = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("on", "moment"),
    [
        (date(2027, 2, 28), None),
        (date(2027, 3, 1), AlertMoment.MONTHS_12),
        (date(2027, 8, 31), AlertMoment.MONTHS_12),
        (date(2027, 9, 1), AlertMoment.MONTHS_6),
        (date(2027, 11, 30), AlertMoment.MONTHS_6),
        (date(2027, 12, 1), AlertMoment.MONTHS_3),
        (DEADLINE, AlertMoment.MONTHS_3),
        (date(2028, 3, 2), AlertMoment.OVERDUE),
    ],
)
def test_the_moment_of_a_day(on: date, moment: AlertMoment | None) -> None:
    """To the day."""
    assert moment_of(DEADLINE, on=on) == moment


@given(deadline=st.dates(date(2020, 1, 1), date(2035, 12, 31)), days=st.integers(0, 900))
def test_moments_only_go_forward(deadline: date, days: int) -> None:
    """A later day never calls for an earlier moment."""
    order = [None, *AlertMoment]
    before, after = (moment_of(deadline, on=deadline - timedelta(days=days - shift)) for shift in (0, 1))
    assert order.index(after) >= order.index(before)


def raised(on: date) -> int:
    """The alerts of a morning."""
    return raise_deadline_alerts(
        on=on, at=datetime(on.year, on.month, on.day, 6, tzinfo=ZoneInfo("Europe/Paris")), by=automaton()
    )


@pytest.fixture
def adviser(db: None) -> User:
    """Who follows Alix."""
    return make_user(Role.ADVISER, email="adviser@example.org")


@pytest.fixture
def alix(adviser: User) -> Person:
    """Must be admitted by 1 March 2028; the secretariat manages members."""
    make_cooperative()
    person = make_person("Alix", "Hue", adviser=adviser, email="alix@example.org")
    make_contract(person, ContractKind.CESA, SIGNED)
    return person


def letters() -> dict[str, str]:
    """The address and the title of every message."""
    return dict(OutgoingMessage.objects.values_list("recipients__0", "title"))


def test_member_adviser_and_manager_are_told_once(alix: Person) -> None:
    """One message each, on the record and in the trail; nothing the second time."""
    assert raised(date(2027, 3, 1)) == 1
    assert letters() == {
        "alix@example.org": "Votre entrée au sociétariat\u00a0: échéance du 01/03/2028",
        "adviser@example.org": "Sociétariat\u00a0: 1 échéance à préparer",
        "secretariat@example.org": "Sociétariat\u00a0: 1 échéance à préparer",
    }
    told = OutgoingMessage.objects.get(recipients__0="alix@example.org")
    assert told.reply_to == "adviser@example.org"
    assert "au plus tard le 01/03/2028" in told.body
    alert = DeadlineAlert.objects.get()
    assert (alert.person, alert.moment, alert.raised_on) == (alix, AlertMoment.MONTHS_12, date(2027, 3, 1))
    assert AuditEvent.objects.get(action="deadlinealert.raised").author == automaton()
    assert (raised(date(2027, 3, 1)), raised(date(2027, 3, 2)), OutgoingMessage.objects.count()) == (0, 0, 3)


def test_each_moment_until_the_admission(alix: Person) -> None:
    """Six months, three months, overdue; nothing more once she is an associate."""
    assert [raised(on) for on in (date(2027, 9, 1), date(2027, 12, 1), date(2028, 3, 2))] == [1, 1, 1]
    make_admission(alix, date(2028, 3, 10))
    assert raised(date(2028, 4, 1)) == 0
    assert set(DeadlineAlert.objects.values_list("moment", flat=True)) == {"MONTHS_6", "MONTHS_3", "OVERDUE"}


def test_one_message_a_day_for_who_follows_several(alix: Person, adviser: User) -> None:
    """The nearest first; a member without an address is among them and gets no message."""
    other = make_person("Bao", "Le", adviser=adviser)
    make_contract(other, ContractKind.CESA, date(2024, 9, 1))
    assert raised(date(2027, 3, 1)) == 2
    message = OutgoingMessage.objects.get(recipients__0="adviser@example.org")
    assert message.title == "Sociétariat\u00a0: 2 échéances à préparer"
    lines = [line for line in message.body.splitlines() if line.startswith("- ")]
    assert [line.split("\u00a0:")[0] for line in lines] == ["- Bao Le", "- Alix Hue"]
    assert OutgoingMessage.objects.count() == 3


def test_two_queries_whatever_the_number(alix: Person, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """What is to be given is found by sets."""
    with django_assert_num_queries(2):
        assert len(alerts_to_raise(date(2027, 3, 1))) == 1
    for name in ("Bao", "Cleo"):
        make_contract(make_person(name, "Le"), ContractKind.CESA, SIGNED)
    with django_assert_num_queries(2):
        assert len(alerts_to_raise(date(2027, 3, 1))) == 3


def test_an_alert_never_changes(alix: Person) -> None:
    """Not even in SQL."""
    raised(date(2027, 3, 1))
    for statement in ("UPDATE members_deadlinealert SET raised_on = '2027-01-01'", "DELETE FROM members_deadlinealert"):
        with pytest.raises(Exception, match="never change"), connection.cursor() as cursor:  # noqa: PT012
            cursor.execute("SAVEPOINT before")
            try:
                cursor.execute(statement)
            finally:
                cursor.execute("ROLLBACK TO before")


def test_the_list_and_the_letter(alix: Person, client: Client) -> None:
    """A manager finds the alert and prints what the member is told."""
    raised(date(2028, 3, 2))
    client.force_login(User.objects.get(email="secretariat@example.org"))
    page = client.get("/gestion/members/deadlinealert/?moment__exact=OVERDUE").content.decode()
    assert ("Alix Hue" in page, "Échéance passée" in page) == (True, True)
    letter = client.get(f"/gestion/members/deadlinealert/{DeadlineAlert.objects.get().pk}/lettre/").content.decode()
    assert "Vous deviez devenir associé" in letter
    assert "01/03/2028" in letter


def test_the_morning_job_runs(alix: Person) -> None:
    """As the worker calls it: today's alerts in the name of the automaton."""
    person = make_person("Dana", "Roux", email="dana@example.org")
    make_contract(person, ContractKind.CESA, date(2020, 1, 1))
    raise_alerts(0)
    assert DeadlineAlert.objects.get(person=person).moment == AlertMoment.OVERDUE
    assert OutgoingMessage.objects.get(recipients__0="dana@example.org").author == automaton()
    assert not automaton().is_active
    assert not automaton().has_usable_password()
