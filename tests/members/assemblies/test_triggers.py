"""In SQL, past every service: what an assembly has decided cannot change."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from members.assemblies.enums import Choice, Presence, VotingMethod
from members.assemblies.models import Convocation, Resolution
from members.assemblies.services import (
    cast_ballot,
    cast_nominal_vote,
    close_assembly,
    close_vote,
    convene_assembly,
    give_proxy,
    mark_presence,
    open_vote,
)
from tests.members.factories import clerk, make_admission, make_assembly, make_person, make_resolution, make_statutes

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 20)
TABLES = ("assembly", "convocation", "proxy", "resolution", "tally", "nominalvote", "signature")


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds of assemblies."""
    found = {}
    for table in TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM members_{table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


@pytest.fixture
def resolutions() -> dict[str, Resolution]:
    """An assembly of four, of whom one is represented: a nominal vote that is decided, a secret one that goes on, and a
    point still to come; and another assembly."""
    make_statutes()
    people = [make_person(name) for name in ("Alix", "Bao", "Cleo", "Dany")]
    for person in people:
        make_admission(person, date(2025, 6, 14))
    other = make_resolution(make_assembly(date(2026, 12, 5)))
    assembly = make_assembly(DAY)
    found = {
        "decided": make_resolution(assembly, method=VotingMethod.NOMINAL),
        "open": make_resolution(assembly, method=VotingMethod.SECRET),
        "pending": make_resolution(assembly),
        "other": other,
    }
    for convened in (assembly, other.assembly):
        convene_assembly(assembly=convened, record_on=date(2026, 5, 1), convened_on=date(2026, 5, 1), by=clerk())
    seats = [Convocation.objects.get(assembly=assembly, person=person) for person in people]
    give_proxy(giver=seats[3], holder=seats[0], on=DAY, by=clerk())
    for seat in seats[:3]:
        mark_presence(convocation=seat, presence=Presence.PRESENT, by=clerk())
    open_vote(resolution=found["decided"], on=DAY, by=clerk())
    cast_nominal_vote(resolution=found["decided"], person=people[0], choice=Choice.IN_FAVOUR, by=clerk())
    close_vote(resolution=found["decided"], by=clerk())
    open_vote(resolution=found["open"], on=DAY, by=clerk())
    cast_ballot(resolution=found["open"], person=people[1], choice=Choice.AGAINST, by=clerk())
    return found


def refused(statement: str) -> None:
    """The statement fails and everything is what it was."""
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert everything() == before


def test_what_is_convened_voted_or_decided_does_not_change(resolutions: dict[str, Resolution]) -> None:
    """List of voters, votes, signatures, results."""
    decided, opened, pending, other = (resolutions[name].pk for name in ("decided", "open", "pending", "other"))
    assembly, elsewhere = resolutions["decided"].assembly_id, resolutions["other"].assembly_id
    stranger = f"(SELECT min(id) FROM members_convocation WHERE assembly_id = {elsewhere})"
    seat = f"(SELECT max(id) FROM members_convocation WHERE assembly_id = {assembly})"
    for statement in (
        f"DELETE FROM members_assembly WHERE id = {assembly}",
        f"UPDATE members_assembly SET held_on = held_on + 1 WHERE id = {assembly}",
        f"UPDATE members_assembly SET record_on = record_on - 1 WHERE id = {assembly}",
        "DELETE FROM members_convocation",
        "UPDATE members_convocation SET person_id = person_id + 1",
        f"UPDATE members_convocation SET assembly_id = {elsewhere} WHERE assembly_id = {assembly}",
        f"UPDATE members_proxy SET holder_id = {stranger}",
        f"UPDATE members_resolution SET state = 'REJECTED' WHERE id = {decided}",
        f"UPDATE members_resolution SET text = 'x' WHERE id = {decided}",
        f"DELETE FROM members_resolution WHERE id = {decided}",
        f"DELETE FROM members_resolution WHERE id = {opened}",
        f"UPDATE members_resolution SET state = 'OPEN', convened = 4, voters = 4 WHERE id = {pending}",
        f"UPDATE members_tally SET in_favour = 9 WHERE resolution_id = {decided}",
        f"DELETE FROM members_tally WHERE resolution_id = {opened}",
        "UPDATE members_nominalvote SET choice = 'AGAINST'",
        "DELETE FROM members_nominalvote",
        "UPDATE members_signature SET voter_id = voter_id",
        "DELETE FROM members_signature",
        f"INSERT INTO members_nominalvote (resolution_id, voter_id, choice) VALUES ({decided}, {seat}, 'AGAINST')",
        f"INSERT INTO members_signature (resolution_id, voter_id) VALUES ({opened}, {stranger})",
        f"INSERT INTO members_signature (resolution_id, voter_id) VALUES ({other}, {stranger})",
        "INSERT INTO members_signature (resolution_id, voter_id) SELECT resolution_id, voter_id FROM members_signature",
    ):
        refused(statement)


def test_nothing_of_a_closed_assembly_changes(resolutions: dict[str, Resolution]) -> None:
    """Neither presence nor proxies nor its own line."""
    close_vote(resolution=resolutions["open"], by=clerk())
    assembly = resolutions["open"].assembly
    close_assembly(assembly=assembly, chair="Alix", secretary="", on=DAY, by=clerk())
    for statement in (
        f"UPDATE members_assembly SET chair = 'x' WHERE id = {assembly.pk}",
        f"UPDATE members_convocation SET presence = 'ABSENT' WHERE assembly_id = {assembly.pk}",
        "DELETE FROM members_proxy",
    ):
        refused(statement)
