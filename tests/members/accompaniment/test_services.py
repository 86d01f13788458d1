"""Interviews, their private notes, and workshops."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from members.accompaniment.models import Interview, InterviewNote, WorkshopRegistration
from members.accompaniment.queries import short_of_interviews, support_overview, workshops_overview
from members.accompaniment.services import (
    correct_interview,
    note_attendance,
    register_for_workshop,
    save_workshop,
    withdraw_from_workshop,
)
from members.contracts.enums import ContractKind
from members.people.models import Person, User
from tests.members.factories import (
    clerk,
    make_admission,
    make_contract,
    make_interview,
    make_person,
    make_user,
    make_workshop,
)

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
DAY = date(2026, 9, 10)
EVE = date(2026, 9, 9)


@pytest.fixture
def adviser() -> User:
    """Who follows Alix."""
    return make_user(Role.ADVISER)


@pytest.fixture
def alix(adviser: User) -> Person:
    """A member whom the adviser follows."""
    return make_person("Alix", adviser=adviser)


def test_private_notes_are_the_authors_and_the_managers(adviser: User, alix: Person) -> None:
    """Nobody else reads them, whatever their rights; the trail does not either."""
    interview = make_interview(alix, by=adviser, notes=" Traverse une passe difficile. ")
    readers = {role: make_user(role) for role in Role}
    other = make_user(Role.ADVISER)
    visible = {str(role): InterviewNote.objects.visible_to(user).count() for role, user in readers.items()}
    visible["author"] = InterviewNote.objects.visible_to(adviser).count()
    assert visible == {
        Role.ACCOUNTANT: 0,
        Role.MANAGER: 1,
        Role.ADVISER: 0,
        Role.ENTREPRENEUR: 0,
        Role.ADMINISTRATOR: 0,
        "author": 1,
    }
    assert InterviewNote.objects.get().text == "Traverse une passe difficile."
    assert Interview.objects.visible_to(other).count() == 0
    assert [e.action for e in history_of(interview)] == ["interview.notes_written", "interview.held"]
    assert not any("difficile" in f"{e.changes}{e.subject_label}" for e in AuditEvent.objects.all())
    adviser.is_active = False
    assert InterviewNote.objects.visible_to(adviser).count() == 0


def test_only_the_author_corrects_an_interview(adviser: User, alix: Person) -> None:
    """Not even the manager; emptied notes go."""
    interview = make_interview(alix, by=adviser, notes="À revoir")
    interview.summary = "Autre"
    with pytest.raises(RefusalError, match="lui seul le corrige"):
        correct_interview(interview=interview, notes="x", today=DAY, by=make_user(Role.MANAGER))
    assert Interview.objects.get().summary == "Le point du semestre."
    correct_interview(interview=interview, notes="", today=DAY, by=adviser)
    assert (Interview.objects.get().summary, InterviewNote.objects.count()) == ("Autre", 0)
    interview.held_on = date(2026, 9, 11)
    with pytest.raises(RefusalError, match="une fois tenu"):
        correct_interview(interview=interview, notes="", today=DAY, by=adviser)


def test_interviews_refused(adviser: User, alix: Person) -> None:
    """With somebody one does not follow, before the first meeting."""
    with pytest.raises(RefusalError, match="Vous n’accompagnez pas cette personne"):
        make_interview(make_person("Bao"), by=adviser)
    with pytest.raises(RefusalError, match="est suivi depuis le 01/01/2020\u00a0: l’entretien vient après"):
        make_interview(alix, date(2019, 12, 31), by=adviser)
    assert not Interview.objects.exists()


def test_who_is_short_of_two_interviews_a_year(alix: Person) -> None:
    """Under CAPE or CESA, associates too; only the year's interviews count, until the day."""
    people = {"Alix": alix, **{name: make_person(name) for name in ("Bao", "Cleo", "Dany", "Elio")}}
    make_contract(people["Alix"], ContractKind.CESA, date(2024, 1, 1))
    make_contract(people["Bao"], ContractKind.CAPE, date(2026, 2, 1))
    make_contract(people["Cleo"], ContractKind.CESA, date(2022, 1, 1))
    make_admission(people["Cleo"], date(2024, 6, 14))
    make_contract(people["Dany"], ContractKind.WORK, date(2024, 1, 1))
    for name, days in {
        "Alix": [date(2025, 12, 31), date(2026, 1, 1), date(2026, 9, 10)],
        "Bao": [date(2026, 3, 1)],
        "Elio": [date(2026, 3, 1)],
    }.items():
        for day in days:
            make_interview(people[name], day)
    rows = [
        (m.first_name, m.interviews_held, m.interviews_missing, m.last_interview_on) for m in support_overview(on=DAY)
    ]
    assert rows == [
        ("Alix", 2, 0, date(2026, 9, 10)),
        ("Bao", 1, 1, date(2026, 3, 1)),
        ("Cleo", 0, 2, None),
    ]
    assert [m.first_name for m in short_of_interviews(on=DAY)] == ["Bao", "Cleo"]
    assert [m.first_name for m in short_of_interviews(on=EVE)] == ["Alix", "Bao", "Cleo"]
    assert [m.interviews_held for m in support_overview(on=date(2027, 1, 1))] == [0, 0, 0]


def test_a_workshop_fills_up(adviser: User, alix: Person) -> None:
    """The last seat, none any more, a seat given back."""
    workshop = make_workshop(seats=2)
    bao, cleo = make_person("Bao"), make_person("Cleo")
    first = register_for_workshop(workshop=workshop, person=alix, on=EVE, by=adviser)
    with pytest.raises(RefusalError, match="déjà inscrite"):
        register_for_workshop(workshop=workshop, person=alix, on=EVE, by=clerk())
    with pytest.raises(RefusalError, match="Vous n’accompagnez pas cette personne"):
        register_for_workshop(workshop=workshop, person=bao, on=EVE, by=adviser)
    register_for_workshop(workshop=workshop, person=bao, on=DAY, by=clerk())
    with pytest.raises(RefusalError, match=r"L’atelier est complet\u00a0: ses places \(2\) sont toutes prises"):
        register_for_workshop(workshop=workshop, person=cleo, on=DAY, by=clerk())
    workshop.seats = 1
    with pytest.raises(RefusalError, match="2 places sont déjà prises"):
        save_workshop(workshop=workshop, by=clerk())
    withdraw_from_workshop(registration=first, on=DAY, by=adviser)
    with pytest.raises(RefusalError, match="s’est déjà désisté le 10/09/2026"):
        withdraw_from_workshop(registration=first, on=DAY, by=adviser)
    register_for_workshop(workshop=workshop, person=cleo, on=DAY, by=clerk())
    assert [vars(found)["taken"] for found in workshops_overview()] == [2]


def test_who_came_is_noted_from_the_day_on(alix: Person) -> None:
    """Of those registered; afterwards nobody registers or withdraws."""
    workshop, bao = make_workshop(), make_person("Bao")
    registrations = [
        register_for_workshop(workshop=workshop, person=person, on=EVE, by=clerk()) for person in (alix, bao)
    ]
    with pytest.raises(RefusalError, match="L’atelier se tient le 10/09/2026"):
        note_attendance(workshop=workshop, present=[alix], on=EVE, by=clerk())
    with pytest.raises(RefusalError, match="Sans inscription\u00a0: Cleo Martin"):
        note_attendance(workshop=workshop, present=[make_person("Cleo")], on=DAY, by=clerk())
    assert not WorkshopRegistration.objects.exclude(attended=None).exists()
    note_attendance(workshop=workshop, present=[alix], on=DAY, by=clerk())
    assert dict(WorkshopRegistration.objects.values_list("person__first_name", "attended")) == {
        "Alix": True,
        "Bao": False,
    }
    after = date(2026, 9, 11)
    with pytest.raises(RefusalError, match="s’est tenu le 10/09/2026"):
        register_for_workshop(workshop=workshop, person=make_person("Dany"), on=after, by=clerk())
    with pytest.raises(RefusalError, match="s’est tenu le 10/09/2026"):
        withdraw_from_workshop(registration=registrations[1], on=after, by=clerk())


def test_the_leader_of_a_workshop_sees_everybody_in_it(adviser: User, alix: Person) -> None:
    """Another adviser sees her own people only, and does not note who came."""
    workshop = make_workshop()
    for person in (alix, make_person("Bao")):
        register_for_workshop(workshop=workshop, person=person, on=EVE, by=clerk())
    seen = WorkshopRegistration.objects.visible_to(adviser)
    assert [r.person for r in seen] == [alix]
    with pytest.raises(RefusalError, match="notées par qui anime l’atelier, ou par le responsable"):
        note_attendance(workshop=workshop, present=[alix], on=DAY, by=adviser)
    assert not WorkshopRegistration.objects.exclude(attended=None).exists()
    workshop.leader = adviser
    save_workshop(workshop=workshop, by=clerk())
    assert seen.all().count() == 2
    note_attendance(workshop=workshop, present=[alix], on=DAY, by=adviser)
    assert WorkshopRegistration.objects.filter(attended=True).count() == 1


def test_the_database_counts_the_seats(alix: Person) -> None:
    """In SQL, past every service."""
    workshop = make_workshop(seats=1)
    register_for_workshop(workshop=workshop, person=alix, on=EVE, by=clerk())
    other = make_workshop(seats=1)
    bao = make_person("Bao")
    register_for_workshop(workshop=other, person=bao, on=EVE, by=clerk())
    columns = "(workshop_id, person_id, registered_on)"
    for statement in (
        f"INSERT INTO members_workshopregistration {columns} VALUES ({workshop.pk}, {bao.pk}, '2026-09-01')",
        f"UPDATE members_workshopregistration SET workshop_id = {workshop.pk}",
        f"UPDATE members_workshop SET seats = 0 WHERE id = {workshop.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert WorkshopRegistration.objects.filter(workshop=workshop).count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_one_query_whatever_the_number(number: int, django_assert_num_queries: Queries) -> None:
    """People with interviews."""
    for i in range(number):
        person = make_person(f"P{i}")
        make_contract(person, ContractKind.CESA, date(2024, 1, 1))
        make_interview(person)
    with django_assert_num_queries(1):
        assert [m.interviews_held for m in support_overview(on=DAY)] == [1] * number
