"""Writing accounts and people."""

from collections.abc import Collection, Iterable

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, Role
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.people.models import Person, User
from members.people.queries import accounts_with

AUTOMATON = "taches-automatiques@localhost"


@transaction.atomic
def create_user(*, email: str, full_name: str, roles: Collection[Role], password: str | None, by: User) -> User:
    """Open an account. Without a password nobody signs in until `set_password` gives one.

    Refused: an address already used, an empty name, a weak password.
    """
    user = User(email=email.strip().lower(), full_name=full_name.strip(), roles=_in_order(roles))
    if password is None:
        user.set_unusable_password()
    else:
        _give_password(user, password)
    return save_record(instance=user, by=by)


def automaton() -> User:
    """The account in whose name the jobs of every day act when nobody asked for them: closed, without role or password.

    Made at its first use.
    """
    closed = {"full_name": "Tâches automatiques", "is_active": False, "password": make_password(None)}
    account: User = User.objects.get_or_create(email=AUTOMATON, defaults=closed)[0]
    return account


@transaction.atomic
def save_user(*, user: User, by: User) -> User:
    """Change an account: name, address, roles, open or closed.

    Refused: leaving the cooperative without anyone who can give access.
    """
    user.email = user.email.strip().lower()
    user.roles = _in_order(Role(role) for role in user.roles)
    gave_access = _gives_access(user)
    save_record(instance=user, by=by)
    _require_someone_else_gives_access(user, gave_access=gave_access)
    return user


@transaction.atomic
def change_roles(*, user: User, roles: Collection[Role], by: User) -> User:
    """Give an account these roles in place of those it has. Refused like `save_user`."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.roles = _in_order(roles)
    gave_access = _gives_access(user)
    save_record(instance=user, by=by, action="roles_changed")
    _require_someone_else_gives_access(user, gave_access=gave_access)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: User) -> User:
    """Give an account a password, its first or a new one. Refused: a weak one (its reasons are Django's)."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _give_password(user, password)
    user.save(update_fields=["password"])
    audit.record(by=by, action="user.password_set", subject=user)
    return user


@transaction.atomic
def save_person(*, person: Person, by: User) -> Person:
    """Create or change a person."""
    return save_record(instance=person, by=by)


@transaction.atomic
def give_account(*, person: Person, user: User, by: User) -> Person:
    """Tie an account to the person who signs in with it. Refused: an account that is someone else's already."""
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    other = Person.objects.filter(user=user).exclude(pk=person.pk).first()
    if other is not None:
        raise RefusalError(f"Le compte {user.email} est déjà celui de {other}.")
    person.user = user
    return save_record(instance=person, by=by)


def _in_order(roles: Iterable[Role]) -> list[Role]:
    wanted = set(roles)
    return [role for role in Role if role in wanted]


def _give_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RefusalError(error.messages) from error
    user.set_password(password)


def _gives_access(user: User) -> bool:
    """As the database knows the account; the accounts that give access are locked, so that two cannot go at once."""
    keepers = accounts_with(Right.MANAGE_USERS).select_for_update(of=("self",))
    return user.pk in set(keepers.values_list("pk", flat=True))


def _require_someone_else_gives_access(user: User, *, gave_access: bool) -> None:
    if gave_access and not accounts_with(Right.MANAGE_USERS).exists():
        raise RefusalError(f"{user} est seul à pouvoir donner accès\u00a0: son compte garde le rôle d’administrateur.")
