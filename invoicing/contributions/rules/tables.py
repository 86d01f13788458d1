"""Strict reading of nested tables (TOML, JSON): every departure from what is asked becomes a French sentence."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from cae_backoffice.core.money import CENT, ZERO, format_euros
from cae_backoffice.core.text import control_characters
from invoicing.contributions.rules.problems import Problem
from invoicing.contributions.rules.toml_lines import Path, line_of

MAX_AMOUNT = Decimal("999999999999.99")
RATE_STEP = Decimal("0.0001")
MAX_RATE = Decimal(100)
MAX_TEXT = 200
Choice = TypeVar("Choice", bound=Enum)


class Reading:
    """A file being read, with the lines of its keys and the problems found so far."""

    def __init__(self, file: str, lines: dict[Path, int]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def problem(self, path: Path, sentence: str) -> None:
        """Keep a problem with the place of its key."""
        self.problems.append(Problem(self.file, line_of(self.lines, path), f"clé {_written(path)}", sentence))


class Table:
    """One table of the file. Each method reads a key; a key that is wrong leaves a problem and a harmless value.

    `homes` are the tables in which keys stand that it takes from another one.
    """

    def __init__(
        self,
        reading: Reading,
        data: object,
        path: Path,
        known: Sequence[str],
        homes: Mapping[str, Path] | None = None,
    ) -> None:
        self.reading = reading
        self.path = path
        self.homes = homes or {}
        self.data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self.data = data
            for key in data:
                if key not in known:
                    self.reading.problem((*path, key), f"clé inconnue. Clés possibles\u00a0: {', '.join(known)}.")
        else:
            self.reading.problem(path, f"un tableau de clés est attendu, pas {_kind(data)}.")

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def place(self, key: str) -> Path:
        """Where a key stands."""
        return (*self.homes.get(key, self.path), key)

    def problem(self, key: str, sentence: str) -> None:
        """Keep a problem about one of its keys."""
        self.reading.problem(self.place(key), sentence)

    def required(self, key: str) -> bool:
        """Whether the key is there; it leaves a problem when it is not."""
        if key not in self.data:
            self.problem(key, "clé manquante.")
        return key in self.data

    def text(self, key: str) -> str:
        """A required text of one line."""
        if not self.required(key):
            return ""
        value = self.data[key]
        if not isinstance(value, str):
            self.problem(key, f"un texte entre guillemets est attendu, pas {_kind(value)}.")
            return ""
        if not value.strip() or value != value.strip():
            self.problem(key, "un texte est attendu, sans espace au début ni à la fin.")
        elif len(value) > MAX_TEXT:
            self.problem(key, f"un texte de {MAX_TEXT} caractères au plus est attendu.")
        elif control_characters(value) or "\n" in value or "\t" in value:
            self.problem(key, "le texte contient un caractère qui ne s’imprime pas.")
        return value

    def day(self, key: str) -> date | None:
        """A date without time, None when it is absent."""
        value = self.data.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.problem(key, f"une date comme 2026-01-01 est attendue, sans guillemets, pas {_kind(value)}.")
        return None

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(key, f"un nombre entier est attendu, pas {_kind(value)}.")
            return default
        if not least <= value <= most:
            self.problem(key, f"un nombre entre {least} et {most} est attendu.")
            return default
        return value

    def flag(self, key: str) -> bool:
        """A required yes or no."""
        if not self.required(key):
            return False
        value = self.data[key]
        if not isinstance(value, bool):
            self.problem(key, f"true ou false est attendu, sans guillemets, pas {_kind(value)}.")
        return value is True

    def choice(self, key: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        """One of the values of an enumeration; required without a default."""
        fallback = next(iter(choices)) if default is None else default
        if default is None and not self.required(key):
            return fallback
        value = self.data.get(key, fallback.value)
        if not isinstance(value, str) or value not in {choice.value for choice in choices}:
            known = ", ".join(str(choice.value) for choice in choices)
            self.problem(key, f"une de ces valeurs est attendue\u00a0: {known}.")
            return fallback
        return choices(value)

    def amount(self, key: str) -> Decimal | None:
        """Euros, not below zero, at most two decimals; None when absent."""
        value = self._number(key)
        if value is None:
            return None
        if value < 0:
            self.problem(key, f"un montant n’est pas négatif (lu\u00a0: {value}).")
        elif value > MAX_AMOUNT:
            self.problem(key, f"le montant dépasse {format_euros(MAX_AMOUNT)}.")
        elif value != value.quantize(CENT):
            self.problem(key, f"un montant a au plus deux décimales (lu\u00a0: {value}).")
        else:
            return value
        return None

    def rate(self, key: str) -> Decimal:
        """A required percentage, at most four decimals."""
        value = self._number(key) if self.required(key) else None
        if value is None:
            return ZERO
        if value < 0:
            self.problem(key, f"un taux n’est pas négatif (lu\u00a0: {value}).")
        elif value > MAX_RATE:
            self.problem(key, "un taux est donné en pour cent et ne dépasse pas 100.")
        elif value != value.quantize(RATE_STEP):
            self.problem(key, f"un taux a au plus quatre décimales (lu\u00a0: {value}).")
        else:
            return value
        return ZERO

    def items(self, key: str) -> Sequence[object]:
        """A list, empty when absent."""
        value = self.data.get(key, [])
        if isinstance(value, list | tuple):
            return value
        self.problem(key, f"une liste entre crochets est attendue, pas {_kind(value)}.")
        return []

    def some_items(self, key: str, none: str) -> Sequence[object]:
        """A required list; `none` is the sentence for one that is empty."""
        if not self.required(key):
            return []
        if self.data[key] == []:
            self.problem(key, none)
        return self.items(key)

    def _number(self, key: str) -> Decimal | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.problem(key, f"un nombre est attendu, sans guillemets, pas {_kind(value)}.")
            return None
        number = Decimal(value)
        if not number.is_finite():
            self.problem(key, f"un nombre est attendu, pas {value}.")
            return None
        return number


def _written(path: Path) -> str:
    """« versions[1].lines[2].label »: the first of a list is 1."""
    text = ""
    for piece in path:
        text += f"[{piece + 1}]" if isinstance(piece, int) else f"{'.' if text else ''}{piece}"
    return text


def _kind(value: object) -> str:
    """What was found instead, in French."""
    names: dict[type, str] = {bool: "true ou false", int: "un nombre", Decimal: "un nombre", str: "un texte"}
    names |= {list: "une liste", dict: "un tableau de clés", date: "une date", datetime: "une date avec une heure"}
    return names.get(type(value), "autre chose")
