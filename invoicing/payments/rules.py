"""How a payment falls on the VAT rows of a document, and what an allocation must be. Pure: values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import CENT, ZERO, format_euros, round_cents, split_largest_remainder
from cae_backoffice.core.periods import ONE_DAY, Period, add_months
from invoicing.payments.enums import ClosingKind, PaymentMethod, PaymentState
from invoicing.pricing.rules import MAX_AMOUNT

BANK, CASH, CHEQUES = "512", "530", "5112"
CUSTOMERS, RETENTIONS, DOUBTFUL, WAITING = "411", "4117", "416", "471"
LOSSES = "654"
VAT_DUE, VAT_PENDING = "44571", "44574"
RateKey = tuple[str, Decimal]


@dataclass(frozen=True)
class DocumentRow:
    """One VAT row of a document: `pending` is the part of its VAT that becomes due by payment."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    pending: Decimal

    @property
    def key(self) -> RateKey:
        """What tells the row from the others."""
        return self.category, self.rate

    @property
    def gross(self) -> Decimal:
        """Incl. VAT."""
        return self.net + self.vat


@dataclass(frozen=True)
class Part:
    """What of some payments falls on one VAT row: net and VAT paid, and VAT that became due."""

    category: str
    rate: Decimal
    net: Decimal = ZERO
    vat: Decimal = ZERO
    due_vat: Decimal = ZERO

    @property
    def key(self) -> RateKey:
        """What tells the row from the others."""
        return self.category, self.rate

    def __neg__(self) -> "Part":
        return Part(self.category, self.rate, -self.net, -self.vat, -self.due_vat)

    def __bool__(self) -> bool:
        return bool(self.net or self.vat or self.due_vat)


def spread(rows: Sequence[DocumentRow], paid: Decimal) -> tuple[Part, ...]:
    """The parts of all that was paid of a document so far: their net and VAT sum to `paid`.

    The amount goes to the rows in proportion to their gross, by largest remainder; a row never gets more than itself,
    and a document paid in full has every row paid and all its pending VAT due. `paid` lies between zero and the
    document's total, else ValueError. Rows of the other sign (a discount at its own rate) take their own share.
    """
    total = sum((row.gross for row in rows), ZERO)
    sign = -1 if total < 0 else 1
    total, cleared = sign * total, sign * paid
    if not 0 <= cleared <= total:
        raise ValueError("what is paid lies between zero and the total")
    weights = [sign * row.gross for row in rows]
    counted = sum((weight for weight in weights if weight > 0), ZERO)
    taken = round_cents(counted * cleared / total) if total else ZERO
    with_sign = iter(_split(taken, [weight for weight in weights if weight > 0]))
    against = iter(_split(cleared - taken, [-weight for weight in weights if weight < 0]))
    amounts = [next(with_sign) if w > 0 else next(against) if w < 0 else ZERO for w in weights]
    return tuple(_part(row, sign * amount) for row, amount in zip(rows, amounts, strict=True))


def _split(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    return split_largest_remainder(amount, weights) if weights else []


def _part(row: DocumentRow, amount: Decimal) -> Part:
    if not row.gross:
        return Part(row.category, row.rate)
    vat = round_cents(row.vat * amount / row.gross)
    due_vat = round_cents(row.pending * amount / row.gross)
    return Part(row.category, row.rate, net=amount - vat, vat=vat, due_vat=due_vat)


def payment_parts(
    rows: Sequence[DocumentRow], recorded: Mapping[RateKey, Part], *, paid: Decimal, amount: Decimal
) -> tuple[Part, ...]:
    """The parts of one more payment: what all payments with it make, less what is recorded.

    So the last payment clears every row exactly, whatever was paid or taken back before. Some part may be a cent
    below zero when a very small payment moves the cents of others. Rows without movement are left out.
    """
    parts = []
    for part in spread(rows, paid + amount):
        before = recorded.get(part.key, Part(*part.key))
        moved = Part(
            *part.key,
            net=part.net - before.net,
            vat=part.vat - before.vat,
            due_vat=part.due_vat - before.due_vat,
        )
        parts += [moved] if moved else []
    return tuple(parts)


def summed(parts: Iterable[Part]) -> dict[RateKey, Part]:
    """Parts of the same row added up."""
    totals: dict[RateKey, Part] = {}
    for part in parts:
        before = totals.get(part.key, Part(*part.key))
        totals[part.key] = Part(
            *part.key,
            net=before.net + part.net,
            vat=before.vat + part.vat,
            due_vat=before.due_vat + part.due_vat,
        )
    return totals


def oldest_first(owed: Iterable[Decimal], amount: Decimal) -> list[Decimal]:
    """How much of each debt an amount pays, in the order given, as far as it goes."""
    left, paid = amount, []
    for debt in owed:
        paid.append(min(debt, left))
        left -= paid[-1]
    return paid


def amount_errors(amount: Decimal) -> list[str]:
    """Why this is no amount of a payment; empty when it is one: positive, in whole cents."""
    if not amount.is_finite() or amount <= 0:
        return ["Un montant est positif."]
    if amount > MAX_AMOUNT:
        return [f"Un montant dépasse {format_euros(MAX_AMOUNT)}."]
    if amount != amount.quantize(CENT):
        return ["Un montant a au plus deux décimales."]
    return []


def deposit_account(method: str) -> str:
    """The account that a payment by this means enters: cheques wait for their remittance."""
    return {PaymentMethod.CHEQUE: CHEQUES, PaymentMethod.CASH: CASH}.get(PaymentMethod(method), BANK)


def paying_account(method: str) -> str:
    """The account that money given back by this means leaves; our own cheques are drawn on the bank."""
    return CASH if method == PaymentMethod.CASH else BANK


def state_of(
    *, gross: Decimal, paid: Decimal, due_on: date, on: date, held: Decimal = ZERO, lost: Decimal = ZERO
) -> PaymentState:
    """Where the payment of an issued document stands on a day; `paid` counts what is `lost`, `held` is the retention
    that the customer may still keep.
    """
    if paid == gross:
        return PaymentState.LOST if lost else PaymentState.PAID
    if held and paid == gross - held:
        return PaymentState.RETAINED
    if due_on < on:
        return PaymentState.OVERDUE
    return PaymentState.PART_PAID if paid else PaymentState.DUE


def closing_period(kind: str, day: date, *, fiscal_year: Period | None) -> Period | None:
    """The days that a closing covers; a yearly one those of the fiscal year, None when there is none."""
    if kind == ClosingKind.DAY:
        return Period(day, day)
    if kind == ClosingKind.MONTH:
        first = day.replace(day=1)
        return Period(first, add_months(first, 1) - ONE_DAY)
    return fiscal_year


@dataclass(frozen=True)
class ChainCheck:
    """The result of recomputing the record of payments: how much it holds, and the first links that do not, if any."""

    events: int
    closings: int
    first_broken_event: int | None = None
    first_broken_closing: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every link holds."""
        return self.first_broken_event is None and self.first_broken_closing is None
