"""From what was agreed and what is invoiced to the lines of the next invoice of an order. Pure.

Progress is cumulated (« 40 % fait à ce jour »): a line of an invoice holds what is reached less what was invoiced.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cae_backoffice.core.money import ZERO, format_decimal, format_euros, round_cents, split_largest_remainder
from invoicing.invoices.rules import DraftLine
from invoicing.invoices.rules.orders import (
    Balance,
    DepositBalance,
    LinePosition,
    OrderPosition,
    RatePosition,
    percent_of,
    within,
)
from invoicing.orders.models import OrderLine
from invoicing.pricing.enums import Unit
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import HUNDRED, line_net

QUANTUM = Decimal("0.0001")
LONGEST_DETAIL = 2000


@dataclass(frozen=True)
class Advance:
    """How far the work is, by the key of the order's lines: a percentage done, or a quantity done. A line that is not
    named stays where it is.
    """

    percents: Mapping[int, Decimal] = field(default_factory=dict)
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


def whole_at(position: OrderPosition, percent: Decimal) -> Advance:
    """The whole order at this percentage; lines that are further stay where they are."""
    return lines_at([of_line for of_line in position.lines if of_line.percent < percent], percent)


def lines_at(lines: Sequence[LinePosition], percent: Decimal) -> Advance:
    """These lines at this percentage."""
    return Advance(percents={of_line.line.pk: percent for of_line in lines})


def reached(of_line: LinePosition, advance: Advance) -> Decimal:
    """What is done of a line excl. VAT, this invoice included, in euros."""
    line = of_line.line
    if line.pk in advance.quantities:
        quantity = advance.quantities[line.pk]
        return line_net(quantity=quantity, unit_price=line.unit_price, discount_percent=line.discount_percent)
    if line.pk in advance.percents:
        return round_cents(line.net * advance.percents[line.pk] / HUNDRED)
    return of_line.invoiced


def progress_problems(position: OrderPosition, advance: Advance) -> list[str]:
    """Why this progress cannot be invoiced, in French sentences: it is beyond the order, it goes back, or adds nothing.

    An invoice beyond a rate is refused with its lines.
    """
    known = {of_line.line.pk for of_line in position.lines}
    if (advance.percents.keys() | advance.quantities.keys()) - known:
        return ["Une ligne n’est pas de cette commande."]
    problems = [problem for of_line in position.lines for problem in _line_problems(of_line, advance)]
    if not problems and all(reached(of_line, advance) == of_line.invoiced for of_line in position.lines):
        problems.append("Cette situation n’ajoute rien à ce qui est déjà facturé.")
    return problems


def _line_problems(of_line: LinePosition, advance: Advance) -> Iterator[str]:
    line, name = of_line.line, f"«\u00a0{of_line.line.label}\u00a0»"
    percent = advance.percents.get(line.pk, ZERO)
    quantity = advance.quantities.get(line.pk, ZERO)
    if not percent.is_finite() or not quantity.is_finite():
        yield f"{name}\u00a0: l’avancement est un nombre."
    elif not 0 <= percent <= HUNDRED:
        yield f"{name}\u00a0: l’avancement est compris entre 0 et 100\u00a0%."
    elif not within(quantity, line.quantity):
        yield f"{name}\u00a0: la quantité commandée est de {plain(line.quantity)}."
    elif quantity != quantity.quantize(QUANTUM):
        yield f"{name}\u00a0: une quantité a au plus 4 décimales."
    elif not within(of_line.invoiced, reached(of_line, advance)):
        yield (
            f"{name} est déjà facturé à {plain(of_line.percent)}\u00a0% ({format_euros(of_line.invoiced)} HT)\u00a0: "
            "pour revenir en arrière, établissez un avoir."
        )


def progress_lines(position: OrderPosition, advance: Advance) -> list[DraftLine]:
    """The lines of a progress invoice: those that moved."""
    return [
        _part_of(of_line, reached(of_line, advance) - of_line.invoiced)
        for of_line in position.lines
        if reached(of_line, advance) != of_line.invoiced
    ]


def deposit_of(position: OrderPosition, percent: Decimal) -> Decimal:
    """A deposit in percent of the order, excl. VAT, half-up to the cent."""
    return round_cents(position.order.net * percent / HUNDRED)


def deposit_problems(position: OrderPosition, amount: Decimal) -> list[str]:
    """Why no deposit of this amount excl. VAT can be asked for."""
    if not amount.is_finite() or amount <= 0:
        return ["Le montant de l’acompte est supérieur à zéro."]
    if amount != round_cents(amount):
        return ["Le montant de l’acompte a au plus deux décimales."]
    if amount > position.net_left:
        return [f"Il reste {format_euros(position.net_left)} HT à facturer sur cette commande."]
    return []


def deposit_lines(position: OrderPosition, amount: Decimal) -> list[DraftLine]:
    """A deposit split over the VAT rates in proportion to the order, then over VAT codes and natures.

    By largest remainder, so that the parts sum to it; what the order takes back at a rate bears no deposit.
    """
    rates = [row for row in position.rates if row.net > 0]
    shares = split_largest_remainder(amount, [row.net for row in rates])
    label = f"Acompte sur la commande {position.order.number} du {position.order.ordered_on:%d/%m/%Y}"
    detail = f"{plain(percent_of(amount, position.order.net))}\u00a0% de {format_euros(position.order.net)} HT"
    return [
        DraftLine(
            label=label,
            description=detail,
            quantity=Decimal(1),
            unit=Unit.LUMP_SUM,
            unit_price=part,
            vat_code=vat_code,
            nature=nature,
        )
        for row, share in zip(rates, shares, strict=True)
        for vat_code, nature, part in _over_natures(position, row, share)
        if part
    ]


def _over_natures(position: OrderPosition, row: RatePosition, share: Decimal) -> Iterator[tuple[VatCode, str, Decimal]]:
    nets: dict[tuple[VatCode, str], Decimal] = {}
    for of_line in position.lines:
        code = of_line.line.vat_code
        if (code.category, code.rate) == (row.category, row.rate):
            key = (code, of_line.line.nature)
            nets[key] = nets.get(key, ZERO) + of_line.line.net
    positive = {key: net for key, net in nets.items() if net > 0}
    for (code, nature), part in zip(positive, split_largest_remainder(share, list(positive.values())), strict=True):
        yield code, nature, part


def final_lines(position: OrderPosition) -> list[DraftLine]:
    """Everything that remains: of the lines, of what was credited as an amount, and the deposits taken off."""
    return [
        *(_part_of(of_line, of_line.left) for of_line in position.lines if of_line.left),
        *(_again(balance) for balance in position.credits),
        *(_taken_off(deposit) for deposit in position.deposits),
    ]


def _part_of(of_line: LinePosition, net: Decimal) -> DraftLine:
    """So much of a line agreed: in its unit and at its price when these give the amount, else as a lump sum."""
    line = of_line.line
    quantity = (line.quantity * net / line.net).quantize(QUANTUM)
    is_exact = quantity and net == line_net(
        quantity=quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
    )
    figures = {"quantity": quantity, "unit": line.unit, "unit_price": line.unit_price}
    if not is_exact:
        figures = {"quantity": Decimal(1 if net > 0 else -1), "unit": Unit.LUMP_SUM, "unit_price": abs(net)}
    return DraftLine(
        label=line.label,
        description=_detail(of_line, net),
        chapter=line.chapter,
        nature=line.nature,
        discount_percent=line.discount_percent if is_exact else Decimal(0),
        vat_code=line.vat_code,
        order_line=line,
        **figures,
    )


def _detail(of_line: LinePosition, net: Decimal) -> str:
    """The agreed detail, then how far the line is with this invoice."""
    line, done = of_line.line, of_line.invoiced + net
    if net == line.net:
        return line.description
    sentence = (
        f"Avancement {plain(percent_of(done, line.net))}\u00a0%\u00a0: {format_euros(done)} sur "
        f"{format_euros(line.net)} HT, dont {format_euros(of_line.invoiced)} déjà facturés."
    )
    detail = f"{line.description}\n{sentence}" if line.description else sentence
    return detail if len(detail) <= LONGEST_DETAIL else sentence


def _again(balance: Balance) -> DraftLine:
    return DraftLine(
        label="Montant crédité, facturé de nouveau",
        quantity=Decimal(1 if balance.net < 0 else -1),
        unit=Unit.LUMP_SUM,
        unit_price=abs(balance.net),
        vat_code=balance.vat_code,
        nature=balance.nature,
    )


def _taken_off(balance: DepositBalance) -> DraftLine:
    deposit = balance.deposit
    return DraftLine(
        label=f"Acompte déduit\u00a0: {deposit.number} du {deposit.issued_on:%d/%m/%Y}",
        quantity=Decimal(-1 if balance.net > 0 else 1),
        unit=Unit.LUMP_SUM,
        unit_price=abs(balance.net),
        vat_code=balance.vat_code,
        nature=balance.nature,
        deducts=deposit,
    )


def amendment_problems(position: OrderPosition, lines: Sequence[OrderLine]) -> list[str]:
    """Why the order with these lines would be below what is invoiced; `position` already counts them."""
    for row in position.rates:
        if not within(row.invoiced_net, row.net):
            return ["L’avenant retire plus que ce qui reste à facturer\u00a0: établissez d’abord un avoir."]
    return ["L’avenant n’ajoute rien."] if not lines else []


def plain(value: Decimal) -> str:
    """A number the French way, without idle zeros."""
    return format_decimal(Decimal(f"{value.normalize():f}"))
