"""Validation: the entry gets its final number and never changes again."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Entry, FiscalYear, Period
from members.people.models import User


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
    FiscalYear.objects.filter(pk=entry.fiscal_year_id).update(last_entry_number=F("last_entry_number") + 1)
    entry.number = FiscalYear.objects.values_list("last_entry_number", flat=True).get(pk=entry.fiscal_year_id)
    entry.state = EntryState.VALIDATED
    entry.validated_on = on
    entry.validated_by = by
    entry.save(update_fields=["number", "state", "validated_on", "validated_by"])
