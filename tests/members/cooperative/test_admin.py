"""The cooperative's form on the staff's pages."""

from decimal import Decimal

import pytest
from django.forms import model_to_dict
from django.test import Client

from members.cooperative.models import Cooperative

pytestmark = pytest.mark.django_db
LIST = "/gestion/members/cooperative/"
FORM = f"{LIST}1/change/"


def test_the_list_leads_to_the_form(administrator_client: Client, accountant_client: Client) -> None:
    """To the first set-up while there is no cooperative."""
    assert administrator_client.get(LIST)["Location"] == f"{LIST}add/"
    assert accountant_client.get(f"{LIST}add/").status_code == 200


def test_there_is_nothing_to_add_once_it_exists(administrator_client: Client, cooperative: Cooperative) -> None:
    """One cooperative per database."""
    assert administrator_client.get(LIST)["Location"] == FORM
    assert administrator_client.get(f"{LIST}add/").status_code == 403


def test_setting_up(administrator_client: Client, cooperative: Cooperative) -> None:
    """The first row, whatever the form says."""
    data = {name: value for name, value in model_to_dict(cooperative).items() if value not in (None, False)}
    Cooperative.objects.all().delete()
    response = administrator_client.post(f"{LIST}add/", data)
    assert response.status_code == 302, response.context["errors"]
    assert Cooperative.objects.get().pk == 1


def test_changing(administrator_client: Client, cooperative: Cooperative) -> None:
    """Refused with the sentence, or saved."""
    data = {name: value for name, value in model_to_dict(cooperative).items() if value not in (None, False)}
    wrong = administrator_client.post(FORM, data | {"siren": "912345676"})
    assert "Ce SIREN n’est pas valable" in wrong.content.decode()
    assert administrator_client.post(FORM, data | {"capital": "50000.00"}).status_code == 302
    assert Cooperative.objects.get().capital == Decimal("50000.00")


@pytest.mark.parametrize("client_name", ["manager_client", "adviser_client", "entrepreneur_client"])
def test_others_do_not_enter(client_name: str, request: pytest.FixtureRequest, cooperative: Cooperative) -> None:
    """Settings are for the administrator and the accountant."""
    client: Client = request.getfixturevalue(client_name)
    assert client.get(LIST).status_code == 403
    assert client.get(FORM).status_code == 403
