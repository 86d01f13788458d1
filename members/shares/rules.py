"""The arithmetic of shares, and what the statutes and the law refuse. Pure: values in, values out."""

from dataclasses import dataclass
from decimal import Decimal

from cae_backoffice.core.money import ZERO, format_euros, round_cents

FLOOR_DIVISOR = 4
"""The capital never falls below a quarter of the highest it ever was (loi 47-1775, art. 13)."""

LARGEST_DIVISOR = 2
"""Nobody holds more than half of it."""


@dataclass(frozen=True)
class Holding:
    """The shares of one class that one person holds, and how much of them is paid, in euros."""

    shares: int
    paid: Decimal

    def value(self, nominal: Decimal) -> Decimal:
        """All of the shares at the nominal."""
        return self.shares * nominal

    def unpaid(self, nominal: Decimal) -> Decimal:
        """What remains to be paid."""
        return self.value(nominal) - self.paid


NOTHING = Holding(shares=0, paid=ZERO)


def paid_part(holding: Holding, quantity: int) -> Decimal:
    """How much of what is paid goes with so many of the shares: in proportion, to the cent; with all of them, all."""
    return round_cents(holding.paid * quantity / holding.shares)


def capital_floor(highest: Decimal) -> Decimal:
    """A quarter of the highest capital ever, half-up to the cent."""
    return round_cents(highest / FLOOR_DIVISOR)


def quantity_errors(quantity: int) -> list[str]:
    """A movement concerns one share at least."""
    return [] if quantity > 0 else ["Un mouvement porte sur une part au moins."]


def giving_errors(name: str, holding: Holding, quantity: int) -> list[str]:
    """Why somebody cannot give up so many shares, as French sentences."""
    errors = quantity_errors(quantity)
    if quantity > holding.shares:
        errors.append(
            f"{name} détient {shares_text(holding.shares)} de cette catégorie\u00a0: "
            f"{shares_text(quantity)} ne peuvent pas en sortir (registre des mouvements)."
        )
    return errors


def payment_errors(name: str, holding: Holding, nominal: Decimal, paid: Decimal) -> list[str]:
    """Why such a sum cannot be paid on somebody's shares, as French sentences."""
    if paid <= 0:
        return ["Le montant versé est supérieur à zéro."]
    unpaid = holding.unpaid(nominal)
    if paid > unpaid:
        return [f"{name} n’a plus que {format_euros(unpaid)} à libérer, et non {format_euros(paid)}."]
    return []


def subscription_errors(name: str, quantity: int, nominal: Decimal, paid: Decimal) -> list[str]:
    """Why so many shares cannot be subscribed with such a first payment, as French sentences."""
    errors = quantity_errors(quantity)
    if paid < 0 or paid > quantity * nominal:
        errors.append(
            f"{name} verse entre 0 et {format_euros(max(quantity, 0) * nominal)} à la souscription, "
            f"et non {format_euros(paid)}."
        )
    return errors


def shares_text(shares: int) -> str:
    """« 1 part », « 12 parts »."""
    return f"{shares}\u00a0part{'s' if shares > 1 else ''}"
