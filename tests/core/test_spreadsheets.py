"""Lists as files: real numbers and dates, and no formula that somebody typed as a name."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from cae_backoffice.core.spreadsheets import Cell, to_csv, to_xlsx

HEADINGS = ["Nom", "Depuis le", "Montant", "Jours"]
ROW: list[Cell] = ["Été ; « 12 »", date(2026, 11, 22), Decimal("1234.50"), -3]


def test_csv_the_french_way() -> None:
    """With the mark by which spreadsheets know UTF-8."""
    content = to_csv(HEADINGS, [ROW, [None, None, None, None]])
    assert content == ('\ufeffNom;Depuis le;Montant;Jours\r\n"Été ; « 12 »";22/11/2026;1234,50;-3\r\n;;;\r\n'.encode())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_defuses_formulas(start: str) -> None:
    """A leading apostrophe; numbers stay numbers."""
    text = f"{start}cmd|' /C calc'!A0"
    line = to_csv(["Nom"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.lstrip('"').startswith(f"'{start}")
    assert to_csv(["Jours"], [[-3]]).decode("utf-8-sig") == "Jours\r\n-3\r\n"


def test_xlsx_holds_real_values() -> None:
    """Dates and numbers can be sorted and summed; texts are never formulas or links."""
    rows: list[list[Cell]] = [ROW, ["=1+1", None, Decimal("-0.10"), 0], ["https://example.org", None, None, 12]]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx("Membres", HEADINGS, rows))).active
    assert sheet.title == "Membres"
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [
        HEADINGS,
        ["Été ; « 12 »", datetime(2026, 11, 22), 1234.5, -3],  # noqa: DTZ001  a spreadsheet's date
        ["=1+1", None, -0.1, 0],
        ["https://example.org", None, None, 12],
    ]
    assert [sheet.cell(3, 1).data_type, sheet.cell(4, 1).hyperlink] == ["s", None]


def test_xlsx_of_an_empty_list() -> None:
    """The headings alone."""
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx("Membres", HEADINGS, []))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [HEADINGS]
