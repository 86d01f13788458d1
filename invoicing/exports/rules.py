"""The rules of the FEC (LPF A47 A-1), as a linter of our own. Pure: lines in, sentences out, constant memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cae_backoffice.core.money import ZERO, format_euros
from invoicing.exports.enums import FecColumn

FILE_NAME = re.compile(r"^(?P<siren>[0-9]{9})FEC(?P<closing>[0-9]{8})\.txt$")
AMOUNT = re.compile(r"^-?[0-9]+,[0-9]{2}$")
ACCOUNT = re.compile(r"^[0-9]{3}[0-9A-Z]*$")
HEADER = tuple(column.value for column in FecColumn)
ALWAYS_FILLED = (
    FecColumn.JOURNAL_CODE,
    FecColumn.JOURNAL_LABEL,
    FecColumn.ENTRY_NUMBER,
    FecColumn.ENTRY_DATE,
    FecColumn.ACCOUNT_NUMBER,
    FecColumn.ACCOUNT_LABEL,
    FecColumn.VOUCHER,
    FecColumn.VOUCHER_DATE,
    FecColumn.LABEL,
    FecColumn.VALIDATION_DATE,
)
DATES = (FecColumn.ENTRY_DATE, FecColumn.VOUCHER_DATE, FecColumn.LETTER_DATE, FecColumn.VALIDATION_DATE)
Row = dict[FecColumn, str]


@dataclass(frozen=True)
class Finding:
    """A rule broken, with its line in the file (the header is line 1)."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"ligne {self.line} : {self.sentence}"


@dataclass
class _EntrySoFar:
    """The entry whose lines are being read."""

    number: str
    first_line: int
    same: dict[FecColumn, str]
    difference: Decimal = field(default=ZERO)


def file_name(siren: str, closing: str) -> str:
    """`{SIREN}FEC{AAAAMMJJ}.txt`; `closing` is the fiscal year's last day as AAAAMMJJ."""
    return f"{siren}FEC{closing}.txt"


def check_file_name(name: str) -> list[str]:
    """Whether the file is named as the text asks."""
    match = FILE_NAME.match(name)
    if match is None or not _is_date(match["closing"]):
        return [f"le nom « {name} » n’est pas de la forme SIRENFECAAAAMMJJ.txt."]
    return []


def check_lines(lines: Iterable[str]) -> Iterator[Finding]:
    """Every rule that the file breaks, in order; only the entry being read is kept in memory."""
    reader = iter(lines)
    header = tuple(next(reader, "").rstrip("\r\n").split("\t"))
    if header != HEADER:
        yield Finding(1, "l’en-tête n’est pas celui des 18 colonnes de l’article A47 A-1.")
        return
    entry: _EntrySoFar | None = None
    last_number = 0
    for number, text in enumerate(reader, 2):
        values = text.rstrip("\r\n").split("\t")
        if len(values) != len(HEADER):
            yield Finding(number, f"{len(values)} colonnes au lieu de 18.")
            continue
        row = dict(zip(FecColumn, values, strict=True))
        yield from _check_row(number, row)
        if entry is None or row[FecColumn.ENTRY_NUMBER] != entry.number:
            yield from _check_balance(entry)
            yield from _check_sequence(number, row, last_number)
            last_number = _as_number(row[FecColumn.ENTRY_NUMBER]) or last_number
            entry = _EntrySoFar(row[FecColumn.ENTRY_NUMBER], number, _shared(row))
        elif _shared(row) != entry.same:
            yield Finding(number, f"l’écriture {entry.number} change de journal, de date ou de pièce.")
        entry.difference += _amount(row[FecColumn.DEBIT]) - _amount(row[FecColumn.CREDIT])
    yield from _check_balance(entry)


def _check_row(number: int, row: Row) -> Iterator[Finding]:
    for column in ALWAYS_FILLED:
        if not row[column].strip():
            yield Finding(number, f"{column} est vide.")
    for column in DATES:
        if row[column] and not _is_date(row[column]):
            yield Finding(number, f"{column} « {row[column]} » n’est pas une date AAAAMMJJ.")
    for column in (FecColumn.DEBIT, FecColumn.CREDIT):
        if not AMOUNT.match(row[column]):
            yield Finding(number, f"{column} « {row[column]} » n’est pas un montant à virgule, sans séparateur.")
    if not ACCOUNT.match(row[FecColumn.ACCOUNT_NUMBER]):
        yield Finding(number, f"le compte « {row[FecColumn.ACCOUNT_NUMBER]} » ne commence pas par trois chiffres.")
    yield from _check_pairs(number, row)


def _check_pairs(number: int, row: Row) -> Iterator[Finding]:
    if _amount(row[FecColumn.DEBIT]) and _amount(row[FecColumn.CREDIT]):
        yield Finding(number, "la ligne est au débit et au crédit.")
    if bool(row[FecColumn.AUXILIARY_NUMBER]) != bool(row[FecColumn.AUXILIARY_LABEL]):
        yield Finding(number, "le compte auxiliaire n’a pas son numéro et son libellé.")
    if bool(row[FecColumn.LETTER]) != bool(row[FecColumn.LETTER_DATE]):
        yield Finding(number, "le lettrage n’a pas sa lettre et sa date.")


def _check_balance(entry: _EntrySoFar | None) -> Iterator[Finding]:
    if entry is not None and entry.difference:
        yield Finding(
            entry.first_line, f"l’écriture {entry.number} n’est pas équilibrée : {format_euros(entry.difference)}."
        )


def _check_sequence(number: int, row: Row, last: int) -> Iterator[Finding]:
    current = _as_number(row[FecColumn.ENTRY_NUMBER])
    if current is not None and current != last + 1:
        yield Finding(number, f"le numéro d’écriture {current} ne suit pas {last}.")


def _shared(row: Row) -> dict[FecColumn, str]:
    columns = (
        FecColumn.JOURNAL_CODE,
        FecColumn.ENTRY_DATE,
        FecColumn.VOUCHER,
        FecColumn.VOUCHER_DATE,
        FecColumn.VALIDATION_DATE,
    )
    return {column: row[column] for column in columns}


def _as_number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ".")) if AMOUNT.match(text) else ZERO


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return False
    return len(text) == len("AAAAMMJJ")
