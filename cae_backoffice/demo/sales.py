"""Imagining what each activity sold, day by day: customers, lines and amounts. Pure: nothing is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cache
from math import exp
from random import Random

from cae_backoffice.core.periods import ONE_DAY, Period
from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.catalogue import CatalogueLine, Trade, slug, table
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.turnover import MonthOfSales, usual_invoice
from invoicing.customers.enums import CustomerKind
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.rules import line_net

MOST_LINES = 12
LONG_INVOICE_LINES = 45
SATURDAY = 5
STEM = 6
CREDITED_PERCENT, DISCOUNT_PERCENT, ORDER_PERCENT, NOTE_PERCENT, SUPPLIED_PERCENT = 3, 6, 25, 12, 60
DISCOUNTS = (Decimal(5), Decimal(5), Decimal(10), Decimal(15))
TERMS = (PaymentTerms.DAYS_30,) * 6 + (PaymentTerms.DAYS_15, PaymentTerms.DAYS_45_END_OF_MONTH, PaymentTerms.DAYS_60)
HOME_TERMS = (PaymentTerms.ON_RECEIPT, PaymentTerms.ON_RECEIPT, PaymentTerms.DAYS_15, PaymentTerms.DAYS_30)


@dataclass(frozen=True)
class Sold:
    """One line of a sale."""

    line: CatalogueLine
    quantity: Decimal
    discount: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """What it comes to, excl. VAT."""
        return line_net(quantity=self.quantity, unit_price=self.line.price, discount_percent=self.discount)


@dataclass(frozen=True)
class Sale:
    """A document to write: for whom, what, and on which day it is issued; credited that other day, if ever."""

    venture: Venture
    client: Client
    on: date
    subject: str
    lines: tuple[Sold, ...]
    supplied_on: date | None
    purchase_order: str
    payment_terms: PaymentTerms
    note: str
    is_delivered_elsewhere: bool
    credited_on: date | None = None

    @property
    def net(self) -> Decimal:
        """What it comes to, excl. VAT."""
        return sum((sold.net for sold in self.lines), Decimal(0))


def sales_of(venture: Venture, clients: Sequence[Client], months: Sequence[MonthOfSales], today: date) -> list[Sale]:
    """Everything an activity sold; what was credited afterwards comes on top of its turnover."""
    chance = dice("sales", venture.idea.name)
    usual = usual_invoice(venture, months)
    owed, found = Decimal(0), []
    for month in months:
        owed += month.turnover
        days = working_days(month.days)
        while days and owed > usual / 2:
            aim = min(owed * Decimal("1.2"), usual * Decimal(f"{exp(chance.gauss(0, 0.45)):.3f}"))
            sale = imagine_sale(venture, clients, chance.choice(days), chance, aim=aim)
            credited_on = next_working_day(sale.on + timedelta(days=chance.randrange(3, 30)))
            if chance.randrange(100) < CREDITED_PERCENT and credited_on <= today:
                sale = replace(sale, credited_on=credited_on)
            else:
                owed -= sale.net
            found.append(sale)
    return found


def imagine_sale(venture: Venture, clients: Sequence[Client], on: date, chance: Random, *, aim: Decimal) -> Sale:
    """A sale of about `aim` euros excl. VAT to one of the customers, the first ones more often."""
    trade = venture.idea.trade
    client = chance.choices(clients, weights=[1 / (rank + 1) for rank in range(len(clients))])[0]
    kind = client.customer.kind
    order = ""
    if kind == CustomerKind.PUBLIC:
        order = f"ENG-{on.year}-{chance.randrange(10000):05d}"
    elif kind == CustomerKind.PROFESSIONAL and chance.randrange(100) < ORDER_PERCENT:
        order = f"BC {chance.randrange(1000, 9999)}"
    goods_abroad = client.customer.country != "FR"
    supplied = goods_abroad or chance.randrange(100) < SUPPLIED_PERCENT
    subject = chance.choice(trade.subjects)
    return Sale(
        venture=venture,
        client=client,
        on=on,
        subject=subject,
        lines=tuple(_lines(trade, subject, aim, chance)),
        supplied_on=on - timedelta(days=chance.randrange(1, 16)) if supplied else None,
        purchase_order=order,
        payment_terms=chance.choice(HOME_TERMS if kind == CustomerKind.CONSUMER else TERMS),
        note=chance.choice(table("companies")["messages"]) if chance.randrange(100) < NOTE_PERCENT else "",
        is_delivered_elsewhere=client.delivery_address is not None and chance.randrange(3) > 0,
    )


def long_sale(sale: Sale) -> Sale:
    """The same sale with forty-five lines: an exhibition's catalogue, sheet by sheet."""
    chance = dice("long sale")
    words = table("companies")["works"]
    lines = tuple(
        Sold(
            CatalogueLine(
                label=f"Notice n°\u00a0{number}, «\u00a0{chance.choice(words)}\u00a0»",
                detail="Composition, retouche de l’image et corrections de l’auteur." if number % 9 == 1 else "",
                unit=Unit.PIECE,
                price=Decimal(chance.choice(("28.00", "34.00", "42.00", "56.00"))),
                least=Decimal(1),
                most=Decimal(1),
                step=Decimal(1),
                nature=SupplyNature.SERVICES,
                vat="",
            ),
            Decimal(1),
        )
        for number in range(1, LONG_INVOICE_LINES + 1)
    )
    return replace(sale, subject="Catalogue de l’exposition, mise en page des notices", lines=lines)


def working_days(period: Period) -> list[date]:
    """The days of a closed period but for Saturdays and Sundays."""
    if period.ends_on is None:
        raise ValueError("an open period has no last day")
    days = (period.starts_on + ONE_DAY * offset for offset in range((period.ends_on - period.starts_on).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def next_working_day(day: date) -> date:
    """The day itself, or the Monday that follows."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def previous_working_day(day: date) -> date:
    """The day itself, or the Friday before."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def _lines(trade: Trade, subject: str, aim: Decimal, chance: Random) -> Iterator[Sold]:
    """Lines that come to about `aim`, those that speak of the subject first; at least one, the cheapest if need be.

    They are given in the catalogue's order.
    """
    left = aim
    chosen: list[tuple[int, Sold]] = []
    order = chance.sample(range(len(trade.lines)), k=len(trade.lines))
    order.sort(key=lambda rank: not _stems(trade.lines[rank].label) & _stems(subject))
    for rank in order:
        line = trade.lines[rank]
        most = min(line.most, _whole_steps(left / line.price, line.step))
        if most >= line.least and left > aim / 12 and len(chosen) < MOST_LINES:
            steps = int((most - line.least) / line.step)
            sold = _sold(line, line.least + line.step * chance.randrange(steps // 3, steps + 1), chance)
            chosen.append((rank, sold))
            left -= sold.net
    if not chosen:
        cheapest = min(trade.lines, key=lambda line: line.least * line.price)
        chosen.append((0, _sold(cheapest, cheapest.least, chance)))
    yield from (sold for _, sold in sorted(chosen, key=lambda pair: pair[0]))


@cache
def _stems(text: str) -> frozenset[str]:
    """The beginnings of a text's long words, by which a line and a subject are found to speak of the same."""
    return frozenset(word[:STEM] for word in slug(text).split("-") if len(word) >= STEM)


def _whole_steps(quantity: Decimal, step: Decimal) -> Decimal:
    return (quantity / step).to_integral_value(rounding=ROUND_DOWN) * step


def _sold(line: CatalogueLine, quantity: Decimal, chance: Random) -> Sold:
    return Sold(line, quantity, chance.choice(DISCOUNTS) if chance.randrange(100) < DISCOUNT_PERCENT else Decimal(0))
