"""Tables that people send: CSV in any usual encoding and separator, or the first sheet of an XLSX workbook.

Bytes in, texts out. A cell is never run nor computed: what looks like a formula stays the text it is. Whatever the
bytes, the answer is a table or a refusal in French.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.spreadsheets import FORMULA_STARTS

MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 500_000, 1000, 60, 2000
MOST_UNPACKED = 20_000_000
SEPARATORS = ";,\t|"
XLSX_START = b"PK\x03\x04"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMN = re.compile(r"[A-Z]{1,3}")
LETTERS = 26
NO_TABLE = "Ce fichier ne se lit pas\u00a0: envoyez un CSV ou un classeur XLSX."


@dataclass(frozen=True)
class TableRow:
    """A row with its number in the file, the headings being row 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class TableFile:
    """The headings of a file and its rows that are not blank, each as long as the headings."""

    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]


def read_table(content: bytes) -> TableFile:
    """The table of a file. Refused when it is empty, too large, or no table at all."""
    if len(content) > MOST_BYTES:
        raise RefusalError(f"Ce fichier est trop lourd\u00a0: {MOST_BYTES // 1000} Ko au plus.")
    try:
        rows = list(_xlsx_rows(content) if content.startswith(XLSX_START) else _csv_rows(content))
    except (
        csv.Error, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError,
        OSError, RuntimeError, ValueError,
    ) as error:  # fmt: skip
        raise RefusalError(NO_TABLE) from error
    headings = rows[0] if rows else ()
    if not any(headings):
        raise RefusalError("Ce fichier est vide\u00a0: sa première ligne nomme les colonnes.")
    if len(headings) > MOST_COLUMNS or len(rows) - 1 > MOST_ROWS:
        raise RefusalError(f"Ce fichier est trop long\u00a0: {MOST_ROWS} lignes et {MOST_COLUMNS} colonnes au plus.")
    return TableFile(headings, tuple(_filled(rows[1:], len(headings))))


def decoded(content: bytes) -> str:
    """The text of a CSV: by its mark, else UTF-8, else Windows's western encoding, in which nothing fails."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    text = decoded(content)
    header = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=header.count)
    for row in csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=separator):
        yield tuple(_cell(text) for text in row)


def _xlsx_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if sum(member.file_size for member in book.infolist()) > MOST_UNPACKED:
            raise ValueError("unpacks too large")
        names = sorted(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        shared = _shared(book) if "xl/sharedStrings.xml" in book.namelist() else []
        sheet = _parsed(book, names[0]) if names else None
    if sheet is None:
        raise ValueError("no sheet")
    for number, row in enumerate(sheet.iter(f"{SHEET}row"), start=1):
        if number > MOST_ROWS + 2:
            return
        cells: dict[int, str] = {}
        for place, cell in enumerate(row.iter(f"{SHEET}c")):
            column = _column(cell.get("r", ""), place)
            if column <= MOST_COLUMNS:
                cells[column] = _cell(_value(cell, shared))
        yield tuple(cells.get(column, "") for column in range(max(cells, default=-1) + 1))


def _parsed(book: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with book.open(name) as member:
        return etree.fromstring(member.read(MOST_UNPACKED), parser)


def _shared(book: zipfile.ZipFile) -> list[str]:
    return ["".join(item.itertext(f"{SHEET}t")) for item in _parsed(book, "xl/sharedStrings.xml").iter(f"{SHEET}si")]


def _column(reference: str, place: int) -> int:
    letters = COLUMN.match(reference)
    if letters is None:
        return place
    number = 0
    for letter in letters.group():
        number = number * LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: etree._Element, shared: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(cell.itertext(f"{SHEET}t"))
    value = cell.findtext(f"{SHEET}v") or ""
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return _number(value) if kind == "n" else value


def _number(value: str) -> str:
    """« 1.2345678900012E13 » is the SIRET 12345678900012."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    is_whole = number.is_finite() and abs(number.adjusted()) < MOST_COLUMNS and number == number.to_integral_value()
    return f"{number:.0f}" if is_whole else value


def _cell(text: str) -> str:
    """Without the apostrophe by which our own files keep a formula from being run; never beyond a reasonable length."""
    bare = text.strip()[:MOST_CHARACTERS]
    return bare[1:] if bare.startswith("'") and bare[1:].startswith(FORMULA_STARTS) else bare


def _filled(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[TableRow]:
    for line, row in enumerate(rows, start=2):
        if any(row):
            yield TableRow(line, (*row, *("" for _ in range(width)))[:width])
