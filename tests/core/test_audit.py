"""The audit trail: chained by the database, closed to change by any way in."""

import hashlib
import json
from collections.abc import Generator

import pytest
from django.db import IntegrityError, connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.audit import ChainCheck, check_chain
from cae_backoffice.core.models import AuditEvent
from members.people.models import User
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> User:
    """Who acts."""
    return make_user()


@pytest.fixture
def three_events(author: User) -> list[AuditEvent]:
    """A short trail."""
    for i in range(3):
        audit.record(by=author, action=f"user.act{i}", subject=author, changes={"nom": ["é", f"n° {i}"]})
    return list(AuditEvent.objects.order_by("position"))


@pytest.fixture
def open_triggers() -> Generator[None]:
    """What only the database's owner can do: write past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_events_are_numbered_and_chained(three_events: list[AuditEvent]) -> None:
    """Each holds the hash of the one before."""
    assert [event.position for event in three_events] == [1, 2, 3]
    assert [event.previous_hash for event in three_events] == ["", three_events[0].hash, three_events[1].hash]
    assert check_chain() == ChainCheck(events=3, first_broken=None)


def test_anyone_can_recompute_a_hash(three_events: list[AuditEvent]) -> None:
    """SHA-256 of the fields joined by U+001F, as the migration documents."""
    event = three_events[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT changes::text FROM core_auditevent WHERE position = 2")
        changes = cursor.fetchone()[0]
    assert json.loads(changes) == {"nom": ["é", "n° 1"]}
    fields = [
        event.previous_hash,
        "2",
        event.happened_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        str(event.author_id),
        "user.act1",
        "members.user",
        str(event.subject_id),
        event.subject_label,
        changes,
    ]
    assert hashlib.sha256("\x1f".join(fields).encode()).hexdigest() == event.hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET action = 'x' WHERE position = 2",
        "DELETE FROM core_auditevent WHERE position = 3",
        "TRUNCATE core_auditevent",
    ],
)
def test_the_trail_never_changes(three_events: list[AuditEvent], statement: str) -> None:
    """Not even by SQL."""
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")
    assert list(AuditEvent.objects.order_by("position")) == three_events


def test_what_the_writer_claims_is_ignored(author: User) -> None:
    """Position, instant and hashes are the database's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditevent (position, happened_at, previous_hash, hash, author_id, action, subject_type,"
            " subject_id, subject_label, changes)"
            " VALUES (99, '2001-01-01', 'x', 'y', %s, 'a', 'members.user', 1, 'l', '{}')",
            [author.pk],
        )
    event = AuditEvent.objects.get()
    assert (event.position, event.previous_hash, event.happened_at.year > 2001) == (1, "", True)
    assert check_chain() == ChainCheck(events=1, first_broken=None)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE core_auditevent SET changes = '{}' WHERE position = 2", 2),
        ("DELETE FROM core_auditevent WHERE position = 2", 3),
        ("UPDATE core_auditevent SET happened_at = now() + interval '1 day' WHERE position = 1", 1),
    ],
    ids=["changed", "removed", "post-dated"],
)
def test_the_check_finds_what_was_tampered_with(
    three_events: list[AuditEvent], open_triggers: None, statement: str, broken: int
) -> None:
    """The first event that no longer holds."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert check_chain().first_broken == broken


def test_an_event_has_an_author() -> None:
    """Mandatory, by the database."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditevent (action, subject_type, subject_id, subject_label, changes)"
            " VALUES ('a', 'members.user', 1, 'l', '{}')"
        )


def test_events_are_written_by_record_alone(author: User) -> None:
    """The model refuses to save."""
    with pytest.raises(TypeError, match=r"audit\.record"):
        AuditEvent(author=author, action="a").save()
