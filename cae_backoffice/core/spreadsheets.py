"""Lists as CSV and XLSX files that a spreadsheet opens without running anything."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import IO

import xlsxwriter

Cell = str | int | Decimal | date | None

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_XLSX_ROWS = 1_048_576
"""What the format allows, headings included."""

ROWS_PER_CHUNK = 1000
BYTE_ORDER_MARK = codecs.BOM_UTF8
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV the French way: UTF-8 with its mark, semicolons, decimal commas, 22/11/2026.

    A text that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    return b"".join(csv_chunks(headings, rows))


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same, as a stream of some thousand rows at a time."""
    yield BYTE_ORDER_MARK + csv_lines([headings]).encode()
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS_PER_CHUNK)):
        yield csv_lines(chunk).encode()


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Lines of such a CSV, for files that are written piece by piece."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows([_csv_text(cell) for cell in row] for row in rows)
    return file.getvalue()


def to_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet: real dates and numbers, texts always as texts, a heading that stays and filters."""
    file = io.BytesIO()
    write_xlsx(file, title, headings, rows)
    return file.getvalue()


def write_xlsx(file: IO[bytes], title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The same, into a file: the rows pass one at a time, so that a million take no more memory than one."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        heading_format = book.add_format({"bold": True, "bottom": 1})
        formats = {"date": book.add_format({"num_format": "dd/mm/yyyy"}), "money": book.add_format({"num_format": 4})}
        sheet = book.add_worksheet(title[:31])
        widths = [len(heading) for heading in headings]
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, heading_format)
        last_row = 0
        for last_row, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, last_row, column, cell, formats)
                widths[column] = max(widths[column], len(_csv_text(cell)))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last_row, len(headings) - 1)


def neutral_text(text: str) -> str:
    """A text as a CSV holds it: one that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    return neutral_text(cell) if isinstance(cell, str) else str(cell)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, formats: dict[str, object]
) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["date"])
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, formats["money"])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, cell)
