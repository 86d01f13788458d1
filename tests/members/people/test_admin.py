"""Accounts on the staff's pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from cae_backoffice.core.access import Role
from members.people.models import User
from tests.conftest import signed_in
from tests.members.factories import PASSWORD, make_person, make_user

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/user/"
ZOE = {"full_name": "Zoé Petit", "email": "Zoe@Example.org", "roles": ["ENTREPRENEUR"], "password": PASSWORD}


def test_opening_an_account(administrator_client: Client) -> None:
    """With its first password, told once to the person."""
    response = administrator_client.post(f"{LIST}add/", ZOE)
    assert response.status_code == 302, response.context["errors"]
    user = authenticate(email="zoe@example.org", password=PASSWORD)
    assert isinstance(user, User)
    assert user.roles == ["ENTREPRENEUR"]


def test_faults_come_back_in_the_form(administrator_client: Client) -> None:
    """A weak password, an address already used."""
    make_user(email="alix@example.org")
    weak = administrator_client.post(f"{LIST}add/", ZOE | {"password": "court"})
    assert "Ce mot de passe est trop court" in weak.content.decode()
    twice = administrator_client.post(f"{LIST}add/", ZOE | {"email": "ALIX@example.org"})
    assert "existe déjà" in twice.content.decode()
    assert not User.objects.filter(full_name="Zoé Petit").exists()


def test_changing_roles_and_closing(administrator_client: Client) -> None:
    """Checkboxes."""
    user = make_user(Role.MANAGER, email="zoe@example.org")
    data = {"full_name": "Zoé Petit", "email": "zoe@example.org", "roles": ["ADVISER", "ACCOUNTANT"]}
    assert administrator_client.post(f"{LIST}{user.pk}/change/", data).status_code == 302
    stored = User.objects.get(pk=user.pk)
    assert (stored.full_name, stored.roles, stored.is_active) == ("Zoé Petit", ["ACCOUNTANT", "ADVISER"], False)


def test_the_last_administrator_keeps_the_role(administrator_client: Client) -> None:
    """The refusal shows in the form."""
    user = User.objects.get()
    data = {"full_name": user.full_name, "email": user.email, "roles": ["MANAGER"], "is_active": "on"}
    response = administrator_client.post(f"{LIST}{user.pk}/change/", data)
    assert "est seul à pouvoir donner accès" in response.content.decode()
    assert User.objects.get().roles == ["ADMINISTRATOR"]


def test_giving_a_password(administrator_client: Client) -> None:
    """Typed twice; never shown again."""
    user = make_user(Role.MANAGER, email="zoe@example.org")
    url = f"{LIST}{user.pk}/mot-de-passe/"
    different = administrator_client.post(url, {"password": PASSWORD, "repeated": f"{PASSWORD}x"})
    assert "Les deux mots de passe ne sont pas les mêmes." in different.content.decode()
    done = administrator_client.post(url, {"password": PASSWORD, "repeated": PASSWORD}, follow=True)
    assert "Le mot de passe est enregistré." in done.content.decode()
    assert PASSWORD not in done.content.decode()
    assert authenticate(email="zoe@example.org", password=PASSWORD) == user


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.MANAGER, Role.ADVISER, Role.ENTREPRENEUR])
def test_nobody_else_opens_accounts(role: Role) -> None:
    """Neither list, nor form, nor password."""
    user = make_user(role)
    client = signed_in(user)
    for path in ("", "add/", f"{user.pk}/change/", f"{user.pk}/mot-de-passe/"):
        assert client.get(f"{LIST}{path}").status_code == 403


def test_filter_by_role(administrator_client: Client) -> None:
    """One role, among several of an account."""
    both = make_user(Role.ADVISER, Role.MANAGER)
    make_user(Role.ADVISER)
    assert list(administrator_client.get(f"{LIST}?role=MANAGER").context["cl"].result_list) == [both]


def test_the_list_costs_the_same_with_one_and_three(
    administrator_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries, people included."""
    for names in (["Alix"], ["Bao", "Cleo"]):
        for name in names:
            make_person(name, user=make_user(Role.ENTREPRENEUR))
        administrator_client.get(LIST)
        with django_assert_num_queries(5):
            administrator_client.get(LIST)
