"""Writing, reading and proving the audit trail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import QuerySet

from cae_backoffice.core.models import AuditEvent

INSERT = """
    INSERT INTO core_auditevent (author_id, action, subject_type, subject_id, subject_label, changes)
    VALUES """
ROW = "(%s, %s, %s, %s, %s, %s::jsonb)"

FIRST_BROKEN = """
    SELECT position FROM (
        SELECT position, previous_hash, hash,
               lag(hash, 1, '') OVER (ORDER BY position) AS expected_previous,
               row_number() OVER (ORDER BY position) AS expected_position,
               core_audit_hash(previous_hash, position, happened_at, author_id, action, subject_type, subject_id,
                               subject_label, changes) AS expected_hash
        FROM core_auditevent
    ) AS chain
    WHERE previous_hash <> expected_previous OR position <> expected_position OR hash <> expected_hash
    ORDER BY position LIMIT 1
"""


@dataclass(frozen=True)
class Event:
    """What was done to a record: « invoice.issued »; `changes` maps a field to its new value or to [old, new]."""

    action: str
    subject: models.Model
    changes: Mapping[str, object]


@dataclass(frozen=True)
class ChainCheck:
    """The result of recomputing the whole chain: how many events, and the first that does not hold, if any."""

    events: int
    first_broken: int | None


def record(
    *, by: AbstractBaseUser, action: str, subject: models.Model, changes: Mapping[str, object] | None = None
) -> None:
    """Append one event inside the caller's transaction; the database chains it.

    `action` reads "invoice.issued"; `changes` maps a field to its new value or to [old, new]. Writers wait for one
    another from here to their commit, so this is the last thing a service does.
    """
    record_all(by=by, events=[Event(action, subject, changes or {})])


def record_all(*, by: AbstractBaseUser, events: Sequence[Event]) -> None:
    """Append many events in their order, as `record` does one, in one query."""
    if not events:
        return
    values = [value for event in events for value in _row(by, event)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT + ", ".join([ROW] * len(events)), values)


def _row(by: AbstractBaseUser, event: Event) -> list[int | str]:
    subject = event.subject
    label = str(subject)[:200]
    return [by.pk, event.action, subject._meta.label_lower, subject.pk, label, _to_json(event.changes)]


def history_of(subject: models.Model) -> QuerySet[AuditEvent]:
    """What was done to one record, the latest first."""
    return AuditEvent.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).select_related(
        "author"
    )


def check_chain() -> ChainCheck:
    """Recompute every link in the database."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_BROKEN)
        broken = cursor.fetchone()
    return ChainCheck(events=AuditEvent.objects.count(), first_broken=broken[0] if broken else None)


def _to_json(changes: Mapping[str, Any]) -> str:
    return json.dumps(changes, cls=DjangoJSONEncoder, ensure_ascii=False)
