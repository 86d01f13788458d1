"""Everything an issued document shows, frozen at issue: values only, kept as JSON for as long as the document.

The field names are those of the stored copies: renaming one needs a new `VERSION` and a way to read the former one.
A field that came later has a default, and a copy written before it is read with it.
Amounts are in euros, rates and discounts in percent. An empty text prints nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from cae_backoffice.core.money import ZERO

VERSION = 1

INVOICE = "380"
CREDIT_NOTE = "381"
CORRECTIVE = "384"
DEPOSIT = "386"

GOODS = "Livraison de biens"
SERVICES = "Prestation de services"
GOODS_AND_SERVICES = "Livraison de biens et prestation de services"


@dataclass(frozen=True)
class Address:
    """A postal address; `country` is the two-letter ISO 3166 code."""

    street: str
    street_extra: str
    postcode: str
    city: str
    country: str


@dataclass(frozen=True)
class Seller:
    """The cooperative, seller of every document (C. com. R123-237, R123-238).

    `legal_form` is printed as it is: « SCOP SARL à capital variable ». `iban`, `siren` and `siret` have no spaces.
    """

    legal_name: str
    short_name: str
    legal_form: str
    capital: Decimal
    siren: str
    siret: str
    vat_number: str
    rcs_city: str
    naf_code: str
    address: Address
    phone: str
    email: str
    website: str
    iban: str
    bic: str
    colour: str
    electronic_address: str = ""  # BT-34, in the French directory (scheme 0225)


@dataclass(frozen=True)
class Brand:
    """The activity that did the work, shown in addition to the seller. `logo_sha256` is empty without logo."""

    name: str
    description: str
    email: str
    phone: str
    website: str
    city: str
    logo_sha256: str
    colour: str


@dataclass(frozen=True)
class Buyer:
    """The customer. `kind` is PROFESSIONAL, CONSUMER or PUBLIC."""

    kind: str
    name: str
    contact_name: str
    address: Address
    siren: str
    siret: str
    vat_number: str
    service_code: str
    electronic_address: str = ""  # BT-49
    electronic_scheme: str = ""  # 0225 the French directory, EM e-mail, else a code of the European list


@dataclass(frozen=True)
class Delivery:
    """Where the goods or the work go when that is not the buyer's address."""

    label: str
    address: Address


@dataclass(frozen=True)
class Adjustment:
    """A discount (remise) or a charge (frais) of a fixed amount, on a line or on the whole document.

    `amount` is above zero for both, and below zero in a credit note. The VAT is that of the line when it stands on one.
    """

    is_charge: bool
    reason: str
    amount: Decimal
    reason_code: str = ""  # UNTDID 5189 for a discount, 7161 for a charge
    vat_category: str = ""
    vat_rate: Decimal = ZERO

    @property
    def effect(self) -> Decimal:
        """What it adds to the net amount."""
        return self.amount if self.is_charge else -self.amount


@dataclass(frozen=True)
class Line:
    """One line; a credit note's quantities and nets are negative, prices never are.

    `net` is the price of the quantity, less the discount in percent, with the adjustments.
    """

    position: int
    label: str
    description: str
    quantity: Decimal
    unit_code: str
    unit_label: str
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    vat_rate: Decimal
    vat_category: str
    adjustments: tuple[Adjustment, ...] = ()
    chapter: str = ""  # consecutive lines of the same one are printed under it, with their subtotal


@dataclass(frozen=True)
class VatRow:
    """The VAT of one category (EN 16931) and rate; `reason` is the exemption's printed text."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    reason: str
    vatex_code: str


@dataclass(frozen=True)
class Correction:
    """The invoice that a credit note corrects, and why."""

    number: str
    issued_on: date
    reason: str


@dataclass(frozen=True)
class Reference:
    """An earlier document that this one follows: a deposit deducted here, the situations before a final invoice.

    `kind` is its type code.
    """

    number: str
    issued_on: date
    kind: str = INVOICE


@dataclass(frozen=True)
class Retention:
    """What a buyer of works keeps back until a year after acceptance (retenue de garantie, loi 71-584)."""

    percent: Decimal
    amount: Decimal
    released_on: date


@dataclass(frozen=True)
class Progress:
    """How far an order is invoiced with this document (situation de travaux), excl. VAT.

    `before` and `now` are what was invoiced of the work until this document and by it; `deposits` were asked for and
    not taken off before it.
    """

    order_number: str
    ordered_on: date
    ordered: Decimal
    before: Decimal
    now: Decimal
    deposits: Decimal = ZERO

    @property
    def cumulated(self) -> Decimal:
        """What is invoiced of the work with this document."""
        return self.before + self.now


@dataclass(frozen=True)
class FrozenDocument:
    """An invoice or a credit note as it was issued. `mentions` are the legal sentences, already filled.

    `net`, `vat` and `gross` are those of the whole document; `prepaid` is what was paid of `gross` before.
    """

    kind: str
    number: str
    issued_on: date
    due_on: date
    supplied_on: date | None
    seller: Seller
    brand: Brand
    buyer: Buyer
    delivery: Delivery | None
    purchase_order: str
    subject: str
    note: str
    supply_category: str
    lines: tuple[Line, ...]
    vat_rows: tuple[VatRow, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    payment_terms_label: str
    mentions: tuple[str, ...]
    corrects: Correction | None
    mention_codes: tuple[str, ...] = ()  # the UNTDID 4451 subject of each mention, in their order
    adjustments: tuple[Adjustment, ...] = ()
    prepaid: Decimal = ZERO
    follows: tuple[Reference, ...] = ()
    retention: Retention | None = None
    frame: str = ""  # BT-23, cadre de facturation: B, S or M with a digit
    treatment: str = ""  # the BAR note: B2B, B2C, B2BINT, OUTOFSCOPE
    vat_due_code: str = ""  # BT-8: 5 on invoicing (débits), 29 on delivery, 72 on payment
    progress: Progress | None = None

    @property
    def is_credit_note(self) -> bool:
        """Whether this is an avoir."""
        return self.kind == CREDIT_NOTE

    @property
    def coded_mentions(self) -> list[tuple[str, str]]:
        """Each mention with its code. Copies written before codes begin with these three, but for consumers."""
        codes = self.mention_codes
        if not codes and self.buyer.kind != "CONSUMER":
            codes = ("PMD", "PMT", "AAB")
        codes += ("",) * (len(self.mentions) - len(codes))
        return list(zip(codes, self.mentions, strict=False))

    @property
    def amount_due(self) -> Decimal:
        """What is left to pay, retention included; below zero in a credit note."""
        return self.gross - self.prepaid


def opposite(document: FrozenDocument) -> FrozenDocument:
    """The document with every quantity and amount negated; prices and rates stay as they are."""
    retention = document.retention
    return replace(
        document,
        lines=tuple(
            replace(line, quantity=-line.quantity, net=-line.net, adjustments=_opposites(line.adjustments))
            for line in document.lines
        ),
        adjustments=_opposites(document.adjustments),
        vat_rows=tuple(replace(row, net=-row.net, vat=-row.vat) for row in document.vat_rows),
        net=-document.net,
        vat=-document.vat,
        gross=-document.gross,
        prepaid=-document.prepaid,
        retention=retention and replace(retention, amount=-retention.amount),
    )


def _opposites(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(replace(adjustment, amount=-adjustment.amount) for adjustment in adjustments)


def to_json(document: FrozenDocument) -> dict[str, Any]:
    """The document as JSON values: decimals as strings, dates as ISO 8601, and the version of the format."""
    return {"version": VERSION, **encoded(document)}


def from_json(content: Mapping[str, Any]) -> FrozenDocument:
    """The document back from `to_json`, equal to the original. ValueError for a version this code does not read."""
    if content["version"] != VERSION:
        raise ValueError(f"frozen document of unknown version {content['version']}")
    document: FrozenDocument = decoded(FrozenDocument, content)
    return document


def encoded(value: Any) -> Any:  # noqa: ANN401  a value of any field
    """A frozen value, with all it holds, as JSON values."""
    if is_dataclass(value):
        return {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def decoded(kind: Any, value: Any) -> Any:  # noqa: ANN401  the declared type of a field, and its JSON value
    """The value of a declared type back from `encoded`."""
    if isinstance(kind, UnionType):
        return None if value is None else decoded(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(decoded(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: decoded(hint, value[name]) for name, hint in hints.items() if name in value})  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        return date.fromisoformat(value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
