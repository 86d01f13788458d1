"""What is left to credit of an issued invoice, and what a credit note of a part of it holds. Pure.

Signs are the invoice's: a credited quantity or amount has the sign of what it gives back. Amounts are in euros.
Every figure of a credit note is « all that is credited with it, less what was credited before »: so the last one takes
the remainder, and invoice and credit notes sum to zero per VAT row and per account.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.money import ZERO, format_decimal, format_euros, round_cents, split_largest_remainder
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.rules import line_net

VatKey = tuple[str, Decimal]


class Pool(NamedTuple):
    """What is posted to one account at one VAT code, product by product; a deposit taken off is apart."""

    category: str
    rate: Decimal
    vat_code: int
    nature: str
    deducts: int | None
    product: int | None

    @property
    def key(self) -> VatKey:
        """Its VAT row."""
        return self.category, self.rate


@dataclass(frozen=True)
class SoldLine:
    """One line of the invoice, with what its own credit lines gave back of it."""

    pk: int
    label: str
    pool: Pool
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    credited_quantity: Decimal = ZERO
    credited_net: Decimal = ZERO

    @property
    def quantity_left(self) -> Decimal:
        """The quantity that no credit note gave back."""
        return self.quantity - self.credited_quantity

    def credit_of(self, quantity: Decimal) -> Decimal:
        """What this quantity more is worth, excl. VAT: the last one takes the remainder."""
        given_back = self.credited_quantity + quantity
        if given_back == self.quantity:
            return self.net - self.credited_net
        worth = line_net(quantity=given_back, unit_price=self.unit_price, discount_percent=self.discount_percent)
        return worth - self.credited_net


@dataclass(frozen=True)
class SoldRow:
    """One VAT row of the invoice, with what was credited of it; `pending` waits for the payment."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    pending: Decimal
    credited_net: Decimal = ZERO
    credited_vat: Decimal = ZERO
    credited_pending: Decimal = ZERO

    @property
    def key(self) -> VatKey:
        """What tells the row from the others."""
        return self.category, self.rate

    @property
    def net_left(self) -> Decimal:
        """What may still be credited, excl. VAT."""
        return self.net - self.credited_net


@dataclass(frozen=True)
class Creditable:
    """An issued invoice as its credit notes left it: what it sold and what they gave back of each pool, excl. VAT."""

    lines: tuple[SoldLine, ...]
    rows: tuple[SoldRow, ...]
    sold: Mapping[Pool, Decimal]
    given: Mapping[Pool, Decimal]
    is_deposit: bool = False

    @property
    def pools(self) -> dict[Pool, Decimal]:
        """What is left of each pool, excl. VAT."""
        return {pool: net - self.given.get(pool, ZERO) for pool, net in self.sold.items()}

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was credited yet."""
        return not self.given

    @property
    def net_left(self) -> Decimal:
        """What may still be credited, excl. VAT."""
        return sum((row.net_left for row in self.rows), ZERO)

    @property
    def gross_left(self) -> Decimal:
        """What may still be credited, incl. VAT."""
        return sum((row.net_left + row.vat - row.credited_vat for row in self.rows), ZERO)

    @property
    def is_spent(self) -> bool:
        """Whether everything was credited."""
        return not any(self.pools.values()) and not any(row.net_left for row in self.rows)


@dataclass(frozen=True)
class CreditContent:
    """What a credit note is asked to give back: quantities by line of the invoice, amounts excl. VAT by VAT row."""

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    amounts: Mapping[VatKey, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class CreditedLine:
    """One line of a credit note to be: a quantity of a line sold, or an amount of a pool."""

    pool: Pool
    quantity: Decimal
    net: Decimal
    sold: SoldLine | None = None


@dataclass(frozen=True)
class CreditedRow:
    """The VAT row of a credit note to be."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal
    pending: Decimal


@dataclass(frozen=True)
class Credited:
    """A credit note to be."""

    lines: tuple[CreditedLine, ...]
    rows: tuple[CreditedRow, ...]

    @property
    def net(self) -> Decimal:
        """Total excl. VAT."""
        return sum((row.net for row in self.rows), ZERO)

    @property
    def vat(self) -> Decimal:
        """Total VAT."""
        return sum((row.vat for row in self.rows), ZERO)

    @property
    def gross(self) -> Decimal:
        """Total incl. VAT."""
        return self.net + self.vat


def whole_of(invoice: Creditable) -> CreditContent:
    """Everything that is left: by lines as long as no amount was credited, else by VAT row."""
    by_lines: defaultdict[Pool, Decimal] = defaultdict(lambda: ZERO)
    for line in invoice.lines:
        by_lines[line.pool] += line.net - line.credited_net
    if all(by_lines[pool] == left for pool, left in invoice.pools.items()):
        return CreditContent(quantities={line.pk: line.quantity_left for line in invoice.lines if line.quantity_left})
    open_rows = {pool.key for pool, left in invoice.pools.items() if left}
    return CreditContent(amounts={row.key: row.net_left for row in invoice.rows if row.key in open_rows})


def credit_problems(invoice: Creditable, content: CreditContent) -> list[str]:
    """Why this cannot be credited, in French sentences; empty when it can."""
    if not any(content.quantities.values()) and not content.amounts:
        return ["Indiquez ce que l’avoir rend\u00a0: une quantité ou un montant."]
    problems = [*_quantity_problems(invoice, content), *_amount_problems(invoice, content)]
    if not problems:
        lines = _lines_of(invoice, content)
        problems = _sum_problems(invoice, lines) or _total_problems(invoice, lines)
    return problems


def credited(invoice: Creditable, content: CreditContent) -> Credited:
    """The credit note of what is asked; ask `credit_problems` first."""
    lines = _lines_of(invoice, content)
    keys = {line.pool.key for line in lines}
    rows = [_row_of(row, lines, invoice) for row in invoice.rows if row.key in keys]
    return Credited(lines=tuple(lines), rows=tuple(rows))


def _within(part: Decimal, whole: Decimal) -> bool:
    """Whether a part lies between nothing and the whole, on its side of zero."""
    return min(whole, ZERO) <= part <= max(whole, ZERO)


def _quantity_problems(invoice: Creditable, content: CreditContent) -> list[str]:
    lines = {line.pk: line for line in invoice.lines}
    problems = []
    for pk, quantity in content.quantities.items():
        line = lines.get(pk)
        if line is None:
            problems.append("Une ligne créditée n’est pas de cette facture.")
        elif quantity != quantity.quantize(Decimal("0.0001")):
            problems.append(f"«\u00a0{line.label}\u00a0»\u00a0: une quantité a au plus 4 décimales.")
        elif not _within(quantity, line.quantity_left):
            left = format_decimal(Decimal(f"{line.quantity_left.normalize():f}"))
            problems.append(f"«\u00a0{line.label}\u00a0»\u00a0: il reste une quantité de {left} à créditer.")
    return problems


def _amount_problems(invoice: Creditable, content: CreditContent) -> list[str]:
    rows = {row.key: row for row in invoice.rows}
    problems = []
    for key, amount in content.amounts.items():
        row = rows.get(key)
        if row is None:
            problems.append("Un montant est crédité à un taux que la facture ne porte pas.")
        elif amount != round_cents(amount):
            problems.append("Un montant a au plus deux décimales.")
        elif not _within(amount, row.net_left):
            problems.append(_too_much(row))
    return problems


def _too_much(row: SoldRow) -> str:
    rate = format_decimal(Decimal(f"{row.rate.normalize():f}"))
    return f"Au taux de {rate}\u00a0%, il reste {format_euros(row.net_left)} HT à créditer."


def _sum_problems(invoice: Creditable, lines: Iterable[CreditedLine]) -> list[str]:
    """Neither a VAT row nor an account is given back beyond what was sold, and they come to nothing together."""
    before, left = invoice.pools, invoice.pools
    given: defaultdict[VatKey, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        left[line.pool] -= line.net
        given[line.pool.key] += line.net
    problems = []
    for row in invoice.rows:
        pools = [pool for pool in left if pool.key == row.key]
        is_beyond = any(not _within(left[pool], before[pool]) for pool in pools)
        is_spent = given[row.key] == row.net_left
        if not _within(given[row.key], row.net_left) or is_beyond:
            problems.append(_too_much(row))
        elif is_spent and any(left[pool] for pool in pools):
            problems.append(
                "Cet avoir rendrait tout un taux de TVA sans rendre toutes ses lignes\u00a0: "
                "créditez tout ce qui reste."
            )
    return problems


def _total_problems(invoice: Creditable, lines: Iterable[CreditedLine]) -> list[str]:
    """A credit note gives something back, and never more than the invoice still asks for: rows may have both signs."""
    rows = [_row_of(row, lines, invoice) for row in invoice.rows]
    gross = sum((row.net + row.vat for row in rows), ZERO)
    moved: defaultdict[Pool, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        moved[line.pool] += line.net
    if gross < 0 or not any(moved.values()):
        return ["Cet avoir ne rend rien au client."]
    if gross > invoice.gross_left:
        return [f"Il reste {format_euros(invoice.gross_left)} TTC à créditer sur cette facture."]
    return []


def _lines_of(invoice: Creditable, content: CreditContent) -> list[CreditedLine]:
    """Quantities first; what amounts give back is spread over the pools in proportion to what is left of each."""
    left = invoice.pools
    lines: list[CreditedLine] = []
    for sold in invoice.lines:
        quantity = content.quantities.get(sold.pk, ZERO)
        if quantity:
            net = sold.credit_of(quantity)
            left[sold.pool] -= net
            lines.append(CreditedLine(sold.pool, quantity, net, sold))
    for row in invoice.rows:
        if row.key in content.amounts:
            by_lines = sum((line.net for line in lines if line.pool.key == row.key), ZERO)
            lines += _spread(row, {pool: left[pool] for pool in left if pool.key == row.key}, content, by_lines)
    return lines


def _spread(
    row: SoldRow, left: Mapping[Pool, Decimal], content: CreditContent, by_lines: Decimal
) -> list[CreditedLine]:
    amount, sign = content.amounts[row.key], -1 if row.net < 0 else 1
    if amount == row.net_left - by_lines:
        parts = dict(left)
    else:
        taken = {pool: sign * part for pool, part in left.items() if sign * part > 0}
        shares = split_largest_remainder(amount, list(taken.values())) if taken and amount else []
        parts = dict(zip(taken, shares, strict=False))
    one = Decimal(1)
    return [CreditedLine(pool, one if part > 0 else -one, part) for pool, part in parts.items() if part]


def _row_of(row: SoldRow, lines: Iterable[CreditedLine], invoice: Creditable) -> CreditedRow:
    net = sum((line.net for line in lines if line.pool.key == row.key), ZERO)
    credited_net = row.credited_net + net
    is_spent = credited_net == row.net
    vat = row.vat if is_spent else round_cents(credited_net * row.rate / 100)
    pending = row.pending if is_spent else vat - _due(row, lines, invoice, vat)
    return CreditedRow(
        row.category, row.rate, net=net, vat=vat - row.credited_vat, pending=pending - row.credited_pending
    )


def _due(row: SoldRow, lines: Iterable[CreditedLine], invoice: Creditable, vat: Decimal) -> Decimal:
    """How much of the VAT credited so far was due when the invoice was issued.

    Where a row has both kinds, what was due is the VAT on goods; on a deposit invoice, which has both only under the
    option for débits, it is that on services.
    """
    if row.pending == row.vat:
        return ZERO
    if not row.pending:
        return vat
    due_nature = SupplyNature.SERVICES if invoice.is_deposit else SupplyNature.GOODS
    given = sum((net for pool, net in invoice.given.items() if pool.key == row.key and pool.nature == due_nature), ZERO)
    given += sum((line.net for line in lines if line.pool.key == row.key and line.pool.nature == due_nature), ZERO)
    return round_cents(given * row.rate / 100)
