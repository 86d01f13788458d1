"""What a member reads of their own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404

from members.assemblies.models import Convocation
from members.assemblies.queries import own_convocations
from members.associates.enums import MemberStatus
from members.associates.queries import members_overview
from members.contracts.models import Contract
from members.contracts.queries import deadline_sentences
from members.own_file.enums import RequestState
from members.own_file.models import ContactChange
from members.people.models import Person, User
from members.shares.models import ShareMovement
from members.shares.queries import ClassHolding, certificate_lines

MOST_ASSEMBLIES = 3


@dataclass(frozen=True)
class OwnFile:
    """A member on a day: status, clock, contracts, shares, assemblies, and the last request."""

    person: Person
    status: MemberStatus
    deadline_on: date | None
    explanation: tuple[str, ...]
    contracts: list[Contract]
    holdings: list[ClassHolding]
    movements: list[ShareMovement]
    convocations: list[Convocation]
    last_change: ContactChange | None

    @property
    def waits(self) -> bool:
        """Whether a request is with the cooperative."""
        return self.last_change is not None and self.last_change.state == RequestState.WAITING


def own_person(user: User) -> Person:
    """The member who signs in with the account; 404 for an account that is nobody's."""
    person = Person.objects.filter(user=user).select_related("adviser").first()
    if person is None:
        raise Http404
    return person


def own_file(user: User, *, on: date) -> OwnFile:
    """Everything of one member in a fixed number of queries, but one for each class of shares held."""
    person = own_person(user)
    standing = members_overview(on=on).get(pk=person.pk)
    contracts = list(Contract.objects.filter(person=person).select_related("deadline").order_by("-starts_on", "-pk"))
    running = next((each for each in contracts if each.kind == standing.contract_kind and standing.deadline_on), None)
    return OwnFile(
        person=person,
        status=MemberStatus(standing.status),
        deadline_on=standing.deadline_on,
        explanation=deadline_sentences(running) if running else (),
        contracts=contracts,
        holdings=certificate_lines(person, on),
        movements=list(person.share_movements.select_related("share_class").order_by("-number")),
        convocations=list(own_convocations(user)[:MOST_ASSEMBLIES]),
        last_change=ContactChange.objects.filter(person=person).first(),
    )
