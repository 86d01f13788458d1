"""What a movement of the register of shares moves in the books. Pure: values in, lines out."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import LineDraft, signed
from members.shares.enums import ConversionOrigin, MovementKind, PaymentMeans

CAPITAL = "1013"
ASSOCIATES = "4561"
"""What associates owe on their shares, or are owed for those that they gave back; each has an account of their own."""
LOST_SHARES = "10684"
"""Where what was paid on cancelled shares stays: the development fund (check: an assembly may decide otherwise)."""
MEANS = {PaymentMeans.BANK: "512", PaymentMeans.PAY: "421"}
ORIGINS = {ConversionOrigin.PATRONAGE: "457", ConversionOrigin.WORK: "421"}
OF_MEMBERS = {ASSOCIATES, "421", "457"}


@dataclass(frozen=True)
class Moved:
    """A line of the register as the books need it, in euros; `value` and `paid` are negative for what is given up."""

    kind: str
    value: Decimal
    paid: Decimal
    means: str = ""
    origin: str = ""


def lines_of(moved: Moved, auxiliary_id: int) -> dict[JournalCode, tuple[LineDraft, ...]]:
    """The balanced lines by journal; without any for a transfer of shares that are all paid.

    Shares taken in are owed by the associate (4561) against the capital (1013), and what is paid settles 4561. Shares
    given back leave the capital, and 4561 holds what the cooperative owes: what was paid of them. The two lines of a
    transfer meet on 4561, where what remains to be paid goes from one associate to the other: each posts its half
    against the capital, so that 1013 nets to zero.
    """
    taken = moved.value - moved.paid if moved.kind == MovementKind.TRANSFER else moved.value
    lines = {JournalCode.MISCELLANEOUS: [(ASSOCIATES, taken), (CAPITAL, -taken)]}
    if other := _paid_from(moved):
        lines.setdefault(_journal(moved), []).extend([(other, moved.paid), (ASSOCIATES, -moved.paid)])
    return {
        journal: tuple(
            signed(account, amount, auxiliary_id=auxiliary_id if account in OF_MEMBERS else None)
            for account, amount in amounts
            if amount
        )
        for journal, amounts in lines.items()
        if any(amount for _, amount in amounts)
    }


def _paid_from(moved: Moved) -> str:
    """Where what is paid comes from, or where it stays when the shares are cancelled."""
    if moved.kind == MovementKind.CANCELLATION:
        return LOST_SHARES
    if moved.origin:
        return ORIGINS[ConversionOrigin(moved.origin)]
    return MEANS[PaymentMeans(moved.means)] if moved.means else ""


def _journal(moved: Moved) -> JournalCode:
    return JournalCode.BANK if moved.means == PaymentMeans.BANK else JournalCode.MISCELLANEOUS
