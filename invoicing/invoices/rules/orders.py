"""What of an order is invoiced, what remains, and what an invoice of it may hold. Pure.

Amounts are in euros and have the sign of the line agreed. An order's VAT is reckoned once per rate on all its lines;
each invoice bears « the VAT of all that is invoiced with it, less what was invoiced before »: so the parts sum to the
order to the cent, net and VAT, whatever they are. It then differs from its own base × rate by cents at most, within
what EN 16931 tolerates (BR-CO-17: one euro).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cae_backoffice.core.money import ZERO, format_decimal, format_euros, round_cents
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import DraftLine
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order, OrderLine
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import HUNDRED, Totals

VatKey = tuple[str, Decimal]
AnyLine = DraftLine | InvoiceLine


@dataclass(frozen=True)
class LinePosition:
    """A line agreed, and what of it is invoiced excl. VAT, credit notes deducted."""

    line: OrderLine
    invoiced: Decimal

    @property
    def left(self) -> Decimal:
        """What remains to invoice of it."""
        net: Decimal = self.line.net
        return net - self.invoiced

    @property
    def percent(self) -> Decimal:
        """How much of it is invoiced, to the hundredth of a percent."""
        return percent_of(self.invoiced, self.line.net)


@dataclass(frozen=True)
class Balance:
    """An amount excl. VAT of one VAT code and nature that no line agreed holds."""

    vat_code: VatCode
    nature: str
    net: Decimal


@dataclass(frozen=True)
class DepositBalance(Balance):
    """What of a deposit invoice is neither taken off nor credited."""

    deposit: Invoice


@dataclass(frozen=True)
class RatePosition:
    """The order at one VAT rate, and what every invoice of it together has of it, deposits included."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    invoiced_net: Decimal
    invoiced_vat: Decimal

    @property
    def net_left(self) -> Decimal:
        """What remains to invoice excl. VAT."""
        return self.net - self.invoiced_net

    @property
    def vat_left(self) -> Decimal:
        """The VAT that remains to invoice."""
        return self.vat - self.invoiced_vat

    def vat_with(self, net: Decimal) -> Decimal:
        """The VAT of one more invoice with this net amount."""
        return round_cents((self.invoiced_net + net) * self.rate / HUNDRED) - self.invoiced_vat


@dataclass(frozen=True)
class OrderPosition:
    """Where an order stands, as its issued documents say. `credits` were given back as amounts, on no line: below zero
    as long as they are to be invoiced again.
    """

    order: Order
    lines: tuple[LinePosition, ...]
    rates: tuple[RatePosition, ...]
    deposits: tuple[DepositBalance, ...]
    credits: tuple[Balance, ...]
    in_preparation: Invoice | None

    @property
    def invoiced_net(self) -> Decimal:
        """What is invoiced excl. VAT, deposits included, credit notes deducted."""
        return sum((row.invoiced_net for row in self.rates), ZERO)

    @property
    def net_left(self) -> Decimal:
        """What remains to invoice excl. VAT."""
        return sum((row.net_left for row in self.rates), ZERO)

    @property
    def gross_left(self) -> Decimal:
        """What remains to invoice incl. VAT."""
        return sum((row.net_left + row.vat_left for row in self.rates), ZERO)

    @property
    def open_deposits(self) -> Decimal:
        """The deposits that no invoice takes off yet, excl. VAT."""
        return sum((balance.net for balance in self.deposits), ZERO)

    @property
    def done(self) -> Decimal:
        """What is invoiced of the work itself, deposits apart, excl. VAT."""
        return self.invoiced_net - self.open_deposits

    @property
    def is_complete(self) -> bool:
        """Whether nothing remains: every line, every deposit and every credit is settled."""
        return not any(position.left for position in self.lines) and not self.deposits and not self.credits

    @property
    def percent(self) -> Decimal:
        """How much of the order is invoiced, deposits included."""
        return percent_of(self.invoiced_net, self.order.net)

    def at(self, category: str, rate: Decimal) -> RatePosition:
        """The order at this rate; nothing when it has no line there."""
        nothing = RatePosition(category, rate, net=ZERO, vat=ZERO, invoiced_net=ZERO, invoiced_vat=ZERO)
        return next((row for row in self.rates if (row.category, row.rate) == (category, rate)), nothing)


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """A part in percent of a whole, to the hundredth; zero of nothing."""
    return round_cents(part * HUNDRED / whole) if whole else ZERO


def within(part: Decimal, whole: Decimal) -> bool:
    """Whether a part lies between nothing and the whole, on its side of zero."""
    return min(whole, ZERO) <= part <= max(whole, ZERO)


def carried(amounts: Totals, position: OrderPosition | None) -> Totals:
    """The totals of an invoice of an order: its VAT completes that of the invoices before. Others stay as they are."""
    if position is None:
        return amounts
    rows = tuple(replace(row, vat=position.at(row.category, row.rate).vat_with(row.net)) for row in amounts.rows)
    vat = sum((row.vat for row in rows), ZERO)
    return Totals(net=amounts.net, vat=vat, gross=amounts.net + vat, rows=rows)


def part_problems(part: str, lines: Sequence[AnyLine], position: OrderPosition) -> Iterator[str]:
    """Why an invoice with these lines may not be issued as this part of the order, in French sentences."""
    if position.order.cancelled_on:
        yield f"Le reste de la commande {position.order.number} est annulé."
    elif part == StepKind.FINAL:
        if not is_what_remains(lines, position):
            yield (
                f"Ce qui reste à facturer de la commande {position.order.number} a changé depuis que ce solde "
                "a été préparé\u00a0: supprimez-le et préparez-le à nouveau."
            )
    else:
        yield from _beyond_lines(lines, position)
        yield from _beyond_rates(lines, position)


def is_what_remains(lines: Iterable[AnyLine], position: OrderPosition) -> bool:
    """Whether these lines are all that remains, deposits taken off: nothing would remain after them."""
    of_lines: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    others: defaultdict[tuple[int, int | None], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.order_line is None:
            others[line.vat_code.pk, line.deducts.pk if line.deducts else None] += line.net
        else:
            of_lines[line.order_line.pk] += line.net
    wanted = {position.line.pk: position.left for position in position.lines if position.left}
    rest: defaultdict[tuple[int, int | None], Decimal] = defaultdict(lambda: ZERO)
    for balance in position.credits:
        rest[balance.vat_code.pk, None] -= balance.net
    for deposit in position.deposits:
        rest[deposit.vat_code.pk, deposit.deposit.pk] -= deposit.net
    return dict(of_lines) == wanted and _without_zeros(others) == _without_zeros(rest)


def _without_zeros(nets: dict[tuple[int, int | None], Decimal]) -> dict[tuple[int, int | None], Decimal]:
    return {key: net for key, net in nets.items() if net}


def _beyond_lines(lines: Iterable[AnyLine], position: OrderPosition) -> Iterator[str]:
    nets: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.order_line is not None:
            nets[line.order_line.pk] += line.net
    for of_line in position.lines:
        if not within(of_line.invoiced + nets[of_line.line.pk], of_line.line.net):
            yield f"«\u00a0{of_line.line.label}\u00a0»\u00a0: il reste {format_euros(of_line.left)} HT à facturer."


def _beyond_rates(lines: Iterable[AnyLine], position: OrderPosition) -> Iterator[str]:
    """Neither a rate nor the whole is invoiced beyond the order, so that the final invoice can take deposits off."""
    nets: defaultdict[VatKey, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        nets[line.vat_code.category, line.vat_code.rate] += line.net
    gross_left = ZERO
    for row in position.rates:
        net = row.invoiced_net + nets[row.category, row.rate]
        gross_left += (row.net - net) * (HUNDRED + row.rate) / HUNDRED
        if not within(net, row.net):
            rate = format_decimal(Decimal(f"{row.rate.normalize():f}"))
            yield (f"Au taux de {rate}\u00a0%, il reste {format_euros(row.net_left)} HT à facturer{_beside(position)}.")
    if gross_left < 0:
        yield f"Plus que la commande serait facturé\u00a0: il reste {format_euros(position.net_left)} HT à facturer."


def _beside(position: OrderPosition) -> str:
    return ", acomptes déduits\u00a0: le solde les reprendra" if position.deposits else ""
