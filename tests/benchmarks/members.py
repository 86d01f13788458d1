"""The members' pages with 12 000 people, as the server's time for one page: list, register, radar, interviews due."""

from datetime import date, timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cae_backoffice.core.access import Role
from cae_backoffice.core.periods import add_months
from members.assemblies.queries import admission_radar
from members.associates.models import Admission
from members.contracts.enums import ContractKind
from members.contracts.models import AssociateDeadline, Contract
from members.people.models import Person
from members.shares.enums import MovementKind
from members.shares.models import ShareMovement
from members.shares.queries import register_on
from tests.benchmarks.lists import timed_page
from tests.benchmarks.measure import Measure, median_milliseconds
from tests.members.factories import make_assembly, make_share_class, make_user

PEOPLE = 12_000
ASSOCIATES = 6_000
INSTALMENTS = 4
FOUNDED = date(2020, 6, 13)
READ = 10


def fill() -> None:
    """Half of the people are associates with shares paid in instalments, half are under CESA with a deadline."""
    people = Person.objects.bulk_create(
        (
            Person(first_name=f"Prénom {i}", last_name=f"Nom {i * 7919 % PEOPLE:05d}", candidate_since_on=FOUNDED)
            for i in range(PEOPLE)
        ),
        batch_size=2000,
    )
    contracts = Contract.objects.bulk_create(
        (
            Contract(person=person, kind=ContractKind.CESA, signed_on=start_of(i), starts_on=start_of(i))
            for i, person in enumerate(people)
        ),
        batch_size=2000,
    )
    AssociateDeadline.objects.bulk_create(
        (
            AssociateDeadline(
                contract=contract,
                months_subtracted=0,
                days_subtracted=0,
                computed_on=add_months(contract.starts_on, 36),
            )
            for contract in contracts
        ),
        batch_size=2000,
    )
    Admission.objects.bulk_create(
        (Admission(person=person, admitted_on=FOUNDED, decision="AG") for person in people[:ASSOCIATES]),
        batch_size=2000,
    )
    write_movements(people[:ASSOCIATES])
    for months in (6, 12, 18):
        make_assembly(add_months(timezone.localdate(), months))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def start_of(i: int) -> date:
    """Spread over four years."""
    return timezone.localdate() - timedelta(days=i * 1460 // PEOPLE)


def write_movements(people: list[Person]) -> None:
    """A subscription, then instalments, in the order of the register. The triggers' checks, which the services' tests
    measure, are left out here: they would read the register once for each of the thirty thousand lines."""
    shares = make_share_class()
    lines = [
        ShareMovement(
            number=turn * len(people) + i + 1,
            kind=MovementKind.PAYMENT if turn else MovementKind.SUBSCRIPTION,
            effective_on=add_months(FOUNDED, turn),
            recorded_on=add_months(FOUNDED, turn),
            person=person,
            share_class=shares,
            quantity=0 if turn else 10,
            amount=0 if turn else 200,
            paid=40,
            decision="AG du 13/06/2020",
        )
        for turn in range(INSTALMENTS + 1)
        for i, person in enumerate(people)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    ShareMovement.objects.bulk_create(lines, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")


def measure() -> list[Measure]:
    """The queries alone, then the pages that show them."""
    fill()
    manager = make_user(Role.MANAGER)
    today = timezone.localdate()
    register = median_milliseconds(lambda: register_on(on=today, limit=50), times=READ)
    radar = median_milliseconds(lambda: list(admission_radar(on=today)[:50]), times=READ)
    measures = [
        Measure(f"register of a day, query, {PEOPLE:,} people", f"{register:.0f} ms"),
        Measure(f"radar, query, {PEOPLE:,} people", f"{radar:.0f} ms"),
    ]
    for name, address, goal in (
        ("register of a day", reverse("admin:members_sharemovement_register"), "< 200 ms"),
        (
            "register of a past day",
            f"{reverse('admin:members_sharemovement_register')}?date=2020-08-01&p=60",
            "< 200 ms",
        ),
        ("radar", reverse("admin:members_radarmember_changelist"), "< 200 ms"),
        (
            "radar of the first assembly",
            f"{reverse('admin:members_radarmember_changelist')}?call=AT_ASSEMBLY",
            "< 200 ms",
        ),
        ("movements of shares", reverse("admin:members_sharemovement_changelist"), ""),
        ("interviews due", f"{reverse('admin:members_supportedmember_changelist')}?missing=SOME", ""),
        ("members", reverse("admin:members_person_changelist"), "< 80 ms"),
    ):
        measures.append(timed_page(f"{name}, {PEOPLE:,} people", address, manager, goal))
    return measures
