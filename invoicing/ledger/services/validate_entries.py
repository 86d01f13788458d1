"""Validation: the entry gets its final number and never changes again."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Entry, FiscalYear, Period
from members.people.models import User

VALIDATE = """
    WITH taken AS (
        UPDATE invoicing_fiscalyear SET last_entry_number = last_entry_number + 1 WHERE id = %(year)s
        RETURNING last_entry_number AS number
    )
    UPDATE invoicing_entry
    SET number = taken.number, state = 'VALIDATED', validated_on = %(on)s, validated_by_id = %(by)s
    FROM taken WHERE id = %(entry)s
    RETURNING invoicing_entry.number
"""

VALIDATE_ALL = """
    WITH taken AS (
        UPDATE invoicing_fiscalyear SET last_entry_number = last_entry_number + %(count)s WHERE id = %(year)s
        RETURNING last_entry_number - %(count)s AS before
    )
    UPDATE invoicing_entry
    SET number = taken.before + given.rank, state = 'VALIDATED', validated_on = %(on)s, validated_by_id = %(by)s
    FROM taken, unnest(%(entries)s::bigint[]) WITH ORDINALITY AS given (id, rank)
    WHERE invoicing_entry.id = given.id
"""


@transaction.atomic
def validate_entries(*, entries: Iterable[Entry], by: User, on: date) -> list[Entry]:
    """Validate drafts in the order of their dates; all or none. Numbers have no gap in a fiscal year."""
    ids = [entry.pk for entry in entries]
    locked = list(
        Entry.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("fiscal_year")
        .order_by("entry_on", "pk")
    )
    if any(entry.state != EntryState.DRAFT for entry in locked):
        raise RefusalError("Une de ces écritures est déjà validée.")
    blocked = Period.objects.exclude(state=PeriodState.OPEN)
    for entry in locked:
        if blocked.filter(starts_on__lte=entry.entry_on, ends_on__gte=entry.entry_on).exists():
            raise RefusalError(f"L’écriture « {entry} » est dans une période verrouillée.")
        give_number(entry=entry, by=by, on=on)
    for entry in locked:
        audit.record(by=by, action="entry.validated", subject=entry, changes={"number": entry.number})
    return locked


def give_number(*, entry: Entry, by: User, on: date) -> None:
    """Take the next number of the fiscal year, whose row stays locked until commit, and validate the entry."""
    with connection.cursor() as cursor:
        cursor.execute(VALIDATE, {"entry": entry.pk, "year": entry.fiscal_year_id, "on": on, "by": by.pk})
        (entry.number,) = cursor.fetchone()
    entry.state = EntryState.VALIDATED
    entry.validated_on = on
    entry.validated_by = by


def give_numbers(*, entry_ids: Sequence[int], year: FiscalYear, by: User, on: date) -> None:
    """The same for many drafts of one fiscal year at once, in the order given."""
    ids = list(entry_ids)
    values: dict[str, Any] = {"entries": ids, "count": len(ids), "year": year.pk, "on": on, "by": by.pk}
    with connection.cursor() as cursor:
        cursor.execute(VALIDATE_ALL, values)
