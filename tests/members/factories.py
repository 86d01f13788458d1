"""People, activities, contracts and the cooperative, for tests: plain rows with sensible values."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.money import split_largest_remainder
from cae_backoffice.core.periods import add_months
from members.accompaniment.enums import InterviewKind
from members.accompaniment.models import Interview, Workshop
from members.accompaniment.services import record_interview, save_workshop
from members.activities.enums import Sector
from members.activities.models import Activity, SplitConvention, SplitShare
from members.assemblies.enums import Majority, VotingMethod
from members.assemblies.models import Assembly, Resolution
from members.assemblies.services import add_resolution, plan_assembly
from members.associates.models import Admission, College
from members.associates.services import admit_associate
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from members.contracts.services import sign_contract
from members.cooperative.enums import LegalForm
from members.cooperative.models import Cooperative, Statutes
from members.people.models import Person, User
from members.shares.models import ShareClass, ShareMovement
from members.shares.services import Subscription, create_share_class, subscribe

FOREVER_AGO = date(2020, 1, 1)
PASSWORD = "mot-de-passe-des-essais"

_numbers = itertools.count(1)


def make_user(*roles: Role, email: str = "", full_name: str = "Dominique Caron", password: str | None = None) -> User:
    """An account with these roles; without `password` nobody can sign in by typing (tests use `force_login`)."""
    user = User(email=email or f"compte{next(_numbers)}@example.org", full_name=full_name, roles=list(roles))
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    return user


def clerk() -> User:
    """The account that signs what factories write through services."""
    return User.objects.filter(email="secretariat@example.org").first() or make_user(
        Role.ADMINISTRATOR, Role.MANAGER, email="secretariat@example.org", full_name="Secrétariat"
    )


def make_person(first_name: str = "Camille", last_name: str = "Martin", **fields: Any) -> Person:  # noqa: ANN401
    """Someone met on 1 January 2020, without contract or account."""
    return Person.objects.create(
        **{"first_name": first_name, "last_name": last_name, "candidate_since_on": FOREVER_AGO} | fields
    )


def make_entrepreneur(first_name: str = "Camille", last_name: str = "Martin", *, adviser: User | None = None) -> Person:
    """Someone with an entrepreneur's account."""
    user = make_user(Role.ENTREPRENEUR, full_name=f"{first_name} {last_name}")
    return make_person(first_name, last_name, user=user, adviser=adviser)


def make_activity(
    people: Sequence[Person] = (),
    *,
    sector: Sector = Sector.SERVICES,
    name: str = "",
    starts_on: date = FOREVER_AGO,
    shares: Sequence[Decimal] = (),
    **fields: Any,  # noqa: ANN401
) -> Activity:
    """An activity that these people carry since 1 January 2020, in equal shares unless said otherwise."""
    number = next(_numbers)
    activity = Activity.objects.create(
        **{"code": f"A{number:04d}", "name": name or f"Activité {number}", "sector": sector} | fields
    )
    if people:
        make_convention(activity, people, starts_on=starts_on, shares=shares)
    return activity


@transaction.atomic
def make_convention(
    activity: Activity,
    people: Sequence[Person],
    *,
    starts_on: date = FOREVER_AGO,
    ends_on: date | None = None,
    shares: Sequence[Decimal] = (),
) -> SplitConvention:
    """Who carries an activity over a period, in equal shares unless said otherwise."""
    convention = SplitConvention.objects.create(activity=activity, starts_on=starts_on, ends_on=ends_on)
    parts = shares or split_largest_remainder(Decimal(100), [Decimal(1)] * len(people))
    for person, percent in zip(people, parts, strict=True):
        SplitShare.objects.create(convention=convention, person=person, percent=percent)
    return convention


def make_contract(
    person: Person,
    kind: ContractKind = ContractKind.CESA,
    starts_on: date = date(2024, 1, 1),
    ends_on: date | None = None,
    **fields: Any,  # noqa: ANN401
) -> Contract:
    """A signed contract, with its deadline; a CAPE lasts twelve months unless said otherwise."""
    if kind == ContractKind.CAPE and ends_on is None:
        ends_on = add_months(starts_on, 12) - timedelta(days=1)
    contract = Contract(
        **{"person": person, "kind": kind, "signed_on": starts_on, "starts_on": starts_on, "ends_on": ends_on} | fields
    )
    return sign_contract(contract=contract, by=clerk())


def make_admission(person: Person, on: date = date(2025, 6, 14)) -> Admission:
    """An admission by the general assembly of that day."""
    return admit_associate(person=person, on=on, decision=f"AG du {on:%d/%m/%Y}, résolution 7", by=clerk())


def make_share_class(code: str = "A", nominal: str = "20.00", starts_on: date = FOREVER_AGO) -> ShareClass:
    """A class of shares of twenty euros since 1 January 2020, unless said otherwise."""
    return create_share_class(
        code=code,
        name="Parts des salariés",
        nominal=Decimal(nominal),
        starts_on=starts_on,
        decision="Statuts",
        by=clerk(),
    )


def make_subscriptions(
    share_class: ShareClass, quantities: Mapping[Person, int], on: date = date(2025, 6, 14), *, paid: str | None = None
) -> list[ShareMovement]:
    """So many shares for each person, all paid unless said otherwise."""
    return subscribe(
        share_class=share_class,
        subscriptions=[
            Subscription(person, quantity, None if paid is None else Decimal(paid))
            for person, quantity in quantities.items()
        ],
        on=on,
        today=on,
        decision=f"AG du {on:%d/%m/%Y}",
        by=clerk(),
    )


def make_cooperative(**fields: Any) -> Cooperative:  # noqa: ANN401
    """The cooperative of this database: complete, with valid numbers."""
    identity = {
        "legal_name": "Les Ateliers réunis",
        "short_name": "Ateliers réunis",
        "legal_form": LegalForm.SCOP_SARL,
        "capital": Decimal("48750.00"),
        "siren": "912345675",
        "siret": "91234567500017",
        "vat_number": "FR65912345675",
        "rcs_city": "Nantes",
        "naf_code": "70.22Z",
        "street": "12 rue des Ateliers",
        "postcode": "44000",
        "city": "Nantes",
        "phone": "02 40 00 00 00",
        "email": "contact@ateliers.example.org",
        "website": "https://ateliers.example.org",
        "iban": "FR7630006000011234567890189",
        "bic": "AGRIFRPP",
        "mediator": "Médiation de l’Ouest, 3 quai de la Fosse, 44000 Nantes, https://mediation.example.org",
    }
    return Cooperative.objects.create(**{"id": 1} | identity | fields)


def make_statutes(starts_on: date = FOREVER_AGO, **fields: Any) -> Statutes:  # noqa: ANN401
    """Statutes with a quorum of a half, of two thirds for extraordinary assemblies, and two proxies a person."""
    return Statutes.objects.create(
        **{
            "version": f"statuts du {starts_on:%d/%m/%Y}",
            "starts_on": starts_on,
            "quorum_ordinary": Decimal(50),
            "quorum_extraordinary": Decimal("66.67"),
            "quorum_second_call": Decimal(0),
        }
        | fields
    )


def make_assembly(held_on: date = date(2026, 6, 20), **fields: Any) -> Assembly:  # noqa: ANN401
    """An assembly that is planned, its agenda still empty."""
    place = {"starts_at": time(18, 0), "place": "Salle des fêtes, Nantes"}
    return plan_assembly(assembly=Assembly(**{"held_on": held_on} | place | fields), by=clerk())


def make_resolution(assembly: Assembly, **fields: Any) -> Resolution:  # noqa: ANN401
    """A point of the agenda, by simple majority and show of hands unless said otherwise."""
    usual = {"title": "Approbation des comptes", "text": "", "majority": Majority.SIMPLE, "method": VotingMethod.HANDS}
    return add_resolution(**{"assembly": assembly, "by": clerk()} | usual | fields)


def make_college(name: str, weight: int, starts_on: date = FOREVER_AGO) -> College:
    """A college of so many percent."""
    return College.objects.create(name=name, weight=weight, starts_on=starts_on)


def make_interview(
    person: Person, held_on: date = date(2026, 3, 2), *, by: User | None = None, notes: str = ""
) -> Interview:
    """A follow-up that was held, by the secretariat unless said otherwise."""
    interview = Interview(person=person, held_on=held_on, kind=InterviewKind.FOLLOW_UP, summary="Le point du semestre.")
    return record_interview(interview=interview, notes=notes, today=held_on, by=by or clerk())


def make_workshop(seats: int = 12, held_on: date = date(2026, 9, 10)) -> Workshop:
    """A morning on prices."""
    workshop = Workshop(title="Fixer ses prix", held_on=held_on, starts_at=time(9, 30), place="Nantes", seats=seats)
    return save_workshop(workshop=workshop, by=clerk())
