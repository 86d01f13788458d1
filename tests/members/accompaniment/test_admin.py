"""Accompaniment on the pages of managers and advisers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cae_backoffice.core.access import Role
from members.accompaniment.models import Interview, InterviewNote, Workshop, WorkshopRegistration
from members.contracts.enums import ContractKind
from members.people.models import Person, User
from tests.conftest import signed_in
from tests.members.factories import make_contract, make_interview, make_person, make_user, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
Queries = Callable[[int], AbstractContextManager[object]]
INTERVIEWS = "/gestion/members/interview/"
DUE = "/gestion/members/supportedmember/"
WORKSHOPS = "/gestion/members/workshop/"


@pytest.fixture
def adviser() -> User:
    """Who follows Alix."""
    return make_user(Role.ADVISER, full_name="Ève Conseil")


@pytest.fixture
def alix(adviser: User) -> Person:
    """Under CESA, followed by the adviser."""
    person = make_person("Alix", "Hue", adviser=adviser)
    make_contract(person, ContractKind.CESA, timezone.localdate() - timedelta(days=400))
    return person


def test_an_adviser_records_and_corrects_an_interview(adviser: User, alix: Person) -> None:
    """With notes that only the manager reads beside her."""
    client = signed_in(adviser)
    today = f"{timezone.localdate():%d/%m/%Y}"
    typed = {"person": alix.pk, "held_on": today, "kind": "REVIEW", "summary": "Bonne année.", "notes": "Fatigue."}
    response = client.post(f"{INTERVIEWS}add/", typed)
    assert response.status_code == 302, response.context["errors"]
    interview = Interview.objects.get()
    assert (interview.author, interview.note.text) == (adviser, "Fatigue.")
    url = f"{INTERVIEWS}{interview.pk}/change/"
    assert "Fatigue." in client.get(url).content.decode()
    assert client.post(url, {**typed, "summary": "Très bonne année.", "notes": "Repos."}).status_code == 302
    assert (Interview.objects.get().summary, InterviewNote.objects.get().text) == ("Très bonne année.", "Repos.")
    stranger = make_person("Bao")
    refused = client.post(f"{INTERVIEWS}add/", typed | {"person": stranger.pk}).content.decode()
    assert "Vous n’accompagnez pas cette personne." in refused
    ahead = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}"
    assert "une fois tenu" in client.post(f"{INTERVIEWS}add/", typed | {"held_on": ahead}).content.decode()
    assert Interview.objects.count() == 1


def test_who_reads_private_notes(adviser: User, alix: Person) -> None:
    """The manager does, the accountant and the administrator read that they are reserved."""
    interview = make_interview(alix, timezone.localdate(), by=adviser, notes="<b>Fatigue</b>")
    url = f"{INTERVIEWS}{interview.pk}/change/"
    shown = {
        role: signed_in(make_user(role)).get(url).content.decode()
        for role in (Role.MANAGER, Role.ACCOUNTANT, Role.ADMINISTRATOR)
    }
    assert "&lt;b&gt;Fatigue&lt;/b&gt;" in shown[Role.MANAGER]
    for role in (Role.ACCOUNTANT, Role.ADMINISTRATOR):
        assert "Fatigue" not in shown[role]
        assert "Réservées à l’auteur et au responsable." in shown[role]
    assert signed_in(make_user(Role.MANAGER)).post(url, {}).status_code == 403
    assert signed_in(make_user(Role.ADVISER)).get(url).status_code == 404


def test_the_list_of_those_who_are_short(manager_client: Client, adviser: User, alix: Person) -> None:
    """Filters, export without a word of notes; a line leads to the interviews."""
    today = timezone.localdate()
    bao = make_person("Bao", "Le")
    make_contract(bao, ContractKind.CAPE, today)
    for _ in range(2):
        make_interview(bao, today, notes="secret")
    make_interview(alix, today, by=adviser)

    def listed(query: str) -> list[str]:
        return [person.first_name for person in manager_client.get(f"{DUE}?{query}").context["cl"].result_list]

    for query, names in (
        ("", ["Alix", "Bao"]),
        ("missing=SOME", ["Alix"]),
        ("missing=1", ["Alix"]),
        ("missing=2", []),
        ("missing=0", ["Bao"]),
        (f"adviser={adviser.pk}", ["Alix"]),
    ):
        assert listed(query) == names, query
    for column in range(6):
        assert sorted(listed(f"o={column}")) == ["Alix", "Bao"]
    assert "1 sur 2" in manager_client.get(DUE).content.decode()
    export = manager_client.get(f"{DUE}export.csv/?missing=SOME").content.decode("utf-8-sig")
    assert export.splitlines()[1] == f"Hue;Alix;CESA;1;1;{today:%d/%m/%Y};;Ève Conseil"
    assert "secret" not in manager_client.get(f"{DUE}export.csv/").content.decode("utf-8-sig")
    line = manager_client.get(f"{DUE}{alix.pk}/change/")["Location"]
    assert [i.person for i in manager_client.get(line).context["cl"].result_list] == [alix]


def test_a_workshop_from_its_plan_to_its_attendance(manager_client: Client, alix: Person) -> None:
    """Planned, filled, printed, noted."""
    today = timezone.localdate()
    typed = {
        "title": "Fixer ses prix", "held_on": f"{today:%d/%m/%Y}", "starts_at": "09:30", "place": "Nantes",
        "seats": "1", "leader": "", "description": "",
    }  # fmt: skip
    assert manager_client.post(f"{WORKSHOPS}add/", typed).status_code == 302
    url = f"{WORKSHOPS}{Workshop.objects.get().pk}/"
    assert manager_client.post(f"{url}inscription/", {"person": alix.pk}).status_code == 302
    full = manager_client.post(f"{url}inscription/", {"person": make_person("Bao").pk}).content.decode()
    assert "L’atelier est complet" in full
    assert "1 prise sur 1" in manager_client.get(WORKSHOPS).content.decode()
    assert "Hue Alix" in manager_client.get(f"{url}feuille/").content.decode()
    assert manager_client.post(f"{url}presences/", {"present": [alix.pk]}).status_code == 302
    assert WorkshopRegistration.objects.get().attended is True
    assert "Alix Hue" in manager_client.get(f"{url}change/").content.decode()
    other = make_workshop(held_on=today)
    manager_client.post(f"{WORKSHOPS}{other.pk}/inscription/", {"person": alix.pk})
    registration = WorkshopRegistration.objects.get(workshop=other)
    gone = manager_client.post(f"{WORKSHOPS}{other.pk}/desistement/", {"registration": registration.pk})
    assert gone.status_code == 302
    assert WorkshopRegistration.objects.get(workshop=other).withdrawn_on == today


def test_lists_cost_the_same_with_one_and_three(manager_client: Client, django_assert_num_queries: Queries) -> None:
    """A literal number of queries each."""
    today = timezone.localdate()
    for numbers in ([1], [2, 3]):
        for i in numbers:
            person = make_person(f"P{i}", adviser=make_user(Role.ADVISER))
            make_contract(person, ContractKind.CAPE, today)
            make_interview(person, today)
            make_workshop()
        for address, queries in ((INTERVIEWS, 5), (DUE, 6), (WORKSHOPS, 5)):
            manager_client.get(address)
            with django_assert_num_queries(queries):
                manager_client.get(address)
