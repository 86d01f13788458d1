"""Lines of the books in order, read from place to place: a ledger of millions of lines opens as fast as one of ten.

A page is asked by a mark, the place of a line in the order ("2026-03-10_4711"), never by its rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import ONE_DAY
from invoicing.ledger.enums import EntryState
from invoicing.ledger.models import EntryLine, Journal
from invoicing.ledger.queries.balances import LedgerScope, Sums, balance_before, sums_between

LINES_PER_PAGE = 200
BATCH = 2000
BY_DAY = ("entry_on", "pk")
BY_ENTRY = ("entry__entry_on", "entry_id", "position")
AFTER, BEFORE = "apres", "avant"


@dataclass(frozen=True)
class LinePage:
    """Some lines in order, and the marks of the pages around them; empty where there is none."""

    lines: Sequence[EntryLine]
    previous: str
    next: str


@dataclass(frozen=True)
class OrderedLines:
    """Lines in one order: by day, or by day and entry."""

    lines: QuerySet[EntryLine]
    order: tuple[str, ...]

    def page(self, mark: str) -> LinePage:
        """The lines after or before the place that a mark names; the first ones for any other text."""
        way, place = read_mark(mark, len(self.order))
        if place is None:
            found = list(self._shown()[: LINES_PER_PAGE + 1])
            return self._cut(found, is_first=True)
        if way == AFTER:
            found = list(self._shown().filter(beyond(self.order, place, "gt"))[: LINES_PER_PAGE + 1])
            return self._cut(found, is_first=False)
        before = self._shown().filter(beyond(self.order, place, "lt")).reverse()[: LINES_PER_PAGE + 1]
        found = list(before)
        shown = found[:LINES_PER_PAGE][::-1]
        return LinePage(
            lines=shown,
            previous=self._mark(BEFORE, shown[0]) if len(found) > LINES_PER_PAGE else "",
            next=self._mark(AFTER, shown[-1]) if shown else "",
        )

    def __iter__(self) -> Iterator[EntryLine]:
        """All lines, through a cursor of the server."""
        return self._shown().iterator(chunk_size=BATCH)

    def exceeds(self, most: int) -> bool:
        """Whether there are more lines than this; counting stops there."""
        return self.lines.order_by()[: most + 1].count() > most

    def sums(self) -> Sums:
        """Debits and credits of all lines."""
        totals = self.lines.order_by().aggregate(debit=Sum("debit", default=ZERO), credit=Sum("credit", default=ZERO))
        return Sums(totals["debit"], totals["credit"])

    def _shown(self) -> QuerySet[EntryLine]:
        return self.lines.select_related("entry__journal", "account", "auxiliary", "activity", "matching").order_by(
            *self.order
        )

    def _cut(self, found: list[EntryLine], *, is_first: bool) -> LinePage:
        shown = found[:LINES_PER_PAGE]
        return LinePage(
            lines=shown,
            previous=self._mark(BEFORE, shown[0]) if shown and not is_first else "",
            next=self._mark(AFTER, shown[-1]) if len(found) > LINES_PER_PAGE else "",
        )

    def _mark(self, way: str, line: EntryLine) -> str:
        ids = (line.pk,) if self.order == BY_DAY else (line.entry_id, line.position)
        return "_".join([way, line.entry_on.isoformat(), *map(str, ids)])


def read_mark(mark: str, length: int) -> tuple[str, tuple[date | int, ...] | None]:
    """A mark as its way and place; no place for a text that is none."""
    way, *parts = mark.split("_")
    if way not in {AFTER, BEFORE} or len(parts) != length:
        return "", None
    try:
        return way, (date.fromisoformat(parts[0]), *(int(part) for part in parts[1:]))
    except ValueError:
        return "", None


def beyond(order: Sequence[str], place: Sequence[object], side: str) -> Q:
    """Lines strictly after ("gt") or before ("lt") a place; the day alone comes first: an index starts there."""
    condition = Q()
    for i in range(len(order)):
        same = Q(**dict(zip(order[:i], place[:i], strict=True)))
        condition |= same & Q(**{f"{order[i]}__{side}": place[i]})
    return Q(**{f"{order[0]}__{side}e": place[0]}) & condition


@dataclass(frozen=True)
class Ledger:
    """The lines of a scope over a period, with the balance before them and what they sum to."""

    scope: LedgerScope
    starts_on: date
    ends_on: date

    @property
    def lines(self) -> OrderedLines:
        """By day."""
        period = {"entry_on__gte": self.starts_on, "entry_on__lte": self.ends_on}
        return OrderedLines(EntryLine.objects.filter(**period, **self.scope.filters()), BY_DAY)

    def opening(self) -> Decimal:
        """The balance before the period; open lines alone have none."""
        return ZERO if self.scope.unmatched_only else balance_before(self.scope, day=self.starts_on)

    def sums(self) -> Sums:
        """Over the whole period."""
        return sums_between(self.scope, starts_on=self.starts_on, ends_on=self.ends_on)

    def moved_before(self, line: EntryLine) -> Decimal:
        """What the lines of the period before this one sum to."""
        days = sums_between(self.scope, starts_on=self.starts_on, ends_on=line.entry_on - ONE_DAY)
        same_day = EntryLine.objects.filter(entry_on=line.entry_on, pk__lt=line.pk, **self.scope.filters())
        return (days + OrderedLines(same_day, BY_DAY).sums()).balance


@dataclass(frozen=True)
class JournalScope:
    """The lines of a journal, or of all, over a period; of validated entries, of drafts, or of both; of one entry."""

    starts_on: date
    ends_on: date
    journal: Journal | None = None
    state: EntryState | None = None
    entry_id: int | None = None

    @property
    def lines(self) -> OrderedLines:
        """In order of day, entry and rank."""
        lines = EntryLine.objects.filter(entry__entry_on__gte=self.starts_on, entry__entry_on__lte=self.ends_on)
        if self.journal is not None:
            lines = lines.filter(entry__journal=self.journal)
        if self.state is not None:
            lines = lines.filter(entry__state=self.state)
        if self.entry_id is not None:
            lines = lines.filter(entry=self.entry_id)
        return OrderedLines(lines, BY_ENTRY)

    def sums(self) -> Sums:
        """Debits and credits, which are equal."""
        if self.journal is None and self.state is None and self.entry_id is None:
            return sums_between(LedgerScope(), starts_on=self.starts_on, ends_on=self.ends_on)
        return self.lines.sums()
