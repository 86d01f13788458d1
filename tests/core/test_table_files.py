"""Tables that people send: every usual encoding and separator, workbooks, and anything at all without an exception."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.spreadsheets import to_csv, to_xlsx
from cae_backoffice.core.table_files import MOST_BYTES, MOST_ROWS, TableFile, TableRow, read_table

TEXT = "Nom;Ville\r\nCafé d’été;Nîmes\r\n"
EXPECTED = TableFile(("Nom", "Ville"), (TableRow(2, ("Café d’été", "Nîmes")),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_are_found(encoding: str, separator: str) -> None:
    assert read_table(TEXT.replace(";", separator).encode(encoding)) == EXPECTED


def test_rows_are_as_long_as_the_headings_and_blank_ones_go() -> None:
    """Numbered as in the file."""
    table = read_table(b"\n\nA;B\n1\n;\n1;2;3\n")
    assert table.rows == (TableRow(2, ("1", "")), TableRow(4, ("1", "2")))


def test_what_looks_like_a_formula_stays_a_text() -> None:
    """There and back, through our own files."""
    rows = [("=1+1", "-5 rue"), ("@x", "+33 6")]
    for content in (to_csv(("A", "B"), rows), to_xlsx("Clients", ("A", "B"), rows)):
        assert [row.cells for row in read_table(content).rows] == rows


def test_a_workbook_of_another_program() -> None:
    """Numbers, a long SIRET, dates as they are stored, an empty cell, shared strings."""
    book = openpyxl.Workbook()
    for row in (["Nom", "SIRET", "X"], ["Rose", 73282932000074, None], [None, 1.5, True]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert read_table(file.getvalue()) == TableFile(
        ("Nom", "SIRET", "X"), (TableRow(2, ("Rose", "73282932000074", "")), TableRow(3, ("", "1.5", "1")))
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b";;\n", b"PK\x03\x04broken", b"x" * (MOST_BYTES + 1), b"A\n" + b"1\n" * (MOST_ROWS + 1)],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(RefusalError):
        read_table(content)


def test_a_bomb_is_refused() -> None:
    """What unpacks beyond the limit is not unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    with pytest.raises(RefusalError):
        read_table(file.getvalue())


def zipped(sheet: bytes, strings: bytes) -> bytes:
    """A workbook of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        book.writestr("xl/sharedStrings.xml", strings)
    return file.getvalue()


BYTES = st.binary(max_size=400)
TEXTS = st.text(max_size=200).map(lambda text: text.encode("utf-8", errors="ignore"))
BOOKS = st.builds(zipped, BYTES, BYTES) | BYTES.map(lambda tail: b"PK\x03\x04" + tail)


@settings(max_examples=300, deadline=None)
@given(BYTES | TEXTS | BOOKS)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        table = read_table(content)
    except RefusalError:
        return
    assert all(len(row.cells) == len(table.headings) for row in table.rows)
