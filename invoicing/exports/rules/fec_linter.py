"""The rules of the FEC (LPF A47 A-1), as a linter of our own. Pure: lines of bytes in, findings out.

Memory does not grow with the file: it holds the entry being read and the letters whose lines do not balance yet.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from cae_backoffice.core.periods import add_months
from invoicing.exports.enums import FecColumn, FecRule
from invoicing.exports.rules.fec import HEADER, closing_of, parsed_day

LONGEST_LINE = 65_536
LONGEST_YEAR_MONTHS = 24
SEPARATORS = ("\t", "|")
AMOUNT = re.compile(r"-?[0-9]+,[0-9]{2}")
ACCOUNT = re.compile(r"[0-9]{3}[0-9A-Za-z]*")
NUMBERED = re.compile(r"(.*?)([0-9]+)")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

COLUMNS = {column: rank for rank, column in enumerate(FecColumn)}
NUMBER, ENTRY_ON, ACCOUNT_NUMBER = (
    COLUMNS[column] for column in (FecColumn.ENTRY_NUMBER, FecColumn.ENTRY_DATE, FecColumn.ACCOUNT_NUMBER)
)
AUXILIARY, DEBIT, CREDIT = (
    COLUMNS[column] for column in (FecColumn.AUXILIARY_NUMBER, FecColumn.DEBIT, FecColumn.CREDIT)
)
LETTER, VALID_ON, FOREIGN = (
    COLUMNS[column] for column in (FecColumn.LETTER, FecColumn.VALIDATION_DATE, FecColumn.FOREIGN_AMOUNT)
)
MANDATORY = tuple(
    COLUMNS[column]
    for column in FecColumn
    if column
    not in {
        FecColumn.AUXILIARY_NUMBER,
        FecColumn.AUXILIARY_LABEL,
        FecColumn.LETTER,
        FecColumn.LETTER_DATE,
        FecColumn.FOREIGN_AMOUNT,
        FecColumn.FOREIGN_CURRENCY,
        FecColumn.DEBIT,
        FecColumn.CREDIT,
    }
)
DATES = tuple(
    COLUMNS[column]
    for column in (
        FecColumn.ENTRY_DATE,
        FecColumn.VOUCHER_DATE,
        FecColumn.LETTER_DATE,
        FecColumn.VALIDATION_DATE,
    )
)
PAIRS = (
    (AUXILIARY, AUXILIARY + 1, FecRule.AUXILIARY, "le compte auxiliaire n’a pas son numéro et son libellé."),
    (LETTER, LETTER + 1, FecRule.LETTER, "le lettrage n’a pas sa lettre et sa date."),
    (FOREIGN, FOREIGN + 1, FecRule.AMOUNT, "le montant en devise n’a pas son montant et sa devise."),
)
SHARED = tuple(
    COLUMNS[column]
    for column in (
        FecColumn.JOURNAL_CODE,
        FecColumn.ENTRY_DATE,
        FecColumn.VOUCHER,
        FecColumn.VOUCHER_DATE,
        FecColumn.VALIDATION_DATE,
    )
)
Values = list[str]


@dataclass(frozen=True)
class Finding:
    """A rule broken, with its line in the file: the header is line 1; 0 is the file itself."""

    line: int
    rule: FecRule
    sentence: str

    def __str__(self) -> str:
        return f"ligne {self.line}\u00a0: {self.sentence}" if self.line else self.sentence


@dataclass
class _EntrySoFar:
    """The entry whose lines are being read; the difference is in cents."""

    number: str
    first_line: int
    shared: Values
    difference: int = 0


@dataclass
class _Characters:
    """The one character set of a file: UTF-8 as long as it can be, else ISO 8859-15."""

    has_utf_8: bool = False
    is_latin: bool = False

    def read(self, line: int, raw: bytes) -> tuple[str, list[Finding]]:
        """The text of a line, and what is wrong with its characters."""
        found = []
        try:
            text = raw.decode("iso-8859-15" if self.is_latin else "utf-8")
            self.has_utf_8 = self.has_utf_8 or (not self.is_latin and not raw.isascii())
        except UnicodeDecodeError:
            text = raw.decode("iso-8859-15")
            self.is_latin = not self.has_utf_8
            if self.has_utf_8:
                found.append(
                    Finding(line, FecRule.ENCODING, "elle n’est pas en UTF-8, et d’autres avant elle le sont.")
                )
        if CONTROLS.search(text):
            sentence = "elle contient un caractère de contrôle, ou qui n’est ni en UTF-8 ni en ISO 8859-15."
            found.append(Finding(line, FecRule.ENCODING, sentence))
        return text, found


def check_file_name(name: str) -> list[Finding]:
    """Whether the file is named as the text asks."""
    if closing_of(name) is None:
        sentence = f"le nom «\u00a0{name}\u00a0» n’est pas de la forme SIRENFECAAAAMMJJ.txt."
        return [Finding(0, FecRule.NAME, sentence)]
    return []


@dataclass
class FecLinter:
    """Reads a file once. `closing` is the fiscal year's last day, if the file's name tells it."""

    closing: date | None = None
    lines: int = 0
    _opening: date | None = None
    _entry: _EntrySoFar | None = None
    _sequences: dict[str, int] = field(default_factory=dict)
    _letters: dict[str, tuple[int, int]] = field(default_factory=dict)
    _characters: _Characters = field(default_factory=_Characters)

    def check(self, lines: Iterable[bytes]) -> Iterator[Finding]:
        """Every rule that the file breaks, in the order of its lines."""
        self._opening = self.closing and add_months(self.closing + timedelta(days=1), -LONGEST_YEAR_MONTHS)
        reader = enumerate(lines, 1)
        separator = yield from self._header(next(reader, (1, b""))[1])
        if separator is None:
            return
        for number, raw in reader:
            self.lines += 1
            text, found = self._characters.read(number, raw.rstrip(b"\r\n"))
            if len(raw) >= LONGEST_LINE:
                found.append(Finding(number, FecRule.COLUMNS, f"elle dépasse {LONGEST_LINE} octets."))
            values = text.split(separator)
            if len(values) == len(HEADER):
                found += self._row(number, values)
            else:
                found.append(Finding(number, FecRule.COLUMNS, f"{len(values)} zones au lieu de {len(HEADER)}."))
            yield from found
        yield from self._end_of_entry()
        yield from self._end_of_letters()

    def _header(self, raw: bytes) -> Generator[Finding, None, str | None]:
        """The separator that the file uses; None when the header is not the law's."""
        if raw.startswith(BYTE_ORDER_MARK):
            yield Finding(1, FecRule.ENCODING, "le fichier commence par une marque d’ordre des octets (BOM).")
        text = raw.removeprefix(BYTE_ORDER_MARK).decode("iso-8859-15").rstrip("\r\n")
        for separator in SEPARATORS:
            if tuple(text.split(separator)) == HEADER:
                return separator
        yield Finding(1, FecRule.HEADER, "l’en-tête n’est pas celui des 18 zones de l’article A47 A-1.")
        return None

    def _row(self, number: int, values: Values) -> list[Finding]:
        debit, credit = _cents(values[DEBIT]), _cents(values[CREDIT])
        found = _row_findings(number, values)
        found += _amount_findings(number, values, debit, credit)
        found += self._dates(number, values)
        entry = self._entry
        if entry is None or values[NUMBER] != entry.number:
            found += self._end_of_entry()
            found += self._sequence(number, values[NUMBER])
            entry = self._entry = _EntrySoFar(values[NUMBER], number, [values[rank] for rank in SHARED])
        elif [values[rank] for rank in SHARED] != entry.shared:
            sentence = f"l’écriture {entry.number} change de journal, de date ou de pièce."
            found.append(Finding(number, FecRule.SAME_ENTRY, sentence))
        amount = (debit or 0) - (credit or 0)
        entry.difference += amount
        if values[LETTER]:
            self._letter(number, values, amount)
        return found

    def _dates(self, number: int, values: Values) -> list[Finding]:
        entry_on, valid_on = _day(values[ENTRY_ON]), _day(values[VALID_ON])
        found = []
        if entry_on and self.closing and self._opening and not self._opening <= entry_on <= self.closing:
            sentence = f"EcritureDate {values[ENTRY_ON]} n’est pas dans l’exercice clos le {self.closing:%d/%m/%Y}."
            found.append(Finding(number, FecRule.YEAR, sentence))
        if entry_on and valid_on and valid_on < entry_on:
            sentence = f"ValidDate {values[VALID_ON]} précède EcritureDate {values[ENTRY_ON]}."
            found.append(Finding(number, FecRule.VALIDATION, sentence))
        return found

    def _sequence(self, number: int, current: str) -> list[Finding]:
        match = NUMBERED.fullmatch(current)
        if match is None:
            return [Finding(number, FecRule.SEQUENCE, f"EcritureNum «\u00a0{current}\u00a0» n’est pas un numéro.")]
        prefix, value = match[1], int(match[2])
        last = self._sequences.get(prefix, 0)
        self._sequences[prefix] = value
        if value == last + 1:
            return []
        return [Finding(number, FecRule.SEQUENCE, f"le numéro d’écriture {current} ne suit pas {prefix}{last}.")]

    def _letter(self, number: int, values: Values, amount: int) -> None:
        key = f"{values[LETTER]} du compte {values[ACCOUNT_NUMBER]} {values[AUXILIARY]}".rstrip()
        before, first = self._letters.pop(key, (0, number))
        if before + amount:
            self._letters[key] = (before + amount, first)

    def _end_of_entry(self) -> list[Finding]:
        entry = self._entry
        if entry is None or not entry.difference:
            return []
        sentence = f"l’écriture {entry.number} n’est pas équilibrée\u00a0: {_euros(entry.difference)}."
        return [Finding(entry.first_line, FecRule.BALANCE, sentence)]

    def _end_of_letters(self) -> Iterator[Finding]:
        for key, (difference, line) in self._letters.items():
            yield Finding(line, FecRule.LETTER, f"la lettre {key} ne se solde pas\u00a0: {_euros(difference)}.")


def _row_findings(number: int, values: Values) -> list[Finding]:
    """What a line alone shows."""
    found = [
        Finding(number, FecRule.EMPTY, f"{HEADER[rank]} est vide.")
        for rank in MANDATORY
        if not values[rank] or values[rank].isspace()
    ]
    found += [
        Finding(number, FecRule.DATE, f"{HEADER[rank]} «\u00a0{values[rank]}\u00a0» n’est pas une date AAAAMMJJ.")
        for rank in DATES
        if values[rank] and _day(values[rank]) is None
    ]
    if values[ACCOUNT_NUMBER] and not ACCOUNT.fullmatch(values[ACCOUNT_NUMBER]):
        sentence = f"le compte «\u00a0{values[ACCOUNT_NUMBER]}\u00a0» ne commence pas par trois chiffres."
        found.append(Finding(number, FecRule.ACCOUNT, sentence))
    found += [
        Finding(number, rule, sentence)
        for one, other, rule, sentence in PAIRS
        if (values[one] == "") != (values[other] == "")
    ]
    return found


def _amount_findings(number: int, values: Values, debit: int | None, credit: int | None) -> list[Finding]:
    wrong = [rank for rank, cents in ((DEBIT, debit), (CREDIT, credit)) if cents is None]
    wrong += [FOREIGN] if values[FOREIGN] and _cents(values[FOREIGN]) is None else []
    found = [
        Finding(number, FecRule.AMOUNT, f"{HEADER[rank]} «\u00a0{values[rank]}\u00a0» n’est pas un montant à virgule.")
        for rank in wrong
    ]
    if debit and credit:
        found.append(Finding(number, FecRule.SIDE, "la ligne est au débit et au crédit."))
    elif debit == 0 and credit == 0:
        found.append(Finding(number, FecRule.SIDE, "la ligne n’est ni au débit ni au crédit."))
    return found


def _cents(text: str) -> int | None:
    """An amount in cents; None when it is not written as one."""
    return int(text.replace(",", "")) if AMOUNT.fullmatch(text) else None


def _euros(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}\u00a0€"


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    return parsed_day(text)
