"""Opening balances as a CSV file gives them: read whole, with a sentence for everything that is wrong. Pure."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from cae_backoffice.core.forms import read_decimal
from cae_backoffice.core.money import CENT

COLUMNS = ["activity", "balance"]
MAX_BALANCE = Decimal("999999999.99")


@dataclass(frozen=True)
class OpeningRow:
    """What an activity, by its code, had left."""

    code: str
    balance: Decimal


@dataclass(frozen=True)
class OpeningFile:
    """The rows of a file, and what is wrong with it: nothing is imported unless `problems` is empty."""

    rows: tuple[OpeningRow, ...]
    problems: tuple[str, ...]


def read_openings(text: str, *, known_codes: Collection[str]) -> OpeningFile:
    """Columns `activity` (code) and `balance` (comma or point), separated by semicolons or commas.

    Refused with its line: an unknown code, one twice, an amount that is none, is zero or has parts of a cent.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    heading = lines[0].strip() if lines else ""
    delimiter = ";" if ";" in heading else ","
    if [name.strip() for name in heading.split(delimiter)] != COLUMNS:
        return OpeningFile((), ("Ligne 1\u00a0: les colonnes sont activity et balance.",))
    rows: list[OpeningRow] = []
    problems: list[str] = []
    for number, cells in enumerate(csv.reader(lines[1:], delimiter=delimiter), start=2):
        if not any(cell.strip() for cell in cells):
            continue
        code, balance, problem = _row(cells, known_codes, {row.code for row in rows})
        if problem:
            problems.append(f"Ligne {number}\u00a0: {problem}")
        else:
            rows.append(OpeningRow(code, balance))
    if not rows and not problems:
        problems.append("Le fichier ne contient aucun solde.")
    return OpeningFile(tuple(rows), tuple(problems))


def _row(cells: list[str], known: Collection[str], seen: Collection[str]) -> tuple[str, Decimal, str]:
    if len(cells) != len(COLUMNS):
        return "", Decimal(0), "deux cellules sont attendues, un code et un solde."
    code, typed = cells[0].strip(), cells[1].strip()
    if code not in known:
        return code, Decimal(0), f"aucune activité n’a le code «\u00a0{code}\u00a0»."
    if code in seen:
        return code, Decimal(0), f"l’activité {code} figure déjà plus haut."
    balance = _amount(typed)
    if balance is None:
        return code, Decimal(0), f"«\u00a0{typed}\u00a0» n’est pas un montant en euros et centimes."
    return code, balance, "" if balance else "un solde nul ne se reprend pas\u00a0: retirez la ligne."


def _amount(typed: str) -> Decimal | None:
    """The amount, unless it is none or has parts of a cent."""
    try:
        amount = Decimal(read_decimal(typed))
    except InvalidOperation:
        return None
    whole = amount.is_finite() and abs(amount) <= MAX_BALANCE and amount == amount.quantize(CENT)
    return amount if whole else None
