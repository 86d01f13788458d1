"""The books as the accountant reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cae_backoffice.core.access import Right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from invoicing.ledger.forms import (
    AgedReceivablesForm,
    AnalyticForm,
    AuxiliaryLedgerForm,
    GeneralLedgerForm,
    JournalForm,
    MonthsForm,
)
from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import (
    AccountBalance,
    account_lines,
    aged_receivables,
    analytic_balance,
    auxiliary_lines,
    journal_lines,
    opening_balance,
    running_of,
    trial_balance,
    with_running_balance,
)

LEDGER_COLUMNS = (
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
    Column("Solde", is_amount=True),
)

BALANCE_COLUMNS = (
    Column("Débit", is_amount=True),
    Column("Crédit", is_amount=True),
    Column("Solde débiteur", is_amount=True),
    Column("Solde créditeur", is_amount=True),
)


def entry_link(line: EntryLine) -> str:
    """The page of a line's entry."""
    return reverse("admin:invoicing_entry_change", args=[line.entry_id])


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


class JournalView(BooksReport):
    """A journal: every line in order."""

    title = "Journaux"
    file_name = "journal"
    form_class = JournalForm
    empty = "Aucune écriture dans ce journal sur cette période."

    def table(self, filters: dict[str, Any]) -> Table:
        """Lines with their entries, and the totals, which are equal."""
        lines = list(journal_lines(**filters))
        rows = [Row(_line_cells(line), entry_link(line)) for line in lines]
        return Table(LEDGER_COLUMNS[:-1], rows, ("Total", *[None] * 8, *_sums(lines)))


class RunningLedgerView(BooksReport):
    """A ledger of one account: what it was, each line, what it is."""

    def ledger(self, before: Q, lines: Any, starts_on: date) -> Table:  # noqa: ANN401  a queryset of lines
        """The opening balance, the lines with the balance after each, the totals."""
        opening = opening_balance(before, starts_on=starts_on)
        shown = list(with_running_balance(lines))
        rows = [Row((starts_on, *[None] * 5, "Solde au début de la période", *[None] * 4, opening), is_total=True)]
        rows += [Row((*_line_cells(line), opening + running_of(line)), entry_link(line)) for line in shown]
        debit, credit = _sums(shown)
        return Table(LEDGER_COLUMNS, rows, ("Total", *[None] * 8, debit, credit, opening + debit - credit))


class GeneralLedgerView(RunningLedgerView):
    """The general ledger."""

    title = "Grand livre"
    file_name = "grand-livre"
    form_class = GeneralLedgerForm

    def initial(self) -> dict[str, Any]:
        """The customers' account first: the one most looked at."""
        return super().initial() | {"account": "411"}

    def table(self, filters: dict[str, Any]) -> Table:
        """One account."""
        number = filters["account"].number
        period = {"starts_on": filters["starts_on"], "ends_on": filters["ends_on"]}
        return self.ledger(Q(account__number=number), account_lines(number=number, **period), filters["starts_on"])


class AuxiliaryLedgerView(RunningLedgerView):
    """The ledger of one customer, supplier or member."""

    title = "Grand livre auxiliaire"
    file_name = "grand-livre-auxiliaire"
    form_class = AuxiliaryLedgerForm
    introduction = "Le code d’un client est C suivi de son numéro, celui d’un membre M, d’un fournisseur F."

    def table(self, filters: dict[str, Any]) -> Table:
        """One auxiliary account."""
        auxiliary = filters["auxiliary"]
        period = {"starts_on": filters["starts_on"], "ends_on": filters["ends_on"]}
        return self.ledger(Q(auxiliary=auxiliary), auxiliary_lines(auxiliary=auxiliary, **period), filters["starts_on"])


class TrialBalanceView(BooksReport):
    """The trial balance."""

    title = "Balance générale"
    file_name = "balance"
    form_class = MonthsForm

    def table(self, filters: dict[str, Any]) -> Table:
        """One row per account; both totals are equal."""
        balances = trial_balance(starts_on=filters["starts_on"], ends_on=filters["ends_on"])
        rows = [
            Row(
                (balance.number, balance.label, *_balance_cells(balance)),
                _ledger_link(balance.number, filters["starts_on"], filters["ends_on"]),
            )
            for balance in balances
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
        activity = filters["activity"]
        balances = analytic_balance(
            starts_on=filters["starts_on"], ends_on=filters["ends_on"], activity_id=activity.pk if activity else None
        )
        rows: list[Row] = []
        for name in dict.fromkeys(balance.activity for balance in balances):
            own = [balance for balance in balances if balance.activity == name]
            rows += [Row((name, b.number, b.label, *_balance_cells(b))) for b in own]
            rows.append(Row((name, None, "Total de l’activité", *_balance_totals(own)), is_total=True))
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
        """One row per customer or activity."""
        by_activity = filters["group"] == "activity"
        aged = aged_receivables(on=filters["on"], by_activity=by_activity)
        amounts = [(a.current, a.late_30, a.late_60, a.late_90, a.late_more, a.total) for a in aged]
        rows = [Row((a.name, *cells)) for a, cells in zip(aged, amounts, strict=True)]
        headings = ("Non échu", "1 à 30 jours", "31 à 60 jours", "61 à 90 jours", "Plus de 90 jours", "Total dû")
        columns = (
            Column("Activité" if by_activity else "Client"),
            *(Column(heading, is_amount=True) for heading in headings),
        )
        totals = [sum(column, ZERO) for column in zip(*amounts, strict=True)]
        return Table(columns, rows, ("Total", *totals))


def _balance_cells(balance: AccountBalance) -> tuple[Decimal, ...]:
    return balance.debit, balance.credit, max(balance.balance, ZERO), max(-balance.balance, ZERO)


def _balance_totals(balances: Iterable[AccountBalance]) -> tuple[Decimal, ...]:
    cells = [_balance_cells(balance) for balance in balances]
    return tuple(sum(column, ZERO) for column in zip(*cells, strict=True)) if cells else (ZERO,) * 4


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


def _sums(lines: Iterable[EntryLine]) -> tuple[Decimal, Decimal]:
    shown = list(lines)
    return sum((line.debit for line in shown), ZERO), sum((line.credit for line in shown), ZERO)


def _ledger_link(number: str, starts_on: date, ends_on: date) -> str:
    return f"{reverse('general-ledger')}?account={number}&starts_on={starts_on}&ends_on={ends_on}"
