"""Contracts on the staff's pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from cae_backoffice.core.access import Role
from members.contracts.enums import ContractKind
from members.contracts.models import AssociateDeadline, Contract, ContractAmendment
from tests.conftest import signed_in
from tests.members.factories import make_contract, make_person, make_user

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/contract/"


def contract_data(**changes: object) -> dict[str, object]:
    """What the form of a contract posts."""
    counts = {f"amendments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    dates = {"signed_on": "2024-01-01", "starts_on": "2024-01-01", "ends_on": ""}
    return {"kind": "CESA", "trial_months": "0"} | dates | counts | changes


def buttons(client: Client, contract: Contract) -> list[str]:
    """The acts offered on the contract's page."""
    response = client.get(f"{LIST}{contract.pk}/change/")
    return [button["title"] for button in response.context["actions_detail"]]


def test_adding_signs_the_contract(manager_client: Client) -> None:
    """The deadline is there at once."""
    person = make_person()
    response = manager_client.post(f"{LIST}add/", contract_data(person=person.pk))
    assert response.status_code == 302, response.context["errors"]
    assert Contract.objects.get().deadline.computed_on == date(2027, 1, 1)


def test_what_the_law_refuses_comes_back_in_the_form(manager_client: Client) -> None:
    """The sentence names the article; nothing is written."""
    person = make_person()
    faulty = {
        "Un CAPE dure au plus douze mois (C. com. L127-1).": contract_data(
            person=person.pk, kind="CAPE", ends_on="2025-06-30"
        ),
        "Un CESA s’écrit et se signe avant de commencer (C. trav. L7331-2).": contract_data(
            person=person.pk, signed_on="2024-01-15"
        ),
        "Le contrat ne peut pas finir avant de commencer.": contract_data(person=person.pk, ends_on="2023-12-31"),
    }
    for sentence, data in faulty.items():
        response = manager_client.post(f"{LIST}add/", data)
        assert response.status_code == 200
        assert sentence in response.content.decode()
    assert not Contract.objects.exists()


def test_correcting_moves_the_deadline(manager_client: Client) -> None:
    """The person and the kind stay."""
    contract = make_contract(make_person(), ContractKind.CESA, date(2024, 1, 1))
    data = contract_data(signed_on="2024-02-01", starts_on="2024-02-01", kind="WORK")
    response = manager_client.post(f"{LIST}{contract.pk}/change/", data)
    assert response.status_code == 302
    stored = Contract.objects.get()
    assert (stored.kind, stored.deadline.computed_on) == ("CESA", date(2027, 2, 1))


def test_acts_that_make_sense_are_offered(manager_client: Client, accountant_client: Client) -> None:
    """To those who manage members."""
    cesa = make_contract(make_person(), ContractKind.CESA, date(2024, 1, 1))
    cape = make_contract(make_person(), ContractKind.CAPE, date(2024, 1, 1))
    assert buttons(manager_client, cesa) == ["Avenant", "Fixer l’échéance", "Mettre fin"]
    assert buttons(manager_client, cape) == ["Avenant", "Mettre fin"]
    assert buttons(accountant_client, cesa) == []
    assert accountant_client.post(f"{LIST}{cesa.pk}/fin/").status_code == 403


def test_ending(manager_client: Client) -> None:
    """Asked on a page, refused in the form, done, told."""
    contract = make_contract(make_person(), ContractKind.CESA, date(2024, 1, 1))
    url = f"{LIST}{contract.pk}/fin/"
    assert "Mettre fin au contrat" in manager_client.get(url).content.decode()
    early = manager_client.post(url, {"on": "2023-12-31", "reason": "RESIGNATION"})
    assert "il ne peut pas finir avant" in early.content.decode()
    assert Contract.objects.get().end_reason == ""
    done = manager_client.post(url, {"on": "2025-03-31", "reason": "RESIGNATION"}, follow=True)
    assert "La fin du contrat est enregistrée." in done.content.decode()
    assert Contract.objects.get().ends_on == date(2025, 3, 31)
    assert buttons(manager_client, contract) == ["Fixer l’échéance"]


def test_amending(manager_client: Client) -> None:
    """The new pay, typed the French way; the amendment shows on the page, read-only."""
    contract = make_contract(make_person(), ContractKind.CESA, date(2024, 1, 1))
    data = {
        "subject": "PAY",
        "signed_on": "2024-05-20",
        "effective_on": "2024-06-01",
        "description": "Hausse de la part fixe",
        "new_fixed_monthly_pay": "1 234,50",
    }
    manager_client.post(f"{LIST}{contract.pk}/avenant/", data)
    assert ContractAmendment.objects.get().new_fixed_monthly_pay == Decimal("1234.50")
    assert Contract.objects.get().fixed_monthly_pay == Decimal("1234.50")
    assert "Hausse de la part fixe" in manager_client.get(f"{LIST}{contract.pk}/change/").content.decode()


def test_overriding_the_deadline(manager_client: Client) -> None:
    """The explanation names who decided, when and why."""
    contract = make_contract(make_person(), ContractKind.CESA, date(2024, 1, 1))
    data = {"deadline_on": "2027-06-30", "decided_on": "2026-11-02", "reason": "Congé de maternité"}
    manager_client.post(f"{LIST}{contract.pk}/echeance/", data)
    assert AssociateDeadline.objects.get().deadline_on == date(2027, 6, 30)
    page = manager_client.get(f"{LIST}{contract.pk}/change/").content.decode()
    assert "Échéance fixée au 30/06/2027 par décision de Dominique Caron, le 02/11/2026" in page


def test_an_adviser_sees_the_contracts_of_her_people() -> None:
    """And nobody else's."""
    adviser = make_user(Role.ADVISER)
    own, other = make_contract(make_person(adviser=adviser)), make_contract(make_person())
    client = signed_in(adviser)
    assert list(client.get(LIST).context["cl"].result_list) == [own]
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 404
    assert client.get(f"{LIST}{own.pk}/avenant/").status_code == 403


def test_the_list_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries."""
    for names in (["Alix"], ["Bao", "Cleo"]):
        for name in names:
            make_contract(make_person(name))
        manager_client.get(LIST)
        with django_assert_num_queries(5):
            manager_client.get(LIST)
