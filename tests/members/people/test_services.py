"""Accounts, roles and people."""

from datetime import date

import pytest
from django.contrib.auth import authenticate

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.people.services import change_roles, create_user, give_account, save_person, save_user, set_password
from tests.members.factories import PASSWORD, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    """Who gives access."""
    return make_user(Role.ADMINISTRATOR, full_name="Andrée Admin")


def test_an_account_signs_in_whatever_the_case_of_its_address(administrator: User) -> None:
    """The address is stored in lower case, roles in their order, the password out of the trail."""
    user = create_user(
        email=" Zoe@Example.org ",
        full_name="Zoé Petit",
        roles=[Role.ENTREPRENEUR, Role.MANAGER],
        password=PASSWORD,
        by=administrator,
    )
    assert (user.email, user.roles) == ("zoe@example.org", [Role.MANAGER, Role.ENTREPRENEUR])
    assert authenticate(email="ZOE@example.org", password=PASSWORD) == user
    event = history_of(user).get()
    assert (event.action, event.changes["password"]) == ("user.created", [None, "•••"])


def test_an_account_without_password_does_not_sign_in(administrator: User) -> None:
    """Until one is given."""
    user = create_user(email="zoe@example.org", full_name="Zoé", roles=[], password=None, by=administrator)
    assert not user.has_usable_password()
    set_password(user=user, password=PASSWORD, by=administrator)
    assert authenticate(email="zoe@example.org", password=PASSWORD) == user
    assert history_of(user)[0].action == "user.password_set"


@pytest.mark.parametrize("password", ["court", "123456789012345", "zoe@example.org"])
def test_weak_passwords_are_refused(administrator: User, password: str) -> None:
    """Short, all digits, like the address: nothing is created."""
    with pytest.raises(RefusalError):
        create_user(email="zoe@example.org", full_name="Zoé", roles=[], password=password, by=administrator)
    assert not User.objects.filter(email="zoe@example.org").exists()


def test_one_account_per_address(administrator: User) -> None:
    """Refused in French."""
    make_user(email="zoe@example.org")
    with pytest.raises(RefusalError, match="existe déjà"):
        create_user(email="zoe@example.org", full_name="Zoé", roles=[], password=None, by=administrator)
    assert User.objects.filter(email="zoe@example.org").count() == 1


def test_changing_roles_is_audited(administrator: User) -> None:
    """Old and new."""
    user = change_roles(user=make_user(Role.MANAGER), roles=[Role.ADVISER], by=administrator)
    event = history_of(user).get()
    assert (event.action, event.changes) == ("user.roles_changed", {"roles": [["MANAGER"], ["ADVISER"]]})


def test_the_last_who_gives_access_keeps_the_role(administrator: User) -> None:
    """Neither closing nor changing roles; possible once somebody else has it."""
    administrator.is_active = False
    with pytest.raises(RefusalError, match="Andrée Admin est seul à pouvoir donner accès"):
        save_user(user=administrator, by=administrator)
    with pytest.raises(RefusalError, match="Andrée Admin est seul à pouvoir donner accès"):
        change_roles(user=administrator, roles=[Role.MANAGER], by=administrator)
    stored = User.objects.get(pk=administrator.pk)
    assert (stored.is_active, stored.roles) == (True, ["ADMINISTRATOR"])
    make_user(Role.ADMINISTRATOR)
    save_user(user=administrator, by=administrator)
    assert not User.objects.get(pk=administrator.pk).is_active


def test_people_change_their_own_name_without_any_administrator() -> None:
    """An installation whose administrator has gone stays usable."""
    user = make_user(Role.ENTREPRENEUR)
    user.full_name = "Zoé Petit-Martin"
    save_user(user=user, by=user)
    assert User.objects.get(pk=user.pk).full_name == "Zoé Petit-Martin"


def test_a_person_is_not_born_after_the_first_meeting(administrator: User) -> None:
    """The constraint's sentence."""
    person = Person(
        first_name="Zoé", last_name="Petit", birth_date=date(2025, 1, 1), candidate_since_on=date(2024, 1, 1)
    )
    with pytest.raises(RefusalError, match="La date de naissance précède la première rencontre"):
        save_person(person=person, by=administrator)
    assert not Person.objects.exists()


def test_an_account_belongs_to_one_person(administrator: User) -> None:
    """Refused for a second one."""
    user = make_user(Role.ENTREPRENEUR, email="zoe@example.org")
    give_account(person=make_person("Zoé", "Petit"), user=user, by=administrator)
    with pytest.raises(RefusalError, match=r"Le compte zoe@example\.org est déjà celui de Zoé Petit"):
        give_account(person=make_person("Alix"), user=user, by=administrator)
    assert Person.objects.get(user=user).first_name == "Zoé"


def test_who_sees_which_people(administrator: User) -> None:
    """All, those one advises, oneself, nobody."""
    adviser, entrepreneur = make_user(Role.ADVISER), make_user(Role.ENTREPRENEUR)
    advised, own, other = make_person(adviser=adviser), make_person(user=entrepreneur), make_person()
    seen = [set(Person.objects.visible_to(user)) for user in (administrator, adviser, entrepreneur, make_user())]
    assert seen == [{advised, own, other}, {advised}, {own}, set()]


def test_only_those_who_give_access_see_accounts(administrator: User) -> None:
    """Others see their own."""
    manager = make_user(Role.MANAGER)
    assert set(User.objects.visible_to(administrator)) == {administrator, manager}
    assert set(User.objects.visible_to(manager)) == {manager}


def test_the_first_administrator_comes_from_the_command_line() -> None:
    """`createsuperuser` on a new installation."""
    user = User.objects.create_superuser(email="Root@Example.org", password=PASSWORD, full_name="Racine")
    assert (user.email, user.roles, user.is_staff) == ("root@example.org", ["ADMINISTRATOR", "MANAGER"], True)
