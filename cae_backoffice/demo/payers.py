"""Imagining how customers pay: when, by which means, and how well. Pure: nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import TypeVar

from cae_backoffice.core.money import round_cents
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.sales import Sale, next_working_day
from invoicing.customers.enums import CustomerKind
from invoicing.payments.enums import PaymentMethod

Choice = TypeVar("Choice")

METHODS = {
    CustomerKind.PROFESSIONAL: {
        PaymentMethod.TRANSFER: 70,
        PaymentMethod.CHEQUE: 14,
        PaymentMethod.DIRECT_DEBIT: 9,
        PaymentMethod.CARD: 7,
    },
    CustomerKind.CONSUMER: {
        PaymentMethod.CARD: 20,
        PaymentMethod.CHEQUE: 32,
        PaymentMethod.TRANSFER: 26,
        PaymentMethod.CASH: 22,
    },
    CustomerKind.PUBLIC: {PaymentMethod.TRANSFER: 1},
}
MOST_CASH = Decimal(1000)  # what a consumer may pay in cash (C. mon. fin. D112-3)
GROUPED_PERCENT = 45
SURPLUSES = (Decimal("0.90"), Decimal(9), Decimal(10), Decimal(18), Decimal(50), Decimal(100))


class Habit(Enum):
    """When a customer pays."""

    QUICKLY = "days after the issue"
    AROUND = "around the due date"
    LATE = "weeks late"
    VERY_LATE = "months late"
    NEVER = "never"


HABITS = {
    CustomerKind.PROFESSIONAL: {Habit.AROUND: 78, Habit.LATE: 7, Habit.VERY_LATE: 13, Habit.NEVER: 2},
    CustomerKind.CONSUMER: {Habit.QUICKLY: 93, Habit.VERY_LATE: 6, Habit.NEVER: 1},
    CustomerKind.PUBLIC: {Habit.AROUND: 10, Habit.LATE: 75, Habit.VERY_LATE: 15},
}
DAYS = {Habit.QUICKLY: (0, 8), Habit.AROUND: (-10, 10), Habit.LATE: (8, 30), Habit.VERY_LATE: (30, 90)}


class Manner(Enum):
    """How well a customer pays an invoice."""

    WHOLE = "at once"
    IN_TWO = "in two parts"
    TOO_MUCH = "more than it comes to"
    TWICE = "twice, by mistake"
    WITHOUT_REFERENCE = "by a transfer that does not say what it pays"
    BOUNCED = "by a payment that the bank takes back, then again"


MANNERS = {
    PaymentMethod.TRANSFER: {
        Manner.WHOLE: 86,
        Manner.IN_TWO: 5,
        Manner.WITHOUT_REFERENCE: 4,
        Manner.TOO_MUCH: 4,
        Manner.TWICE: 1,
    },
    PaymentMethod.CHEQUE: {Manner.WHOLE: 95, Manner.BOUNCED: 5},
    PaymentMethod.DIRECT_DEBIT: {Manner.WHOLE: 92, Manner.BOUNCED: 8},
}


@dataclass(frozen=True)
class Payment:
    """How an invoice will be paid: `on` is None when it never is; `lag` days later comes what follows, if anything."""

    on: date | None
    method: PaymentMethod
    manner: Manner
    lag: timedelta
    first_part: Decimal
    surplus: Decimal
    keeps_surplus: bool
    joins_others: bool


def payment_of(sale: Sale, *, due_on: date, gross: Decimal) -> Payment:
    """Professionals pay around the due date, some months late; consumers quickly; public bodies late; a few never.

    A document that will be credited is paid plainly, if at all: its credit note brings enough to set right.
    """
    customer = sale.client.customer
    chance = dice("payment", sale.venture.idea.name, sale.on, customer.name, gross)
    kind = CustomerKind(customer.kind)
    method = PaymentMethod.TRANSFER
    if customer.country == "FR":
        method = _draw(METHODS[kind], chance)
    if method == PaymentMethod.CASH and gross > MOST_CASH:
        method = PaymentMethod.CARD
    manner = _draw(MANNERS.get(method, {Manner.WHOLE: 1}), chance)
    return Payment(
        on=_paid_on(kind, sale.on, due_on, chance),
        method=method,
        manner=Manner.WHOLE if sale.credited_on else manner,
        lag=timedelta(days=chance.randrange(8, 21)),
        first_part=round_cents(gross * chance.randrange(30, 61) / 100),
        surplus=chance.choice(SURPLUSES),
        keeps_surplus=chance.randrange(2) == 0,
        joins_others=kind != CustomerKind.CONSUMER and chance.randrange(100) < GROUPED_PERCENT,
    )


def _paid_on(kind: CustomerKind, issued_on: date, due_on: date, chance: Random) -> date | None:
    """The working day of the first payment, on the day of the issue or later; None when it never comes."""
    habit = _draw(HABITS[kind], chance)
    if habit == Habit.NEVER:
        return None
    least, most = DAYS[habit]
    half = (most - least) // 2
    days = least + chance.randrange(half + 1) + chance.randrange(most - least - half + 1)
    day = (issued_on if habit == Habit.QUICKLY else due_on) + timedelta(days=days)
    return next_working_day(max(day, issued_on))


def _draw(weights: Mapping[Choice, int], chance: Random) -> Choice:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
