"""The cooperative, its staff and its members, with their accounts, through the members' services."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password

from cae_backoffice.core.access import Role
from cae_backoffice.demo.careers import Career, Profile, career, profiles
from cae_backoffice.demo.catalogue import slug, table
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.contracts import write_career
from cae_backoffice.demo.identifiers import french_iban, french_vat, mobile, siren, siret
from cae_backoffice.demo.logins import DEMO_PASSWORD
from members.cooperative.models import Cooperative
from members.cooperative.services import save_cooperative
from members.people.enums import Gender
from members.people.models import Person, User
from members.people.services import change_roles, create_user, give_account, save_person, save_user

WOMEN_PERCENT = 55
SECOND_ACCOUNTANT_PERCENT = 30


@dataclass(frozen=True)
class Staff:
    """The accounts that act in the demo, by role."""

    administrator: User
    accountants: tuple[User, ...]
    managers: tuple[User, ...]
    advisers: tuple[User, ...]


@dataclass(frozen=True)
class Clerks:
    """The accountants at work: who does what is a matter of chance, the first one most of it."""

    staff: Staff
    chance: Random

    def accountant(self) -> User:
        """Who does the next thing."""
        first, *others = self.staff.accountants
        return self.chance.choice(others) if self.chance.randrange(100) < SECOND_ACCOUNTANT_PERCENT else first


@dataclass(frozen=True)
class Member:
    """A member of the demo with the career imagined for them; a candidate has no account."""

    person: Person
    user: User | None
    profile: Profile
    career: Career


def open_cooperative() -> Staff:
    """The cooperative's identity and the accounts of its staff; the first is the administrator's."""
    first, *others = table("cooperative")["staff"]
    administrator = User.objects.create_superuser(first["email"], None, full_name=first["name"])
    administrator = change_roles(user=administrator, roles=[Role(role) for role in first["roles"]], by=administrator)
    accounts = [
        create_user(
            email=entry["email"],
            full_name=entry["name"],
            roles=[Role(role) for role in entry["roles"]],
            password=None,
            by=administrator,
        )
        for entry in others
    ]
    save_cooperative(cooperative=_cooperative(), by=administrator)
    return Staff(
        administrator=administrator,
        accountants=tuple(user for user in accounts if Role.ACCOUNTANT in user.roles),
        managers=tuple(user for user in accounts if Role.MANAGER in user.roles),
        advisers=tuple(user for user in accounts if Role.ADVISER in user.roles),
    )


def enrol_members(staff: Staff, count: int, today: date) -> list[Member]:
    """So many members, each with their account, contracts and admission."""
    people = _people(staff, count, today)
    members = []
    for number, (person, profile, life) in enumerate(people):
        save_person(person=person, by=staff.managers[0])
        user = _open_account(person, staff.administrator) if life.stretches else None
        write_career(person=person, career=life, number=number, by=staff.managers[0], today=today)
        members.append(Member(person, user, profile, life))
    return members


def give_passwords() -> None:
    """Let every account sign in with the demo's password, hashed once: Argon2 is slow on purpose, and they are many.

    A direct update, which only a demo may do: a real password goes through `people.services.set_password`.
    """
    User.objects.update(password=make_password(DEMO_PASSWORD))


def close_accounts(members: list[Member], staff: Staff) -> None:
    """Those who left no longer sign in. Done last: they wrote their own documents."""
    for member in members:
        if member.user and member.profile.kind == "LEFT":
            user = User.objects.get(pk=member.user.pk)
            user.is_active = False
            save_user(user=user, by=staff.administrator)


def _cooperative() -> Cooperative:
    chance = dice("identity")
    number = siren(chance)
    identity = table("cooperative")["identity"]
    return Cooperative(
        **{**identity, "capital": Decimal(identity["capital"])},
        siren=number,
        siret=siret(chance, number),
        vat_number=french_vat(number),
        iban=french_iban(chance),
    )


def _people(staff: Staff, count: int, today: date) -> list[tuple[Person, Profile, Career]]:
    chance = dice("names")
    names = table("names")
    women, men, family = (chance.sample(names[key], k=len(names[key])) for key in ("women", "men", "family"))
    found = []
    for number, profile in enumerate(profiles(count)):
        life = career(profile, today, dice("career", number))
        is_woman = _women_among(number + 1) > _women_among(number)
        person = _person(number, (women if is_woman else men).pop(), family.pop(), life)
        person.gender = Gender.WOMAN if is_woman else Gender.MAN
        person.adviser = staff.advisers[number % len(staff.advisers)]
        found.append((person, profile, life))
    return found


def _women_among(count: int) -> int:
    """How many women there are among the first `count` members: their share, rounded up."""
    return -(-count * WOMEN_PERCENT // 100)


def _person(number: int, first_name: str, last_name: str, life: Career) -> Person:
    chance = dice("person", number)
    email = f"{slug(first_name)}.{slug(last_name)}@exemple.test"
    if number == 0:
        demo = table("cooperative")["demo_member"]
        first_name, last_name, email = demo["first_name"], demo["last_name"], demo["email"]
    postcode, city = chance.choice(table("places")["near"])
    return Person(
        first_name=first_name,
        last_name=last_name,
        birth_date=date(
            life.candidate_since_on.year - chance.randrange(25, 59), chance.randrange(1, 13), chance.randrange(1, 29)
        ),
        email=email,
        phone=mobile(chance),
        street=f"{chance.randrange(1, 90)} {chance.choice(table('places')['streets'])}",
        postcode=postcode,
        city=city,
        candidate_since_on=life.candidate_since_on,
    )


def _open_account(person: Person, administrator: User) -> User:
    user = create_user(
        email=person.email, full_name=str(person), roles=[Role.ENTREPRENEUR], password=None, by=administrator
    )
    give_account(person=person, user=user, by=administrator)
    person.user = user
    return user
