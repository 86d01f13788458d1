"""Who must be admitted at which assembly."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cae_backoffice.core.access import Role
from cae_backoffice.core.periods import add_months
from members.assemblies.models import AdmissionProposal
from members.assemblies.queries import admission_radar, admissions_due, assemblies_to_come
from members.assemblies.services import close_assembly, convene_assembly
from members.contracts.enums import ContractKind
from tests.conftest import signed_in
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_contract,
    make_person,
    make_resolution,
    make_statutes,
    make_user,
)

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
TODAY = date(2026, 11, 25)
LIST = "/gestion/members/radarmember/"


def make_cesa(name: str, deadline_on: date) -> None:
    """Somebody whose three years end that day."""
    make_contract(make_person(name), ContractKind.CESA, add_months(deadline_on, -36))


def calls(on: date = TODAY) -> list[tuple[str, str, date | None]]:
    """The radar, the nearest deadline first."""
    return [(m.first_name, m.call, m.assembly_held_on) for m in admission_radar(on=on)]


def test_each_deadline_has_its_last_assembly() -> None:
    """The one before the deadline; the last one planned calls for the year that follows it."""
    june, december = date(2027, 6, 19), date(2027, 12, 4)
    for name, deadline in {
        "Overdue": date(2026, 11, 24),
        "Today": TODAY,
        "Eve": date(2027, 6, 18),
        "June": june,
        "Summer": date(2027, 12, 3),
        "December": december,
        "Within": date(2028, 12, 3),
        "Beyond": date(2028, 12, 4),
    }.items():
        make_cesa(name, deadline)
    assert calls()[:3] == [("Overdue", "OVERDUE", None), ("Today", "NO_ASSEMBLY", None), ("Eve", "NO_ASSEMBLY", None)]
    make_assembly(december)
    make_assembly(june)
    make_assembly(date(2026, 6, 20))
    assert calls() == [
        ("Overdue", "OVERDUE", None),
        ("Today", "NO_ASSEMBLY", None),
        ("Eve", "NO_ASSEMBLY", None),
        ("June", "AT_ASSEMBLY", june),
        ("Summer", "AT_ASSEMBLY", june),
        ("December", "AT_ASSEMBLY", december),
        ("Within", "AT_ASSEMBLY", december),
        ("Beyond", "LATER", december),
    ]
    coming = list(assemblies_to_come(TODAY))
    assert [a.held_on for a in coming] == [june, december]
    assert admissions_due(on=TODAY) == {coming[0].pk: 2, coming[1].pk: 2}


def test_an_assembly_that_is_closed_calls_nobody() -> None:
    """The next one does."""
    make_statutes()
    make_admission(make_person("Alix"), date(2025, 6, 14))
    make_cesa("June", date(2027, 7, 1))
    assembly = make_assembly(date(2027, 6, 19))
    make_resolution(assembly)
    convene_assembly(assembly=assembly, record_on=TODAY, convened_on=TODAY, by=clerk())
    assert calls() == [("June", "AT_ASSEMBLY", date(2027, 6, 19))]
    close_assembly(assembly=assembly, chair="Alix", secretary="", on=date(2027, 6, 19), by=clerk())
    assert calls() == [("June", "NO_ASSEMBLY", None)]


def test_associates_and_others_are_not_on_the_radar() -> None:
    """Only deadlines that run."""
    associate = make_person("Associate")
    make_contract(associate, ContractKind.CESA, date(2024, 1, 1))
    make_admission(associate, date(2025, 6, 14))
    make_contract(make_person("Cape"), ContractKind.CAPE, date(2026, 6, 1))
    make_person("Candidate")
    assert calls() == []


@pytest.mark.parametrize("number", [1, 3])
def test_two_queries_whatever_the_number(number: int, django_assert_num_queries: Queries) -> None:
    """People or assemblies."""
    for i in range(number):
        make_cesa(f"P{i}", date(2027, 7, 1 + i))
        make_assembly(date(2027, 6, 1 + i))
    with django_assert_num_queries(2):
        assert len(calls()) == number
    with django_assert_num_queries(2):
        assert sum(admissions_due(on=TODAY).values()) == number


@pytest.fixture
def june(db: None) -> str:
    """The id of an assembly in six months that must admit Bao and Cleo; Alix is too late for it, Dany has time."""
    today = timezone.localdate()
    assembly = make_assembly(add_months(today, 6))
    for name, months in {"Alix": 3, "Bao": 6, "Cleo": 9, "Dany": 30}.items():
        make_cesa(name, add_months(today, months) + timedelta(days=3))
    return str(assembly.pk)


def listed(client: Client, query: str = "") -> list[str]:
    """The first names in the list."""
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return [person.first_name for person in response.context["cl"].result_list]


def test_the_list_filters_by_assembly_and_urgency(manager_client: Client, june: str) -> None:
    """From the home page, one click; from the radar, one more."""
    home = manager_client.get("/gestion/").content.decode()
    assert f'href="{LIST}?assembly={june}">2 personnes à admettre</a>' in home
    radar = manager_client.get(LIST).content.decode()
    assert f'href="{LIST}?assembly={june}"' in radar
    assert listed(manager_client) == ["Alix", "Bao", "Cleo", "Dany"]
    assert listed(manager_client, f"assembly={june}") == ["Bao", "Cleo"]
    assert listed(manager_client, "call=NO_ASSEMBLY") == ["Alix"]
    assert listed(manager_client, "call=LATER") == ["Dany"]
    assert listed(manager_client, f"assembly={june}&q=clé") == ["Cleo"]
    assert listed(manager_client, "assembly=x") == ["Alix", "Bao", "Cleo", "Dany"]
    csv = manager_client.get(f"{LIST}export.csv/?assembly={june}").content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in csv] == ["Prénom", "Bao", "Cleo"]
    assert csv[1].split(";")[4] == "À une assemblée prévue"


@pytest.mark.parametrize("column", range(7))
def test_every_column_sorts(manager_client: Client, june: str, column: int) -> None:
    """Nobody gets lost."""
    assert sorted(listed(manager_client, f"o={column}")) == ["Alix", "Bao", "Cleo", "Dany"]


def test_the_list_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries."""
    for numbers in ([1], [2, 3]):
        for i in numbers:
            make_cesa(f"P{i}", add_months(timezone.localdate(), i))
            make_assembly(add_months(timezone.localdate(), i))
        manager_client.get(LIST)
        with django_assert_num_queries(10):
            manager_client.get(LIST)


def test_a_line_leads_to_the_person(manager_client: Client, june: str) -> None:
    """An adviser sees her own people only."""
    person = admission_radar(on=timezone.localdate())[0]
    address = f"{LIST}{person.pk}/change/"
    assert manager_client.get(address)["Location"] == f"/gestion/members/person/{person.pk}/change/"
    adviser = make_user(Role.ADVISER)
    client = signed_in(adviser)
    assert client.get(address).status_code == 404
    person.adviser = adviser
    person.save()
    assert listed(client) == ["Alix"]


def test_all_who_are_called_go_on_the_agenda_at_once(manager_client: Client, june: str) -> None:
    """One resolution; asked again, there is nobody left."""
    url = f"/gestion/members/assembly/{june}/admissions/"
    typed = {"majority": "SIMPLE", "method": "SECRET", "college": ""}
    assert manager_client.post(url, typed).status_code == 302
    proposals = AdmissionProposal.objects.order_by("person__search")
    assert [p.person.first_name for p in proposals] == ["Bao", "Cleo"]
    assert proposals[0].resolution.title == "Admission de 2 associés"
    again = manager_client.post(url, typed).content.decode()
    assert "Personne d’autre n’est à admettre à cette assemblée." in again
    assert AdmissionProposal.objects.count() == 2
