"""Giving up what remains to invoice of an order."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.billing.services.draft_part import open_position
from invoicing.orders.models import Order
from invoicing.orders.services import cancel_remainder
from members.people.models import User


@transaction.atomic
def give_up_remainder(*, order: Order, reason: str, on: date, by: User) -> Order:
    """Cancel what remains of an order, with its reason; what was invoiced stays.

    Refused also: a deposit that no invoice takes off (its credit note first), an invoice in preparation, nothing left.
    """
    position = open_position(order, by)
    if position.deposits:
        numbers = ", ".join(dict.fromkeys(str(balance.deposit.number) for balance in position.deposits))
        raise RefusalError(f"Un acompte n’est pas déduit ({numbers})\u00a0: établissez d’abord son avoir, ou le solde.")
    return cancel_remainder(order=order, reason=reason, on=on, by=by)
