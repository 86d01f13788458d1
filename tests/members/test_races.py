"""Two real connections at the same moment, on ballots, shares and seats."""

from datetime import date

import pytest

from cae_backoffice.core.errors import RefusalError
from members.accompaniment.models import WorkshopRegistration
from members.accompaniment.services import register_for_workshop
from members.assemblies.enums import Choice, Presence, VotingMethod
from members.assemblies.models import Convocation, Signature, Tally
from members.assemblies.services import cast_ballot, convene_assembly, mark_presence, open_vote
from members.shares.models import ShareMovement
from members.shares.services import refund_shares
from tests.invoicing.invoices.test_races import at_once
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_person,
    make_resolution,
    make_share_class,
    make_statutes,
    make_subscriptions,
    make_workshop,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 20)


def test_ballots_cast_at_once_are_all_counted_and_each_person_votes_once() -> None:
    """Four people, one of them from two screens."""
    make_statutes()
    people = [make_person(name) for name in ("Alix", "Bao", "Cleo", "Dany")]
    for person in people:
        make_admission(person, date(2025, 6, 14))
    resolution = make_resolution(make_assembly(DAY), method=VotingMethod.SECRET)
    sent_on = date(2026, 5, 1)
    convene_assembly(assembly=resolution.assembly, record_on=sent_on, convened_on=sent_on, by=clerk())
    for seat in Convocation.objects.all():
        mark_presence(convocation=seat, presence=Presence.PRESENT, by=clerk())
    opened, by = open_vote(resolution=resolution, on=DAY, by=clerk()), clerk()
    results = at_once(
        *[
            lambda person=person: cast_ballot(resolution=opened, person=person, choice=Choice.IN_FAVOUR, by=by)
            for person in [*people, people[0]]
        ]
    )
    assert sum(isinstance(result, RefusalError) for result in results) == 1
    assert (Tally.objects.get().in_favour, Signature.objects.count()) == (4, 4)


def test_shares_are_not_refunded_twice_at_once() -> None:
    """One clerk writes after the other: the register has no gap and nobody is below zero."""
    shares = make_share_class()
    people = [make_person(name) for name in ("Alix", "Bao", "Cleo")]
    for person in people:
        make_admission(person, date(2025, 6, 14))
    make_subscriptions(shares, dict.fromkeys(people, 10))
    by = clerk()

    def refund() -> ShareMovement:
        return refund_shares(person=people[0], share_class=shares, quantity=6, on=DAY, today=DAY, decision="CA", by=by)

    results = at_once(refund, refund)
    assert sum(isinstance(result, RefusalError) for result in results) == 1
    assert list(ShareMovement.objects.order_by("number").values_list("number", "quantity"))[3:] == [(4, -6)]


def test_the_last_seat_is_given_once() -> None:
    """Whoever comes second is refused."""
    workshop, by = make_workshop(seats=1), clerk()
    people = [make_person("Alix"), make_person("Bao")]
    results = at_once(
        *[
            lambda person=person: register_for_workshop(workshop=workshop, person=person, on=DAY, by=by)
            for person in people
        ]
    )
    assert sum(isinstance(result, RefusalError) for result in results) == 1
    assert WorkshopRegistration.objects.count() == 1
