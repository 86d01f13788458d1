"""Line and VAT arithmetic: values in, values out. Amounts are in euros, rates and discounts in percent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Generic, TypeVar

from cae_backoffice.core.money import ZERO, format_decimal, format_euros, round_cents, split_largest_remainder
from invoicing.pricing.enums import SupplyNature, Unit

MAX_LINES = 500
MAX_ADJUSTMENTS = 5
"""Of one document."""

MAX_QUANTITY = Decimal("99999999.9999")
MAX_UNIT_PRICE = Decimal("99999999.999999")
MAX_AMOUNT = Decimal("999999999999.99")
QUANTITY_DECIMALS = 4
PRICE_DECIMALS = 6
DISCOUNT_DECIMALS = 2
AMOUNT_DECIMALS = 2
HUNDRED = Decimal(100)
EXACT_DIGITS = 60  # quantity × price × discount, and any sum of lines, without an intermediate rounding


Code = TypeVar("Code")
"""A VAT code with its `category` and `rate`; the arithmetic knows no record."""


@dataclass(frozen=True)
class TypedLine(Generic[Code]):
    """One line of a quote or an invoice as it is typed: price excl. VAT in euros, discount in percent.

    Consecutive lines of the same `chapter` form one, with its own subtotal; without chapter a line stands by itself.
    `product_id` is the product of the catalogue that the line sells, by its key.
    """

    label: str
    quantity: Decimal
    unit_price: Decimal
    vat_code: Code
    description: str = ""
    nature: str = SupplyNature.SERVICES
    unit: str = Unit.UNIT
    discount_percent: Decimal = Decimal(0)
    chapter: str = ""
    product_id: int | None = None

    @property
    def net(self) -> Decimal:
        """Excl. VAT, in euros."""
        return line_net(quantity=self.quantity, unit_price=self.unit_price, discount_percent=self.discount_percent)


@dataclass(frozen=True)
class TaxedNet:
    """A net amount and the VAT it bears."""

    category: str
    rate: Decimal
    net: Decimal


@dataclass(frozen=True)
class VatRow:
    """The VAT of one category and rate on a document."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Totals:
    """What a document amounts to; `gross` = `net` + `vat`, and both are the sums of the rows."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    rows: tuple[VatRow, ...]


def line_net(*, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """Quantity × unit price − discount, rounded half-up to the cent once."""
    with localcontext(prec=EXACT_DIGITS):
        return round_cents(quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED)


def line_problems(*, quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> list[str]:
    """Why these figures cannot stand on a line, in French sentences; empty when they can."""
    figures = (quantity, unit_price, discount_percent)
    if not all(figure.is_finite() for figure in figures):
        return ["La quantité, le prix et la remise sont des nombres."]
    problems = [*_quantity_problems(quantity), *_price_problems(unit_price)]
    if not 0 <= discount_percent <= HUNDRED:
        problems.append("Une remise est comprise entre 0 et 100\u00a0%.")
    elif _decimals(discount_percent) > DISCOUNT_DECIMALS:
        problems.append("Une remise a au plus 2 décimales.")
    if not problems and abs(line_net(quantity=quantity, unit_price=unit_price, discount_percent=discount_percent)) > (
        MAX_AMOUNT
    ):
        problems.append(f"Le montant dépasse {format_euros(MAX_AMOUNT)}.")
    return problems


def _quantity_problems(quantity: Decimal) -> list[str]:
    if quantity == 0:
        return ["La quantité d’une ligne n’est pas nulle."]
    if abs(quantity) > MAX_QUANTITY:
        return [f"La quantité dépasse {format_decimal(MAX_QUANTITY)}."]
    if _decimals(quantity) > QUANTITY_DECIMALS:
        return ["Une quantité a au plus 4 décimales."]
    return []


def _price_problems(unit_price: Decimal) -> list[str]:
    if unit_price < 0:
        return ["Un prix unitaire n’est pas négatif\u00a0: mettez la quantité en négatif."]
    if unit_price > MAX_UNIT_PRICE:
        return [f"Le prix unitaire dépasse {format_decimal(MAX_UNIT_PRICE)}\u00a0€."]
    if _decimals(unit_price) > PRICE_DECIMALS:
        return ["Un prix unitaire a au plus 6 décimales."]
    return []


def _decimals(value: Decimal) -> int:
    """How many decimals the value needs: 1.50 needs one."""
    with localcontext(prec=EXACT_DIGITS):
        exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def vat_breakdown(lines: Iterable[TaxedNet]) -> tuple[VatRow, ...]:
    """VAT once per (category, rate) on the sum of the line nets, half-up to the cent; highest rate first."""
    nets: defaultdict[tuple[str, Decimal], Decimal] = defaultdict(lambda: ZERO)
    with localcontext(prec=EXACT_DIGITS):
        for line in lines:
            nets[line.category, line.rate] += line.net
        return tuple(
            VatRow(category=category, rate=rate, net=net, vat=round_cents(net * rate / HUNDRED))
            for (category, rate), net in sorted(nets.items(), key=lambda item: (-item[0][1], item[0][0]))
        )


def totals(lines: Iterable[TaxedNet]) -> Totals:
    """The document's totals: the sums of its VAT rows."""
    rows = vat_breakdown(lines)
    with localcontext(prec=EXACT_DIGITS):
        net = sum((row.net for row in rows), ZERO)
        vat = sum((row.vat for row in rows), ZERO)
        return Totals(net=net, vat=vat, gross=net + vat, rows=rows)


PricedLine = Any
"""A line, typed or stored: its `net`, `nature`, and `vat_code` with `category` and `rate`."""


@dataclass(frozen=True)
class TypedAdjustment:
    """A discount (remise) or a charge (frais) on the whole document: in percent of its lines, or an amount excl. VAT.

    Just one of `percent` and `amount` is given, above zero.
    """

    reason: str
    is_charge: bool = False
    percent: Decimal | None = None
    amount: Decimal | None = None

    def of(self, base: Decimal) -> Decimal:
        """What it comes to on lines that sum to `base`, in euros, half-up to the cent."""
        if self.percent is None:
            return self.amount or ZERO
        with localcontext(prec=EXACT_DIGITS):
            return round_cents(base * self.percent / HUNDRED)


def typed_adjustment(stored: Any) -> TypedAdjustment:  # noqa: ANN401  a record of a higher place
    """A stored discount or charge (`DocumentAdjustment`), as it was typed."""
    return TypedAdjustment(
        reason=stored.reason, is_charge=stored.is_charge, percent=stored.percent, amount=stored.amount
    )


@dataclass(frozen=True)
class AdjustmentShare:
    """The part of a document's discount or charge that falls on the lines of one VAT rate and nature; above zero."""

    adjustment: TypedAdjustment
    category: str
    rate: Decimal
    nature: str
    amount: Decimal

    @property
    def effect(self) -> Decimal:
        """What it adds to the net amount."""
        return self.amount if self.adjustment.is_charge else -self.amount


def adjustment_shares(
    adjustments: Iterable[TypedAdjustment], lines: Iterable[PricedLine]
) -> tuple[AdjustmentShare, ...]:
    """Each discount and charge spread over the VAT rates and natures of the lines, in proportion to what they sum to.

    The shares of one sum to it (largest remainder). What the lines of a rate give back bears no share; where nothing
    is sold there is nothing to take a part of.
    """
    nets: defaultdict[tuple[str, Decimal, str], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        nets[line.vat_code.category, line.vat_code.rate, str(line.nature)] += line.net
    sold = {key: net for key, net in sorted(nets.items()) if net > 0}
    if not sold:
        return ()
    with localcontext(prec=EXACT_DIGITS):
        base = sum(nets.values(), ZERO)
        return tuple(
            AdjustmentShare(adjustment, *key, amount)
            for adjustment in adjustments
            for key, amount in zip(sold, split_largest_remainder(adjustment.of(base), list(sold.values())), strict=True)
            if amount > 0
        )


def adjustment_problems(adjustments: Sequence[TypedAdjustment], lines: Sequence[PricedLine]) -> list[str]:
    """Why these discounts and charges cannot stand on a document of these lines, in French sentences."""
    problems = [problem for adjustment in adjustments for problem in _own_problems(adjustment)]
    if len(adjustments) > MAX_ADJUSTMENTS:
        problems.append(f"Un document a au plus {MAX_ADJUSTMENTS} remises et frais.")
    if problems or not adjustments:
        return problems
    base = sum((line.net for line in lines), ZERO)
    if base <= 0:
        return ["Une remise ou des frais sur le document demandent des lignes d’un montant positif."]
    taken = sum((one.of(base) for one in adjustments if not one.is_charge), ZERO)
    if taken > base:
        return [f"Les remises ({format_euros(taken)}) dépassent le total des lignes ({format_euros(base)})."]
    if any(one.of(base) == 0 for one in adjustments):
        return ["Une remise ou des frais en pourcentage font moins d’un centime."]
    return []


def _own_problems(adjustment: TypedAdjustment) -> Iterator[str]:
    if not adjustment.reason.strip():
        yield "Une remise ou des frais sur le document ont un motif."
    yield from adjustment_figure_problems(adjustment)


def adjustment_figure_problems(adjustment: TypedAdjustment) -> list[str]:
    """Why a discount or a charge cannot have this figure, in French sentences."""
    return list(_figure_problems(adjustment))


def _figure_problems(adjustment: TypedAdjustment) -> Iterator[str]:
    if (adjustment.percent is None) == (adjustment.amount is None):
        yield "Une remise ou des frais sont en pourcentage ou en euros."
    if adjustment.percent is not None and not (
        0 < adjustment.percent <= HUNDRED and _decimals(adjustment.percent) <= DISCOUNT_DECIMALS
    ):
        yield "Un pourcentage est compris entre 0,01 et 100, avec deux décimales au plus."
    if adjustment.amount is not None and not (
        0 < adjustment.amount <= MAX_AMOUNT and _decimals(adjustment.amount) <= AMOUNT_DECIMALS
    ):
        yield "Un montant de remise ou de frais est supérieur à zéro, avec deux décimales au plus."


def chapter_marks(lines: Sequence[Any]) -> list[tuple[str, Decimal | None]]:
    """For each line, typed, stored or printed: the chapter that begins with it, and the subtotal of the one it ends.

    No chapter begins with a line that has none, or that goes on with the one before it.
    """
    marks: list[tuple[str, Decimal | None]] = []
    subtotal = ZERO
    for i, line in enumerate(lines):
        begins = i == 0 or lines[i - 1].chapter != line.chapter
        ends = i == len(lines) - 1 or lines[i + 1].chapter != line.chapter
        subtotal = line.net if begins else subtotal + line.net
        marks.append((line.chapter if begins else "", subtotal if ends and line.chapter else None))
    return marks


def typed_totals(lines: Iterable[PricedLine], shares: Iterable[AdjustmentShare] = ()) -> Totals:
    """What lines, typed or stored, amount to with the shares of the discounts and charges on the document."""
    return totals(
        [
            *(TaxedNet(category=line.vat_code.category, rate=line.vat_code.rate, net=line.net) for line in lines),
            *(TaxedNet(category=share.category, rate=share.rate, net=share.effect) for share in shares),
        ]
    )


def total_problems(document: Totals) -> list[str]:
    """Why this total cannot be stored; empty when it can."""
    if max(abs(document.net), abs(document.gross)) > MAX_AMOUNT:
        return [f"Le total de la facture dépasse {format_euros(MAX_AMOUNT)}."]
    return []
