"""The spreadsheet of figures that `simulate_contributions` reads: strict, with a sentence for every cell to correct."""

import calendar
import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.periods import add_months
from cae_backoffice.core.text import control_characters, tidy
from invoicing.contributions.enums import ContractType
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.rules.figures import ActivityMonth, History, Stay
from invoicing.contributions.rules.problems import FileProblemsError, Problem
from invoicing.contributions.rules.tables import MAX_AMOUNT
from invoicing.contributions.rules.terms import Rule

AMOUNT_COLUMNS = ("invoiced", "collected", "purchases", "internal")  # in the order of Stay
COLUMNS = ("activity", "month", *AMOUNT_COLUMNS, "contract")
Amounts = tuple[Decimal, Decimal, Decimal, Decimal]
NO_AMOUNTS: Amounts = (ZERO, ZERO, ZERO, ZERO)
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
AMOUNT = re.compile(r"[-\u2212]?(?:[0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,][0-9]{1,2})?")
SPACES = re.compile(r"[ \u00a0\u202f]")
MAX_ACTIVITY = 120
MAX_GAP_MONTHS = 24


class _Row(NamedTuple):
    """A line of the file that reads well."""

    line: int
    activity: str
    month: date
    amounts: Amounts
    contract: ContractType


class Figures(NamedTuple):
    """The file: a history per activity in order of appearance; `gaps` are the months that it does not hold."""

    histories: tuple[History, ...]
    gaps: frozenset[tuple[str, date]]


class FiguresReader:
    """Reads one file and keeps every problem found on the way."""

    def __init__(self, *, file: str, rule: Rule) -> None:
        self.file = file
        self.rule = rule
        self.problems: list[Problem] = []

    def read(self, content: bytes) -> Figures:
        """The figures, or FileProblemsError."""
        rows = list(self._rows(self._text(content)))
        if not rows and not self.problems:
            self._problem(None, "", "le fichier ne contient aucune ligne de chiffres.")
        by_activity: dict[str, list[_Row]] = {}
        for row in rows:
            by_activity.setdefault(row.activity, []).append(row)
        for mine in by_activity.values():
            mine.sort(key=lambda row: row.month)
            self._check_months(mine)
        if self.problems:
            raise FileProblemsError(sorted(self.problems, key=lambda problem: problem.line or 0))
        filled = {activity: _filled(mine) for activity, mine in by_activity.items()}
        return Figures(
            tuple(History(activity, months[0].month, months) for activity, (months, _) in filled.items()),
            frozenset((activity, month) for activity, (_, gaps) in filled.items() for month in gaps),
        )

    def _problem(self, line: int | None, column: str, sentence: str) -> None:
        self.problems.append(Problem(self.file, line, f"colonne {column}" if column else "", sentence))

    def _text(self, content: bytes) -> str:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            sentence = "le fichier n’est pas en UTF-8\u00a0: enregistrez-le au format «\u00a0CSV UTF-8\u00a0»."
            line = content.count(b"\n", 0, error.start) + 1
            raise FileProblemsError([Problem(self.file, line, "", sentence)]) from error
        if not text.strip():
            raise FileProblemsError([Problem(self.file, None, "", "le fichier est vide.")])
        return text

    def _rows(self, text: str) -> Iterator[_Row]:
        separator = ";" if ";" in text.lstrip().partition("\n")[0] else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        header: Sequence[str] | None = None
        line = 1
        try:
            for cells in reader:
                values = [cell.strip() for cell in cells]
                if any(values):
                    if header is None:
                        header = self._header(line, values)
                    elif (row := self._row(line, header, values)) is not None:
                        yield row
                line = reader.line_num + 1
        except csv.Error:
            self._problem(
                line, "", "les guillemets de cette ligne ne vont pas ensemble, ou une cellule est trop longue."
            )

    def _header(self, line: int, values: list[str]) -> Sequence[str]:
        """The columns in their order; a header that is not right ends the reading."""
        problems = [
            Problem(self.file, line, f"colonne {name}", "colonne manquante.") for name in COLUMNS if name not in values
        ]
        for name in dict.fromkeys(values):
            if name not in COLUMNS:
                known = ", ".join(COLUMNS)
                problems.append(
                    Problem(
                        self.file,
                        line,
                        f"colonne {_short(name)}",
                        f"colonne inconnue. Colonnes attendues\u00a0: {known}.",
                    )
                )
            elif values.count(name) > 1:
                problems.append(Problem(self.file, line, f"colonne {name}", "la colonne est donnée deux fois."))
        if problems:
            raise FileProblemsError(problems)
        return values

    def _row(self, line: int, header: Sequence[str], values: list[str]) -> _Row | None:
        if len(values) != len(header):
            self._problem(
                line,
                "",
                f"{len(values)} cellules au lieu de {len(header)}. Avec des virgules décimales, séparez les colonnes "
                "par des points-virgules ou mettez les montants entre guillemets.",
            )
            return None
        before = len(self.problems)
        cells = dict(zip(header, values, strict=True))
        activity = self._activity(line, cells["activity"])
        month = self._month(line, cells["month"])
        invoiced, collected, purchases, internal = (
            self._amount(line, column, cells[column]) for column in AMOUNT_COLUMNS
        )
        contract = self._contract(line, cells["contract"])
        amounts = (invoiced, collected, purchases, internal)
        return _Row(line, activity, month, amounts, contract) if len(self.problems) == before else None

    def _activity(self, line: int, text: str) -> str:
        name = tidy(text)
        if not name:
            self._problem(line, "activity", "le nom de l’activité manque.")
        elif len(name) > MAX_ACTIVITY or control_characters(name) or "\n" in name or "\t" in name:
            self._problem(line, "activity", f"un nom de {MAX_ACTIVITY} caractères au plus, sur une ligne, est attendu.")
        return name

    def _month(self, line: int, text: str) -> date:
        found = MONTH.fullmatch(text)
        if found is None:
            self._problem(line, "month", f"«\u00a0{_short(text)}\u00a0» n’est pas un mois de la forme 2026-01.")
            return date.min
        month = date(int(found[1]), int(found[2]), 1)
        if not self._is_ruled(month):
            self._problem(line, "month", f"aucune version de la règle n’est en vigueur en {month_name(month)}.")
        return month

    def _amount(self, line: int, column: str, text: str) -> Decimal:
        if not AMOUNT.fullmatch(text):
            self._problem(line, column, f"«\u00a0{_short(text)}\u00a0» n’est pas un montant comme 1234.56 ou 1234,56.")
            return ZERO
        amount = Decimal(SPACES.sub("", text).replace(",", ".").replace("\u2212", "-"))
        if abs(amount) > MAX_AMOUNT:
            self._problem(line, column, f"le montant dépasse {format_euros(MAX_AMOUNT)}.")
        return amount

    def _contract(self, line: int, text: str) -> ContractType:
        if text not in ContractType.values:
            known = ", ".join(ContractType.values)
            self._problem(
                line, "contract", f"contrat inconnu «\u00a0{_short(text)}\u00a0». Contrats possibles\u00a0: {known}."
            )
            return ContractType.CAPE
        return ContractType(text)

    def _check_months(self, rows: list[_Row]) -> None:
        """No month twice, none far from the one before, a rule in force in those between."""
        for earlier, later in pairwise(rows):
            whose = f"«\u00a0{later.activity}\u00a0»"
            if earlier.month == later.month:
                first, second = sorted((earlier.line, later.line))
                self._problem(
                    second, "month", f"{month_name(later.month)} est donné deux fois pour {whose}, déjà ligne {first}."
                )
                continue
            gap = _gap(earlier, later)
            if len(gap) > MAX_GAP_MONTHS:
                since = month_name(earlier.month)
                self._problem(later.line, "month", f"plus de {MAX_GAP_MONTHS} mois manquent à {whose} après {since}.")
                continue
            for month in gap:
                if not self._is_ruled(month):
                    self._problem(
                        later.line,
                        "month",
                        f"{whose} n’a pas de ligne pour {month_name(month)}, où aucune règle n’est en vigueur.",
                    )

    def _is_ruled(self, month: date) -> bool:
        return any(version.covers(month) for version in self.rule.versions)


def _gap(earlier: _Row, later: _Row) -> list[date]:
    """The months strictly between two rows."""
    count = (later.month.year - earlier.month.year) * 12 + later.month.month - earlier.month.month
    return [add_months(earlier.month, rank) for rank in range(1, count)]


def _filled(rows: list[_Row]) -> tuple[list[ActivityMonth], list[date]]:
    """An activity's months with those that the file leaves out, which count for zero under the contract before them."""
    months: list[ActivityMonth] = []
    gaps: list[date] = []
    contract_start = rows[0].month
    last = rows[0]
    for row in rows:
        for month in _gap(last, row):
            gaps.append(month)
            months.append(_month(month, last.contract, contract_start, NO_AMOUNTS))
        if row.contract != last.contract:
            contract_start = row.month
        months.append(_month(row.month, row.contract, contract_start, row.amounts))
        last = row
    return months, gaps


def _month(month: date, contract: ContractType, contract_starts_on: date, amounts: Amounts) -> ActivityMonth:
    days = calendar.monthrange(month.year, month.month)[1]
    return ActivityMonth(month, (Stay(contract, contract_starts_on, days, *amounts),))


def _short(text: str) -> str:
    """A cell as a sentence may quote it."""
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004
