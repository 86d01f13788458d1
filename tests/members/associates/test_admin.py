"""The manager's list of members and the page of one person."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from cae_backoffice.core.access import Role
from cae_backoffice.core.periods import add_months
from members.activities.enums import Sector
from members.associates.models import Admission
from members.contracts.enums import ContractKind
from members.people.models import Person, User
from tests.conftest import signed_in
from tests.members.factories import make_activity, make_admission, make_contract, make_person, make_user

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/person/"


def listed(client: Client, query: str = "") -> list[str]:
    """The first names in the list, in its order."""
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return [person.first_name for person in response.context["cl"].result_list]


def deadline_in(days: int = 0, months: int = 0) -> date:
    """The start of a CESA whose deadline lies so far ahead."""
    return add_months(add_months(timezone.localdate(), months) + timedelta(days=days), -36)


@pytest.fixture
def adviser() -> User:
    """Who follows Alix and Cleo."""
    return make_user(Role.ADVISER, full_name="Ève Conseil")


@pytest.fixture
def members(adviser: User) -> dict[str, Person]:
    """One of each standing, deadlines from overdue to far away."""
    today = timezone.localdate()
    people = {
        name: make_person(name, last_name, adviser=adviser if name in {"Alix", "Cleo"} else None)
        for name, last_name in {
            "Alix": "Écuyer",
            "Bao": "Nguyen",
            "Cleo": "Petit",
            "Dany": "Roux",
            "Elio": "Zola",
            "Faye": "Abel",
        }.items()
    }
    make_contract(people["Alix"], ContractKind.CESA, deadline_in(days=-10))
    make_contract(people["Bao"], ContractKind.CESA, deadline_in(months=2))
    make_contract(people["Cleo"], ContractKind.CAPE, today - timedelta(days=30))
    make_contract(people["Dany"], ContractKind.CESA, date(2020, 1, 1))
    make_admission(people["Dany"], date(2022, 6, 14))
    make_contract(people["Elio"], ContractKind.CESA, deadline_in(months=9))
    make_activity([people["Alix"]], sector=Sector.CONSTRUCTION, name="Charpentes")
    make_activity([people["Bao"], people["Cleo"]], sector=Sector.DIGITAL, name="Site & Web")
    return people


def test_the_list_shows_where_each_stands(manager_client: Client, members: dict[str, Person]) -> None:
    """Sorted without accents; status, contract, deadline, days left, activities, adviser."""
    assert listed(manager_client) == ["Faye", "Alix", "Bao", "Cleo", "Dany", "Elio"]
    page = manager_client.get(LIST).content.decode()
    for text in ("Écuyer Alix", "Candidat", "Associé", "10\u00a0jours de retard", "Site &amp; Web", "Ève Conseil"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=CESA", ["Alix", "Bao", "Elio"]),
        ("status=ASSOCIATE", ["Dany"]),
        ("status=CANDIDATE", ["Faye"]),
        ("contract=CAPE", ["Cleo"]),
        ("contract=NONE", ["Faye"]),
        ("deadline=OVERDUE", ["Alix"]),
        ("deadline=M3", ["Bao"]),
        ("deadline=M6", ["Bao"]),
        ("deadline=M12", ["Bao", "Elio"]),
        ("adviser=NONE", ["Faye", "Bao", "Dany", "Elio"]),
        ("adviser=x", ["Faye", "Alix", "Bao", "Cleo", "Dany", "Elio"]),
        ("sector=DIGITAL", ["Bao", "Cleo"]),
        ("sector=DIGITAL&status=CAPE", ["Cleo"]),
        ("q=ecuyer", ["Alix"]),
        ("q=NGUYÊN+bao", ["Bao"]),
        ("q=personne", []),
    ],
)
def test_filters_and_search(manager_client: Client, members: dict[str, Person], query: str, names: list[str]) -> None:
    """Alone and together, with or without accents."""
    assert listed(manager_client, query) == names


def test_filter_by_adviser(manager_client: Client, members: dict[str, Person], adviser: User) -> None:
    """The people that she follows."""
    assert listed(manager_client, f"adviser={adviser.pk}") == ["Alix", "Cleo"]


@pytest.mark.parametrize("column", range(8))
def test_every_column_sorts_both_ways(manager_client: Client, members: dict[str, Person], column: int) -> None:
    """Nobody gets lost."""
    assert sorted(listed(manager_client, f"o={column}")) == sorted(members)
    assert sorted(listed(manager_client, f"o=-{column}")) == sorted(members)


def test_sorting_by_days_left(manager_client: Client, members: dict[str, Person]) -> None:
    """The overdue first."""
    assert listed(manager_client, "o=5")[:3] == ["Alix", "Bao", "Elio"]


def test_the_list_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries."""
    for _ in range(2):
        person = make_person(adviser=make_user(Role.ADVISER))
        make_contract(person)
        make_activity([person])
        manager_client.get(LIST)
        with django_assert_num_queries(6):
            manager_client.get(LIST)
        make_person("Autre", adviser=make_user(Role.ADVISER))


def test_exports_hold_the_filtered_list(manager_client: Client, members: dict[str, Person]) -> None:
    """The buttons carry the filters; formulas are defused."""
    Person.objects.filter(first_name="Alix").update(last_name="=1+1")
    response = manager_client.get(f"{LIST}?status=CESA&o=-0")
    paths = [button["path"] for button in response.context["actions_list"]]
    assert paths == [f"{LIST}export.csv/?status=CESA&o=-0", f"{LIST}export.xlsx/?status=CESA&o=-0"]
    csv = manager_client.get(paths[0])
    assert csv["Content-Disposition"] == f'attachment; filename="membres-{timezone.localdate():%Y-%m-%d}.csv"'
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Nom;Prénom;Statut;Contrat;Du;Au;Échéance;Jours restants;Activités;Accompagnateur")
    assert [line.split(";")[:2] for line in lines[1:]] == [["Zola", "Elio"], ["Nguyen", "Bao"], ["'=1+1", "Alix"]]
    sheet = openpyxl.load_workbook(io.BytesIO(manager_client.get(paths[1]).content)).active
    assert [sheet.cell(4, 1).value, sheet.cell(4, 8).value] == ["=1+1", -10]
    assert sheet.cell(4, 1).data_type == "s"


def test_an_adviser_sees_her_people_only(adviser: User, members: dict[str, Person]) -> None:
    """In the list, on the page, in the export; she changes nothing."""
    client = signed_in(adviser)
    assert listed(client) == ["Alix", "Cleo"]
    assert client.get(f"{LIST}{members['Alix'].pk}/change/").status_code == 200
    assert client.get(f"{LIST}{members['Bao'].pk}/change/").status_code == 404
    assert "Nguyen" not in client.get(f"{LIST}export.csv/").content.decode("utf-8-sig")
    assert client.post(f"{LIST}{members['Alix'].pk}/change/", {"first_name": "X"}).status_code == 403
    assert client.get(f"{LIST}{members['Alix'].pk}/admission/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_an_entrepreneur_does_not_enter(entrepreneur_client: Client, members: dict[str, Person]) -> None:
    """Refused."""
    assert entrepreneur_client.get(LIST).status_code == 403
    assert entrepreneur_client.get(f"{LIST}export.csv/").status_code == 403


def test_the_page_explains_the_deadline_and_links_everything(
    manager_client: Client, members: dict[str, Person]
) -> None:
    """Contracts, activities, admissions."""
    alix = members["Alix"]
    page = manager_client.get(f"{LIST}{alix.pk}/change/").content.decode()
    contract = alix.contracts.get()
    for text in (
        "Aucun contrat antérieur à déduire.",
        "Échéance légale (C. trav. L7331-3)",
        f'href="/gestion/members/contract/{contract.pk}/change/"',
        "Charpentes\u00a0: 100\u00a0%, depuis le 01/01/2020",
    ):
        assert text in page
    associate = manager_client.get(f"{LIST}{members['Dany'].pk}/change/").content.decode()
    assert "Aucune échéance aujourd’hui." in associate
    assert "AG du 14/06/2022, résolution 7, depuis le 14/06/2022" in associate


def person_data(**changes: object) -> dict[str, object]:
    """What the form of a person posts."""
    return {
        "first_name": "Gaël",
        "last_name": "Hue",
        "gender": "X",
        "candidate_since_on": "2026-01-05",
        "adviser": "",
    } | changes


def test_adding_a_person(manager_client: Client) -> None:
    """Through the service: the trail has its author."""
    response = manager_client.post(f"{LIST}add/", person_data())
    assert response.status_code == 302, response.context["errors"]
    assert str(Person.objects.get()) == "Gaël Hue"


def test_faults_come_back_in_the_form(manager_client: Client) -> None:
    """With what was typed."""
    response = manager_client.post(f"{LIST}add/", person_data(birth_date="2026-02-01"))
    assert response.status_code == 200
    assert "La date de naissance précède la première rencontre." in response.content.decode()
    assert not Person.objects.exists()


def test_admitting_from_the_page_of_the_person(manager_client: Client, members: dict[str, Person]) -> None:
    """Asked, refused without decision, done, told."""
    url = f"{LIST}{members['Alix'].pk}/admission/"
    assert "Admettre comme associé" in manager_client.get(url).content.decode()
    assert manager_client.post(url, {"on": "2026-06-14", "decision": ""}).status_code == 200
    assert Admission.objects.count() == 1
    response = manager_client.post(url, {"on": "2026-06-14", "decision": "AG du 14/06/2026"}, follow=True)
    assert "L’admission est enregistrée." in response.content.decode()
    again = manager_client.post(url, {"on": "2026-06-15", "decision": "AG du 15/06/2026"})
    assert "Cette personne est déjà associée sur une partie de ces dates." in again.content.decode()
    assert Admission.objects.count() == 2


def test_a_new_contract_begins_with_the_person(manager_client: Client, members: dict[str, Person]) -> None:
    """On to the form of contracts."""
    response = manager_client.get(f"{LIST}{members['Faye'].pk}/contrat/")
    assert response["Location"] == f"/gestion/members/contract/add/?person={members['Faye'].pk}"
    assert "Faye Abel" in manager_client.get(response["Location"]).content.decode()


def test_only_those_who_give_access_choose_the_account(
    manager_client: Client, administrator_client: Client, members: dict[str, Person]
) -> None:
    """The manager reads it."""
    url = f"{LIST}{members['Faye'].pk}/change/"
    assert 'name="user"' not in manager_client.get(url).content.decode()
    assert 'name="user"' in administrator_client.get(url).content.decode()


def test_an_admission_is_added_and_ended_never_rewritten(manager_client: Client) -> None:
    """The list of associates."""
    person = make_person()
    base = "/gestion/members/admission/"
    data = {"person": person.pk, "admitted_on": "2025-06-14", "decision": "AG du 14/06/2025"}
    assert manager_client.post(f"{base}add/", data).status_code == 302
    admission = Admission.objects.get()
    assert manager_client.post(f"{base}{admission.pk}/change/", data | {"decision": "x"}).status_code == 403
    assert "Mettre fin" in manager_client.get(f"{base}{admission.pk}/change/").content.decode()
    manager_client.post(f"{base}{admission.pk}/fin/", {"on": "2026-01-31", "reason": "RETIREMENT"})
    assert Admission.objects.get().end_reason == "RETIREMENT"
    assert "Mettre fin" not in manager_client.get(f"{base}{admission.pk}/change/").content.decode()


def test_the_list_of_associates_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries."""
    for names in (["Alix"], ["Bao", "Cleo"]):
        for name in names:
            make_admission(make_person(name))
        manager_client.get("/gestion/members/admission/")
        with django_assert_num_queries(5):
            manager_client.get("/gestion/members/admission/")


def test_the_history_tab_tells_who_changed_what(manager_client: Client) -> None:
    """In French, from the audit trail; someone that one does not see has no history either."""
    manager_client.post(f"{LIST}add/", person_data(city="Nantes"))
    person = Person.objects.get()
    page = manager_client.get(f"{LIST}{person.pk}/history/").content.decode()
    for text in ("Création", "ville\u00a0: Nantes", "candidat depuis le\u00a0: 05/01/2026", "Dominique Caron"):
        assert text in page
    assert signed_in(make_user(Role.ADVISER)).get(f"{LIST}{person.pk}/history/").status_code == 404


def test_acts_on_what_one_does_not_see_are_not_found(manager_client: Client) -> None:
    """As for what does not exist."""
    assert manager_client.get(f"{LIST}999999/admission/").status_code == 404
