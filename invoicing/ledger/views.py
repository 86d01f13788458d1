"""The books as the accountant reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from cae_backoffice.core.access import Right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.reports import Column, ReportAct, ReportView, Row, RowPage, Table
from invoicing.ledger.forms import (
    AgedReceivablesForm,
    AnalyticForm,
    AuxiliaryLedgerForm,
    GeneralLedgerForm,
    JournalForm,
    MonthsForm,
    OpenItemsForm,
)
from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import (
    AccountBalance,
    AgedReceivable,
    JournalScope,
    Ledger,
    LedgerScope,
    OrderedLines,
    aged_receivables,
    analytic_balance,
    late_items,
    source_address,
    trial_balance,
)
from invoicing.ledger.services import match_lines, unmatch_lines
from members.people.queries import signed_in_user

MATCH, UNMATCH = "match", "unmatch"
VOUCHER_COLUMN = 2
LINE_COLUMNS = (
    Column("Date"),
    Column("Journal"),
    Column("Pièce"),
    Column("Compte"),
    Column("Auxiliaire"),
    Column("Activité"),
    Column("Libellé"),
    Column("Échéance"),
    Column("Lettre"),
    Column("Débit", is_amount=True),
    Column("Crédit", is_amount=True),
)
LEDGER_COLUMNS = (*LINE_COLUMNS, Column("Solde", is_amount=True))
BALANCE_COLUMNS = (
    Column("Débit", is_amount=True),
    Column("Crédit", is_amount=True),
    Column("Solde débiteur", is_amount=True),
    Column("Solde créditeur", is_amount=True),
)


class BooksReport(ReportView):
    """A report of the books: this year so far, unless asked otherwise."""

    right = Right.VIEW_BOOKS

    def initial(self) -> dict[str, Any]:
        """From 1 January to today."""
        today = timezone.localdate()
        return {"starts_on": today.replace(month=1, day=1), "ends_on": today} | {
            "first_month": today.replace(month=1, day=1),
            "last_month": today.replace(day=1),
        }


@dataclass(frozen=True)
class LineRows:
    """Lines as rows of a report, read page by page."""

    lines: OrderedLines

    def __iter__(self) -> Iterator[Row]:
        return (line_row(line) for line in self.lines)

    def page(self, mark: str) -> RowPage:
        """The page that a mark asks for."""
        page = self.lines.page(mark)
        return RowPage([line_row(line) for line in page.lines], page.previous, page.next)

    def exceeds(self, most: int) -> bool:
        """Whether there are more lines than this."""
        return self.lines.exceeds(most)


@dataclass(frozen=True)
class LedgerRows:
    """The rows of a ledger: what was carried forward, then lines with the balance after each, on every page."""

    ledger: Ledger
    opening: Decimal

    def __iter__(self) -> Iterator[Row]:
        yield self._carried("Solde au début de la période", self.opening)
        yield from _running(self.ledger.lines, self.opening)

    def page(self, mark: str) -> RowPage:
        """A page starts with the balance at which the one before ended."""
        page = self.ledger.lines.page(mark)
        balance, label = self.opening, "Solde au début de la période"
        if page.previous:
            balance, label = self.opening + self.ledger.moved_before(page.lines[0]), "Report de la page précédente"
        rows = [self._carried(label, balance), *_running(page.lines, balance)]
        return RowPage(rows, page.previous, page.next)

    def exceeds(self, most: int) -> bool:
        """Whether there are more rows than this, the opening balance included."""
        return self.ledger.lines.exceeds(most - 1)

    def _carried(self, label: str, balance: Decimal) -> Row:
        return Row((self.ledger.starts_on, *[None] * 5, label, *[None] * 4, balance), is_total=True)


class JournalView(BooksReport):
    """A journal: every line in order."""

    title = "Journaux"
    file_name = "journal"
    form_class = JournalForm
    empty = "Aucune écriture dans ce journal sur cette période."

    def table(self, filters: dict[str, Any]) -> Table:
        """Lines with their entries, and the totals, which are equal."""
        scope = JournalScope(
            starts_on=filters["starts_on"],
            ends_on=filters["ends_on"],
            journal=filters["journal"],
            state=filters["state"] or None,
            entry_id=filters["entry"],
        )
        sums = scope.sums()
        return Table(LINE_COLUMNS, LineRows(scope.lines), ("Total", *[None] * 8, sums.debit, sums.credit))


class RunningLedgerView(BooksReport):
    """A ledger: what it was, each line, what it is. Its lines are matched and unmatched here."""

    acts = (ReportAct(MATCH, "Lettrer les lignes cochées"), ReportAct(UNMATCH, "Délettrer"))
    act_right = Right.KEEP_BOOKS

    def scope(self, filters: dict[str, Any]) -> LedgerScope:
        """The lines that the filters ask for."""
        raise NotImplementedError

    def table(self, filters: dict[str, Any]) -> Table:
        """The opening balance, the lines with the balance after each, the totals."""
        ledger = Ledger(self.scope(filters), filters["starts_on"], filters["ends_on"])
        opening, sums = ledger.opening(), ledger.sums()
        totals = ("Total", *[None] * 8, sums.debit, sums.credit, opening + sums.balance)
        return Table(LEDGER_COLUMNS, LedgerRows(ledger, opening), totals)

    def perform(self, request: HttpRequest, act: str, keys: list[int]) -> str:
        """Put one letter on the lines, or take theirs off."""
        by = signed_in_user(request)
        lines = EntryLine.objects.visible_to(request.user).filter(pk__in=keys)
        if act == MATCH:
            matching = match_lines(lines=lines, on=timezone.localdate(), by=by)
            return f"Lettre {matching} posée sur {len(keys)} lignes."
        return f"{unmatch_lines(lines=lines, by=by)} lettrage(s) retiré(s)."


class GeneralLedgerView(RunningLedgerView):
    """The general ledger."""

    title = "Grand livre"
    file_name = "grand-livre"
    form_class = GeneralLedgerForm

    def initial(self) -> dict[str, Any]:
        """The customers' account first: the one most looked at."""
        return super().initial() | {"account": "411"}

    def scope(self, filters: dict[str, Any]) -> LedgerScope:
        """One account, of one activity or all."""
        return LedgerScope(
            account=filters["account"], activity=filters["activity"], unmatched_only=filters["lines"] == "open"
        )


class AuxiliaryLedgerView(RunningLedgerView):
    """The ledger of one customer, supplier or member."""

    title = "Grand livre auxiliaire"
    file_name = "grand-livre-auxiliaire"
    form_class = AuxiliaryLedgerForm
    introduction = "Tapez un code (C000042) ou le début d’un nom. Pour lettrer, cochez les lignes qui se soldent."

    def scope(self, filters: dict[str, Any]) -> LedgerScope:
        """One auxiliary account."""
        return LedgerScope(auxiliary=filters["auxiliary"], unmatched_only=filters["lines"] == "open")


class TrialBalanceView(BooksReport):
    """The trial balance."""

    title = "Balance générale"
    file_name = "balance"
    form_class = MonthsForm

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per account; both totals are equal."""
        starts_on, ends_on = filters["starts_on"], filters["ends_on"]
        balances = trial_balance(starts_on=starts_on, ends_on=ends_on)
        rows = [
            Row((b.number, b.label, *_balance_cells(b)), ledger_address(b.number, starts_on, ends_on)) for b in balances
        ]
        columns = (Column("Compte"), Column("Libellé"), *BALANCE_COLUMNS)
        return Table(columns, rows, ("Total", None, *_balance_totals(balances)))


class AnalyticBalanceView(BooksReport):
    """The balance by activity."""

    title = "Balance analytique"
    file_name = "balance-analytique"
    form_class = AnalyticForm

    def table(self, filters: dict[str, Any]) -> Table:
        """Accounts of each activity, with a subtotal per activity."""
        starts_on, ends_on, activity = filters["starts_on"], filters["ends_on"], filters["activity"]
        balances = analytic_balance(starts_on=starts_on, ends_on=ends_on, activity_id=activity.pk if activity else None)
        groups: dict[int | None, list[AccountBalance]] = {}
        for balance in balances:
            groups.setdefault(balance.activity_id, []).append(balance)
        rows: list[Row] = []
        for activity_id, own in groups.items():
            details = {"activity": activity_id} if activity_id else {}
            rows += [
                Row(
                    (b.activity, b.number, b.label, *_balance_cells(b)),
                    links={1: ledger_address(b.number, starts_on, ends_on, **details)},
                )
                for b in own
            ]
            total = (own[0].activity, None, "Total de l’activité", *_balance_totals(own))
            rows.append(Row(total, is_total=True))
        columns = (Column("Activité"), Column("Compte"), Column("Libellé"), *BALANCE_COLUMNS)
        return Table(columns, rows, ("Total", None, None, *_balance_totals(balances)))


class AgedReceivablesView(BooksReport):
    """Who owes what, and for how long."""

    title = "Balance âgée des clients"
    file_name = "balance-agee"
    form_class = AgedReceivablesForm
    empty = "Aucun client ne doit rien à cette date."

    def initial(self) -> dict[str, Any]:
        """Today, by customer."""
        return {"on": timezone.localdate(), "group": "customer"}

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per customer or activity; each amount leads to its lines."""
        by_activity = filters["group"] == "activity"
        aged = aged_receivables(on=filters["on"], by_activity=by_activity)
        rows = [self._row(item, filters["on"], "activity" if by_activity else "auxiliary") for item in aged]
        headings = ("Non échu", "1 à 30 jours", "31 à 60 jours", "61 à 90 jours", "Plus de 90 jours", "Total dû")
        columns = (
            Column("Activité" if by_activity else "Client"),
            *(Column(heading, is_amount=True) for heading in headings),
        )
        totals = [sum(column, ZERO) for column in zip([ZERO] * len(headings), *map(_aged_cells, aged), strict=True)]
        return Table(columns, rows, ("Total", *totals))

    def _row(self, item: AgedReceivable, on: date, owner: str) -> Row:
        cells = _aged_cells(item)
        details = {"on": on.isoformat(), owner: item.code if owner == "auxiliary" else item.owner_id or ""}
        links = {
            i: f"{reverse('open-items')}?{urlencode({**details, 'age': age})}"
            for i, (age, amount) in enumerate(zip(OpenItemsForm.AGES, cells, strict=True), 1)
            if amount
        }
        return Row((item.name, *cells), f"{reverse('open-items')}?{urlencode(details)}", links=links)


class OpenItemsView(BooksReport):
    """The customers' lines that were open on a day."""

    title = "Postes clients ouverts"
    file_name = "postes-ouverts"
    form_class = OpenItemsForm
    empty = "Aucune ligne n’est ouverte pour ces critères."

    def initial(self) -> dict[str, Any]:
        """All of today."""
        return {"on": timezone.localdate()}

    def table(self, filters: dict[str, Any]) -> Table:
        """Lines in order of day."""
        more_than, at_most = OpenItemsForm.AGES[filters["age"]]
        owners = {name: filters[name] for name in ("auxiliary", "activity") if filters[name]}
        lines = OrderedLines(
            late_items(on=filters["on"], more_than=more_than, at_most=at_most, **owners), ("entry_on", "pk")
        )
        sums = lines.sums()
        return Table(LINE_COLUMNS, LineRows(lines), ("Total", *[None] * 8, sums.debit, sums.credit))


def line_row(line: EntryLine, *more: Decimal) -> Row:
    """A line, which leads to its entry, and its voucher, which leads to the document that the entry comes from."""
    source = source_address(line.entry)
    return Row(
        (*_line_cells(line), *more),
        reverse("admin:invoicing_entry_change", args=[line.entry_id]),
        links={VOUCHER_COLUMN: source} if source else {},
        key=line.pk,
    )


def ledger_address(number: str, starts_on: date, ends_on: date, **details: object) -> str:
    """The general ledger of an account over the same days."""
    query = {"account": number, "starts_on": starts_on, "ends_on": ends_on, **details}
    return f"{reverse('general-ledger')}?{urlencode(query)}"


def _running(lines: Iterable[EntryLine], balance: Decimal) -> Iterator[Row]:
    for line in lines:
        balance += line.debit - line.credit
        yield line_row(line, balance)


def _balance_cells(balance: AccountBalance) -> tuple[Decimal, ...]:
    return balance.debit, balance.credit, max(balance.balance, ZERO), max(-balance.balance, ZERO)


def _balance_totals(balances: Iterable[AccountBalance]) -> tuple[Decimal, ...]:
    cells = [_balance_cells(balance) for balance in balances]
    return tuple(sum(column, ZERO) for column in zip(*cells, strict=True)) if cells else (ZERO,) * 4


def _aged_cells(item: AgedReceivable) -> tuple[Decimal, ...]:
    return item.current, item.late_30, item.late_60, item.late_90, item.late_more, item.total


def _line_cells(line: EntryLine) -> tuple[Any, ...]:
    return (
        line.entry_on,
        line.entry.journal.code,
        line.entry.voucher_number,
        line.account.number,
        line.auxiliary.label if line.auxiliary else None,
        line.activity.name if line.activity else None,
        line.label,
        line.due_on,
        line.matching.letter if line.matching else None,
        line.debit,
        line.credit,
    )
