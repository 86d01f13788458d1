"""Validation: the entry gets its final number and never changes again."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import F, OuterRef

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Entry, EntryLine, Period
from members.people.models import User

# One statement for one entry or ten thousand: the rows of the fiscal years stay locked until commit.
NUMBER = """
    WITH ranked AS (
        SELECT id, fiscal_year_id, row_number() OVER (PARTITION BY fiscal_year_id ORDER BY entry_on, id) AS rank
        FROM invoicing_entry WHERE id = ANY(%(entries)s)
    ), counted AS (
        SELECT fiscal_year_id, count(*) AS entries FROM ranked GROUP BY fiscal_year_id
    ), taken AS (
        UPDATE invoicing_fiscalyear AS year SET last_entry_number = last_entry_number + entries
        FROM counted WHERE year.id = counted.fiscal_year_id
        RETURNING year.id, last_entry_number - entries AS before
    )
    UPDATE invoicing_entry AS entry
    SET number = taken.before + ranked.rank, state = 'VALIDATED', validated_on = %(on)s, validated_by_id = %(by)s
    FROM ranked JOIN taken ON taken.id = ranked.fiscal_year_id
    WHERE entry.id = ranked.id
    RETURNING entry.id, entry.number
"""


@transaction.atomic
def validate_entries(*, entries: Iterable[Entry], by: User, on: date) -> list[Entry]:
    """Validate drafts in the order of their dates; all or none. Numbers have no gap in a fiscal year."""
    ids = [entry.pk for entry in entries]
    locked = list(Entry.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("entry_on", "pk"))
    if any(entry.state != EntryState.DRAFT for entry in locked):
        raise RefusalError("Une de ces écritures est déjà validée.")
    blocking = Period.objects.exclude(state=PeriodState.OPEN).filter(
        starts_on__lte=OuterRef("entry_on"), ends_on__gte=OuterRef("entry_on")
    )
    blocked = Entry.objects.filter(pk__in=ids).alias(period=blocking.values("pk")[:1]).filter(period__isnull=False)
    errors = [f"L’écriture «\u00a0{entry}\u00a0» est dans une période verrouillée." for entry in blocked]
    if errors:
        raise RefusalError(errors)
    undated = EntryLine.objects.filter(entry__in=ids, auxiliary__isnull=False, due_on=None)
    undated.update(due_on=F("entry_on"))  # see rules.with_due_dates
    numbers = number_entries(ids=ids, by=by, on=on)
    for entry in locked:
        _now_validated(entry, numbers[entry.pk], by, on)
        audit.record(by=by, action="entry.validated", subject=entry, changes={"number": entry.number})
    return locked


def number_entries(*, ids: Sequence[int], by: User, on: date) -> dict[int, int]:
    """Give drafts the next numbers of their fiscal years, in order of date, and validate them; their numbers by id."""
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, {"entries": list(ids), "on": on, "by": by.pk})
        return dict(cursor.fetchall())


def give_number(*, entry: Entry, by: User, on: date) -> None:
    """Take the next number of the fiscal year and validate the entry."""
    _now_validated(entry, number_entries(ids=[entry.pk], by=by, on=on)[entry.pk], by, on)


def _now_validated(entry: Entry, number: int, by: User, on: date) -> None:
    entry.number, entry.state = number, EntryState.VALIDATED
    entry.validated_on, entry.validated_by = on, by
