"""The cooperative's life in the demo: statutes, shares, assemblies to come, interviews and a workshop."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from random import Random

from cae_backoffice.core.periods import add_months
from cae_backoffice.core.records import save_record
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.careers import assemblies_between
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.people import Member, Staff
from cae_backoffice.demo.turnover import history
from members.accompaniment.enums import InterviewKind
from members.accompaniment.models import Interview, Workshop
from members.accompaniment.services import record_interview, register_for_workshop, save_workshop
from members.assemblies.enums import Majority, VotingMethod
from members.assemblies.models import Assembly
from members.assemblies.services import add_resolution, plan_assembly
from members.associates.models import Admission
from members.contracts.enums import ContractKind
from members.cooperative.models import Statutes
from members.people.models import Person, User
from members.shares.models import ShareClass
from members.shares.services import Subscription, create_share_class, subscribe

FEWEST_FOUNDERS = 3
"""Below, somebody would hold more than half of the capital."""

NOMINAL = Decimal("20.00")
SUMMARIES = (
    "Point sur le carnet de commandes et les prix. Prochain rendez-vous dans six mois.",
    "Chiffre d’affaires régulier. Une formation à la prospection est envisagée pour l’automne.",
    "Relecture d’un devis important et des délais de paiement du client.",
)


def live_together(staff: Staff, members: list[Member], agenda: Agenda) -> None:
    """What the associates and the team do beside selling; who takes shares while the books run does it on its day."""
    manager, today = staff.managers[0], agenda.today
    statutes = Statutes(
        version=f"statuts du {date(today.year - 6, 6, 1):%d/%m/%Y}",
        starts_on=date(today.year - 6, 6, 1),
        quorum_ordinary=Decimal(25),
        quorum_extraordinary=Decimal(50),
        quorum_second_call=Decimal(0),
    )
    save_record(instance=statutes, by=manager)
    _share_out(manager, statutes.starts_on, agenda)
    _plan_assemblies(manager, today)
    _accompany(members, today)
    _hold_workshop(staff, members, today)


def _share_out(manager: User, since: date, agenda: Agenda) -> None:
    """Each associate subscribes on the day of the admission; the first ones together, as founders."""
    begun_on = history(agenda.today).starts_on
    chance = dice("shares")
    shares = create_share_class(
        code="A", name="Parts des salariés", nominal=NOMINAL, starts_on=since, decision="Statuts", by=manager
    )
    waiting: list[Person] = []
    founded = False
    admissions = Admission.objects.filter(ended_on=None).select_related("person").order_by("admitted_on", "pk")
    for day, admitted in groupby(admissions, key=lambda admission: admission.admitted_on):
        waiting += [admission.person for admission in admitted]
        if len(waiting) < FEWEST_FOUNDERS and not founded:
            continue
        act = partial(_subscribe, shares, waiting, chance, manager)
        if day < begun_on:
            act(day)
        else:
            agenda.add(day, Moment.CORRECTIONS, act)
        waiting, founded = [], True


def _subscribe(shares: ShareClass, people: Iterable[Person], chance: Random, manager: User, day: date) -> None:
    subscriptions = []
    for person in people:
        quantity = chance.choice((5, 10, 10, 15))
        paid = quantity * NOMINAL / 5 if chance.randrange(3) == 0 else None
        subscriptions.append(Subscription(person, quantity, paid))
    decision = f"AG du {day:%d/%m/%Y}"
    subscribe(share_class=shares, subscriptions=subscriptions, on=day, today=day, decision=decision, by=manager)


def _plan_assemblies(manager: User, today: date) -> None:
    """The next ones, of a June and a December; the nearest has its agenda."""
    coming = assemblies_between(today + timedelta(days=30), add_months(today, 14))
    for number, day in enumerate(coming):
        assembly = plan_assembly(
            assembly=Assembly(held_on=day, starts_at=time(14, 0), place="Salle Colette, 18 quai des Mariniers, Angers"),
            by=manager,
        )
        if number == 0:
            add_resolution(
                assembly=assembly,
                title="Orientation du budget des services mutualisés",
                text="",
                majority=Majority.SIMPLE,
                method=VotingMethod.HANDS,
                by=manager,
            )


def _accompany(members: list[Member], today: date) -> None:
    """Up to two interviews of the year with each member under CAPE or CESA, by their adviser."""
    chance = dice("interviews")
    for member in members:
        adviser = member.person.adviser
        months = chance.sample(range(1, max(today.month, 3)), 2)[: chance.randrange(3)]
        for month in sorted(months):
            day = date(today.year, month, chance.randrange(3, 26))
            if adviser is None or day >= today or not _is_supported(member, day):
                continue
            interview = Interview(
                person=member.person,
                held_on=day,
                kind=chance.choice([InterviewKind.FOLLOW_UP, InterviewKind.PROJECT]),
                summary=chance.choice(SUMMARIES),
            )
            record_interview(interview=interview, notes="", today=day, by=adviser)


def _is_supported(member: Member, day: date) -> bool:
    return any(
        stretch.kind != ContractKind.WORK and stretch.period.contains(day) for stretch in member.career.stretches
    )


def _hold_workshop(staff: Staff, members: list[Member], today: date) -> None:
    workshop = Workshop(
        title="Fixer ses prix et tenir sa marge",
        held_on=today + timedelta(days=16),
        starts_at=time(9, 30),
        place="Salle Colette",
        seats=8,
        leader=staff.advisers[0],
    )
    save_workshop(workshop=workshop, by=staff.managers[0])
    active = [member.person for member in members if _is_supported(member, today)]
    for person in active[:5]:
        register_for_workshop(workshop=workshop, person=person, on=today, by=staff.managers[0])
