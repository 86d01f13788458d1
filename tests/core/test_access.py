"""Roles and rights."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from cae_backoffice.core.access import RIGHTS, Right, Role, has_right, require_right
from members.people.models import User


def account(*roles: Role, is_active: bool = True) -> User:
    """An account that is not stored."""
    return User(email="a@example.org", roles=list(roles), is_active=is_active)


def test_every_role_has_rights_and_every_right_a_role() -> None:
    """No dead entry in the table."""
    assert set(RIGHTS) == set(Role)
    assert set().union(*RIGHTS.values()) == set(Right)


def test_rights_of_several_roles_add_up() -> None:
    """One person, two hats."""
    user = account(Role.ADVISER, Role.ENTREPRENEUR)
    assert {right for right in Right if has_right(user, right)} == RIGHTS[Role.ADVISER] | RIGHTS[Role.ENTREPRENEUR]


@pytest.mark.parametrize(
    "user", [account(), account(*Role, is_active=False), AnonymousUser()], ids=["no role", "closed", "anonymous"]
)
def test_nobody_without_an_open_role_has_any_right(user: User | AnonymousUser) -> None:
    """Refused with 403."""
    assert not any(has_right(user, right) for right in Right)
    with pytest.raises(PermissionDenied):
        require_right(user, Right.USE_OWN_PAGES)


def test_require_right_lets_through() -> None:
    """Says nothing."""
    require_right(account(Role.MANAGER), Right.MANAGE_MEMBERS)


def test_only_the_staff_enters_the_back_office() -> None:
    """Entrepreneurs have their own pages."""
    assert {role for role in Role if account(role).is_staff} == set(Role) - {Role.ENTREPRENEUR}
