"""Entries read from a CSV file: bytes in; entries, and an error for each line that says nothing sensible, out. Pure."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from cae_backoffice.core.forms import read_decimal
from cae_backoffice.core.money import CENT, ZERO, format_euros

COLUMNS = (
    "journal", "date", "piece", "libelle", "compte", "auxiliaire", "activite", "debit", "credit", "echeance",
)  # fmt: skip
OPTIONAL = {"auxiliaire", "activite", "echeance"}
SEPARATORS = ";,\t"
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d")
MOST_DIGITS = 12
VOUCHER_LENGTH, LABEL_LENGTH = 40, 160


@dataclass(frozen=True)
class FileError:
    """What is wrong at a line of the file; line 1 is the header."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Ligne {self.line}\u00a0: {self.reason}"


@dataclass(frozen=True)
class FileLine:
    """One line of the file, as codes: the books say whether they exist."""

    line: int
    journal: str
    entry_on: date
    voucher: str
    label: str
    account: str
    auxiliary: str
    activity: str
    debit: Decimal
    credit: Decimal
    due_on: date | None


@dataclass
class FileEntry:
    """The lines of one voucher of a journal, in order."""

    lines: list[FileLine] = field(default_factory=list)

    @property
    def first(self) -> FileLine:
        """The line that gives the entry its date and label."""
        return self.lines[0]

    @property
    def debit(self) -> Decimal:
        """The sum of its debits."""
        return sum((line.debit for line in self.lines), ZERO)

    @property
    def credit(self) -> Decimal:
        """The sum of its credits."""
        return sum((line.credit for line in self.lines), ZERO)

    @property
    def difference(self) -> Decimal:
        """Zero when it is balanced."""
        return self.debit - self.credit


@dataclass(frozen=True)
class ReadFile:
    """What a file says: its entries, and what is wrong with it."""

    entries: list[FileEntry]
    errors: list[FileError]


def read_file(content: bytes) -> ReadFile:
    """Read a file: semicolons, commas or tabs; decimal commas or points; UTF-8 with or without mark, or ISO-8859-15.

    Lines of one journal and voucher make one entry.
    """
    text = decode(content)
    header, _, _ = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        names = [_folded(name) for name in next(reader, [])]
        errors = header_errors(names)
        if errors:
            return ReadFile([], errors)
        return _read_lines(reader, names)
    except csv.Error as error:
        return ReadFile([], [FileError(reader.line_num, f"le fichier n’est pas un CSV lisible ({error}).")])


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, else ISO-8859-15, in which every byte is a character."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso8859-15")


def header_errors(names: Sequence[str]) -> list[FileError]:
    """Columns that are missing, unknown or named twice."""
    errors = [
        FileError(1, f"la colonne «\u00a0{name}\u00a0» manque.")
        for name in COLUMNS
        if name not in names and name not in OPTIONAL
    ]
    errors += [FileError(1, f"la colonne «\u00a0{name}\u00a0» est inconnue.") for name in names if name not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1})
    return errors + [FileError(1, f"la colonne «\u00a0{name}\u00a0» figure deux fois.") for name in twice]


def _read_lines(reader: Iterator[list[str]], names: Sequence[str]) -> ReadFile:
    entries: dict[tuple[str, str], FileEntry] = {}
    errors: list[FileError] = []
    for cells in reader:
        number: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            errors.append(FileError(number, f"{len(cells)} colonnes au lieu de {len(names)}."))
            continue
        line, reasons = _read_line(number, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
        errors += [FileError(number, reason) for reason in reasons]
        if line is not None:
            entries.setdefault((line.journal, line.voucher), FileEntry()).lines.append(line)
    if not entries and not errors:
        errors.append(FileError(1, "le fichier ne contient aucune écriture."))
    # A balance means nothing where a line could not be read.
    errors += [] if errors else [error for entry in entries.values() for error in entry_file_errors(entry)]
    return ReadFile(list(entries.values()), errors)


def entry_file_errors(entry: FileEntry) -> list[FileError]:
    """What is wrong with an entry whose lines can all be read."""
    first = entry.first
    errors = [
        FileError(line.line, f"la pièce {first.voucher} porte deux dates\u00a0: {first.entry_on:%d/%m/%Y} et "
                  f"{line.entry_on:%d/%m/%Y}.")
        for line in entry.lines
        if line.entry_on != first.entry_on
    ]  # fmt: skip
    if entry.difference:
        side = "débit" if entry.difference > 0 else "crédit"
        excess = format_euros(abs(entry.difference))
        errors.append(
            FileError(
                first.line, f"la pièce {first.voucher} n’est pas équilibrée\u00a0: le {side} dépasse de {excess}."
            )
        )
    return errors


def _read_line(number: int, cells: Mapping[str, str]) -> tuple[FileLine | None, list[str]]:
    reasons: list[str] = []
    entry_on = _date(cells["date"], "la date", reasons)
    due_on = _date(cells["echeance"], "l’échéance", reasons) if cells.get("echeance") else None
    debit, credit = _amount(cells["debit"], "le débit", reasons), _amount(cells["credit"], "le crédit", reasons)
    if not reasons and (debit > 0) == (credit > 0):
        reasons.append("une ligne est au débit ou au crédit, d’un montant positif.")
    for name, words in (
        ("journal", "le journal"),
        ("piece", "la pièce"),
        ("libelle", "le libellé"),
        ("compte", "le compte"),
    ):
        if not cells[name]:
            reasons.append(f"{words} manque.")
    if len(cells["piece"]) > VOUCHER_LENGTH or len(cells["libelle"]) > LABEL_LENGTH:
        reasons.append(f"la pièce a au plus {VOUCHER_LENGTH} caractères, le libellé {LABEL_LENGTH}.")
    if any(unicodedata.category(character) == "Cc" for text in cells.values() for character in text):
        reasons.append("un caractère de contrôle ne s’imprime pas.")
    if reasons or entry_on is None:
        return None, reasons
    return FileLine(
        line=number,
        journal=cells["journal"].upper(),
        entry_on=entry_on,
        voucher=cells["piece"],
        label=cells["libelle"],
        account=cells["compte"].upper(),
        auxiliary=cells.get("auxiliaire", "").upper(),
        activity=cells.get("activite", "").upper(),
        debit=debit,
        credit=credit,
        due_on=due_on,
    ), []


def _date(text: str, words: str, reasons: list[str]) -> date | None:
    for pattern in DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    reasons.append(f"{words} «\u00a0{text}\u00a0» n’est pas une date (22/11/2026).")
    return None


def _amount(text: str, words: str, reasons: list[str]) -> Decimal:
    try:
        amount = Decimal(read_decimal(text) or "0")
        if not amount.is_finite() or amount < 0 or amount.adjusted() >= MOST_DIGITS or amount != amount.quantize(CENT):
            raise InvalidOperation
    except InvalidOperation:
        reasons.append(f"{words} «\u00a0{text}\u00a0» n’est pas un montant positif en euros et centimes.")
        return ZERO
    return amount.quantize(CENT)


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.strip().lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
