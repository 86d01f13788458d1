"""The fixed-width files of accounting software: each field with its place. Pure; docs/exports.md shows the same tables.

Positions start at 1 and count bytes: the files are in Windows-1252, where a character is a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from invoicing.exports.enums import ExportKind
from invoicing.exports.rules.characters import in_character_set

CODEC = "cp1252"
LINE_END = b"\r\n"
RESULT_CLASSES = ("6", "7")
SAGE_COMPANY_LENGTH = 30
TRA_HEADER = b"***S5CLIJRLETE   0101190001011900006".ljust(127)
VOUCHER_TYPES = {"VT": "FC", "AC": "FF"}


@dataclass(frozen=True)
class ExportLine:
    """A validated line with what the files need of its entry. Amounts in euros; one of debit and credit is zero."""

    journal: str
    number: int
    entry_on: date
    voucher: str
    voucher_on: date
    account: str
    account_label: str
    auxiliary: str
    auxiliary_label: str
    activity: str
    label: str
    debit: Decimal
    credit: Decimal
    due_on: date | None
    letter: str
    validated_on: date

    @property
    def side(self) -> str:
        """D or C."""
        return "D" if self.debit else "C"

    @property
    def amount(self) -> Decimal:
        """Positive."""
        return self.debit or self.credit

    @property
    def section(self) -> str:
        """The activity, on the accounts of income and charges; other accounts have no analytic line."""
        return self.activity if self.account.startswith(RESULT_CLASSES) else ""


class Fit(Enum):
    """How a value fills its field: what is too long loses its end, or (a voucher's number) its beginning."""

    LEFT = "à gauche"
    RIGHT = "à droite"
    ZEROS = "à droite, zéros devant"
    LAST = "à gauche, fin conservée"


@dataclass(frozen=True)
class Field:
    """A field: where it starts, how long it is, what it holds."""

    start: int
    length: int
    meaning: str
    value: Callable[[ExportLine], str]
    fit: Fit = Fit.LEFT

    def bytes_of(self, line: ExportLine) -> bytes:
        """The value, cut or filled to the field's length."""
        raw = in_character_set(self.value(line), CODEC)
        raw = raw[-self.length :] if self.fit is Fit.LAST else raw[: self.length]
        if self.fit is Fit.RIGHT:
            return raw.rjust(self.length)
        return raw.rjust(self.length, b"0") if self.fit is Fit.ZEROS else raw.ljust(self.length)


@dataclass(frozen=True)
class Layout:
    """A fixed-width record; fields follow each other, what lies between them is blank."""

    title: str
    length: int
    fields: tuple[Field, ...]
    is_written: Callable[[ExportLine], bool] = lambda _line: True

    def render(self, line: ExportLine) -> bytes:
        """The record with its line end."""
        record = b""
        for field in self.fields:
            record = record.ljust(field.start - 1) + field.bytes_of(line)
        return record.ljust(self.length) + LINE_END


def _short(day: date | None) -> str:
    return f"{day:%d%m%y}" if day else ""


def _long(day: date | None) -> str:
    return f"{day:%d%m%Y}" if day else "01011900"


def _constant(text: str) -> Callable[[ExportLine], str]:
    return lambda _line: text


def _cents(line: ExportLine) -> str:
    return f"{line.amount * 100:.0f}"


def _point(line: ExportLine) -> str:
    return f"{line.amount:.2f}"


def _comma(line: ExportLine) -> str:
    return _point(line).replace(".", ",")


def _voucher_type(line: ExportLine) -> str:
    return VOUCHER_TYPES.get(line.journal, "OD")


def _has_section(line: ExportLine) -> bool:
    return line.section != ""


def _sage(kind: Field, account: Field) -> tuple[Field, ...]:
    """A record of Sage: the general and the analytic ones differ in two fields."""
    return (
        Field(1, 3, "code journal", lambda line: line.journal),
        Field(4, 6, "date de l’écriture (JJMMAA)", lambda line: _short(line.entry_on)),
        Field(10, 2, "type de pièce (FC ventes, FF achats, OD autres)", _voucher_type),
        Field(12, 13, "compte général", lambda line: line.account),
        kind,
        account,
        Field(39, 13, "référence : numéro de la pièce", lambda line: line.voucher, Fit.LAST),
        Field(52, 25, "libellé", lambda line: line.label),
        Field(78, 6, "échéance (JJMMAA)", lambda line: _short(line.due_on)),
        Field(84, 1, "sens (D ou C)", lambda line: line.side),
        Field(85, 20, "montant, point décimal", _point, Fit.RIGHT),
        Field(105, 1, "type d’écriture (N normale)", _constant("N")),
        Field(106, 7, "numéro de l’écriture", lambda line: str(line.number), Fit.ZEROS),
    )


def _tra(kind: Field, account: Field, axis: str) -> tuple[Field, ...]:
    """A record of Cegid: the general and the analytic ones differ in three fields."""
    return (
        Field(1, 3, "code journal", lambda line: line.journal),
        Field(4, 8, "date comptable (JJMMAAAA)", lambda line: _long(line.entry_on)),
        Field(12, 2, "type de pièce (FC ventes, FF achats, OD autres)", _voucher_type),
        Field(14, 17, "compte général", lambda line: line.account),
        kind,
        account,
        Field(49, 35, "référence : numéro de la pièce", lambda line: line.voucher, Fit.LAST),
        Field(84, 35, "libellé", lambda line: line.label),
        Field(122, 8, "échéance (JJMMAAAA), 01011900 sans échéance", lambda line: _long(line.due_on)),
        Field(130, 1, "sens (D ou C)", lambda line: line.side),
        Field(131, 20, "montant, virgule décimale", _comma, Fit.RIGHT),
        Field(151, 1, "type d’écriture (N normale)", _constant("N")),
        Field(152, 8, "numéro de l’écriture", lambda line: str(line.number), Fit.ZEROS),
        Field(160, 3, "devise", _constant("EUR")),
        Field(163, 10, "taux de la devise", _constant("1,00000000")),
        Field(173, 3, "montants en euros", _constant("E--")),
        Field(216, 3, "établissement", _constant("001")),
        Field(219, 2, "axe analytique", _constant(axis)),
        Field(221, 2, "numéro d’échéance", _constant("1")),
    )


QUADRA = Layout(
    "Écriture (M)",
    193,
    (
        Field(1, 1, "type : M", _constant("M")),
        Field(
            2, 8, "compte : l’auxiliaire s’il y en a un, sinon le compte", lambda line: line.auxiliary or line.account
        ),
        Field(10, 2, "code journal", lambda line: line.journal),
        Field(12, 3, "folio : 000", _constant("000")),
        Field(15, 6, "date de l’écriture (JJMMAA)", lambda line: _short(line.entry_on)),
        Field(22, 20, "libellé", lambda line: line.label),
        Field(42, 1, "sens (D ou C)", lambda line: line.side),
        Field(43, 1, "signe : +", _constant("+")),
        Field(44, 12, "montant en centimes", _cents, Fit.ZEROS),
        Field(64, 6, "échéance (JJMMAA)", lambda line: _short(line.due_on)),
        Field(75, 5, "numéro de pièce, 5 derniers caractères", lambda line: line.voucher, Fit.LAST),
        Field(100, 8, "numéro de pièce, 8 derniers caractères", lambda line: line.voucher, Fit.LAST),
        Field(108, 3, "devise", _constant("EUR")),
        Field(111, 3, "code journal", lambda line: line.journal),
        Field(117, 30, "libellé", lambda line: line.label),
        Field(149, 10, "numéro de pièce, 10 derniers caractères", lambda line: line.voucher, Fit.LAST),
    ),
)
QUADRA_ANALYTIC = Layout(
    "Ventilation analytique (I), après chaque écriture de charge ou de produit d’une activité",
    39,
    (
        Field(1, 1, "type : I", _constant("I")),
        Field(2, 5, "part : 100,00 %", _constant("10000")),
        Field(7, 1, "signe : +", _constant("+")),
        Field(8, 12, "montant en centimes", _cents, Fit.ZEROS),
        Field(20, 10, "section : code de l’activité", lambda line: line.section),
    ),
    _has_section,
)
SAGE = Layout(
    "Écriture",
    112,
    _sage(
        Field(25, 1, "type de compte (X auxiliaire)", lambda line: "X" if line.auxiliary else ""),
        Field(26, 13, "compte auxiliaire", lambda line: line.auxiliary),
    ),
)
SAGE_ANALYTIC = Layout(
    "Ventilation analytique, après chaque écriture de charge ou de produit d’une activité",
    112,
    _sage(
        Field(25, 1, "type de compte (A analytique)", _constant("A")),
        Field(26, 13, "section : code de l’activité", lambda line: line.section),
    ),
    _has_section,
)
TRA = Layout(
    "Écriture",
    222,
    _tra(
        Field(31, 1, "type de compte (X auxiliaire)", lambda line: "X" if line.auxiliary else ""),
        Field(32, 17, "compte auxiliaire", lambda line: line.auxiliary),
        "",
    ),
)
TRA_ANALYTIC = Layout(
    "Ventilation analytique, après chaque écriture de charge ou de produit d’une activité",
    222,
    _tra(
        Field(31, 1, "type de compte (A analytique)", _constant("A")),
        Field(32, 17, "section : code de l’activité", lambda line: line.section),
        "A1",
    ),
    _has_section,
)
LAYOUTS: dict[ExportKind, tuple[Layout, ...]] = {
    ExportKind.SAGE_PNM: (SAGE, SAGE_ANALYTIC),
    ExportKind.QUADRA: (QUADRA, QUADRA_ANALYTIC),
    ExportKind.CEGID_TRA: (TRA, TRA_ANALYTIC),
}


def heading_of(kind: ExportKind, company: str) -> bytes:
    """The record at the head of the file: the company for Sage, the file's kind for Cegid, none for Quadra."""
    if kind == ExportKind.SAGE_PNM:
        return in_character_set(company, CODEC)[:SAGE_COMPANY_LENGTH].ljust(SAGE_COMPANY_LENGTH) + LINE_END
    return TRA_HEADER + LINE_END if kind == ExportKind.CEGID_TRA else b""


def records_of(kind: ExportKind, line: ExportLine) -> Iterator[bytes]:
    """The records that a line becomes: itself, and its analytic part if it has one."""
    return (layout.render(line) for layout in LAYOUTS[kind] if layout.is_written(line))
