"""The amounts of an entry that starts from a template. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cae_backoffice.core.money import round_cents, split_largest_remainder
from invoicing.ledger.enums import EntrySide

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TemplateAmount:
    """What a template says of one line: a side, and an amount in euros, a percentage, or neither."""

    side: EntrySide
    amount: Decimal | None = None
    percentage: Decimal | None = None


def template_amounts(lines: Sequence[TemplateAmount], *, base: Decimal | None) -> list[Decimal | None]:
    """The amount of each line, in order; None where it is to be typed. Percentages are of `base`, in euros.

    The percentages of a side are rounded together (largest remainder): on a side that shares out 100 %, the parts sum
    to the base.
    """
    amounts = [line.amount for line in lines]
    for side in EntrySide:
        shares = {i: line.percentage for i, line in enumerate(lines) if line.side == side and line.percentage}
        if base is None or not shares:
            continue
        whole = round_cents(base * sum(shares.values(), Decimal(0)) / HUNDRED)
        for i, part in zip(shares, split_largest_remainder(whole, list(shares.values())), strict=True):
            amounts[i] = part
    return amounts
