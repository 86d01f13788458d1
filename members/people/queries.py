"""Accounts: whose request this is, and who keeps the keys."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from cae_backoffice.core.access import RIGHTS, Right
from members.people.models import User


def signed_in_user(request: HttpRequest) -> User:
    """The account that makes the request. The middleware has asked for it; an anonymous request is refused (403)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def accounts_with(right: Right) -> QuerySet[User]:
    """The open accounts that have a right."""
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    accounts: QuerySet[User] = User.objects.filter(is_active=True, roles__overlap=roles)
    return accounts
