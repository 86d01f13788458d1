"""Matching letters for lines that have come to settle one another."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F

from cae_backoffice.core.money import ZERO
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import EntryLine
from invoicing.ledger.services.match_lines import match_lines
from members.people.models import User


def match_if_settled(lines: Iterable[int], *, on: date, by: User) -> None:
    """Give a letter, account by account and auxiliary by auxiliary, to those of the lines that have none and sum to
    zero there.
    """
    groups: dict[tuple[int, int | None], list[EntryLine]] = {}
    for line in _live_lines(lines):
        groups.setdefault((line.account_id, line.auxiliary_id), []).append(line)
    for group in groups.values():
        if not sum((line.debit - line.credit for line in group), ZERO):
            match_lines(lines=group, on=on, by=by)


def _live_lines(lines: Iterable[int]) -> list[EntryLine]:
    """The unmatched lines among these, as the open years carry those of a closed one."""
    unmatched = EntryLine.objects.filter(pk__in=set(lines), matching=None).select_related("entry__fiscal_year")
    carried = [_carried(line) if line.entry.fiscal_year.closed_on else line for line in unmatched]
    return [line for line in carried if line is not None and line.matching_id is None]


def _carried(line: EntryLine) -> EntryLine | None:
    """The line of an opening entry, in a year still open, that carries this one of a closed year; of several alike, one
    that is still open.
    """
    alike = EntryLine.objects.filter(
        entry__journal__code=JournalCode.OPENING,
        entry__fiscal_year__closed_on=None,
        account=line.account_id,
        auxiliary=line.auxiliary_id,
        activity=line.activity_id,
        label=line.label,
        due_on=line.due_on,
        debit=line.debit,
        credit=line.credit,
    )
    return alike.order_by(F("matching").asc(nulls_first=True), "pk").first()
