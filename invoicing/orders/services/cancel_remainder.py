"""Giving up what remains to invoice of an order."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.orders.models import Order
from invoicing.orders.queries import locked_order
from invoicing.orders.rules import may_order_for
from members.people.models import User

MAX_REASON = 300


@transaction.atomic
def cancel_remainder(*, order: Order, reason: str, on: date, by: User) -> Order:
    """Record that nothing more of an order will be invoiced; what was invoiced stays.

    Whether a deposit still waits is asked by who knows the invoices. Refused: without a reason, a second time, before
    the order.
    """
    current, why = locked_order(order), tidy(reason)
    if not may_order_for(by, current.activity):
        raise RefusalError("Vous n’écrivez pas de commandes pour cette activité.")
    if current.cancelled_on:
        raise RefusalError("Le reste de cette commande est déjà annulé.")
    if not why:
        raise RefusalError("Indiquez le motif de l’annulation.")
    if len(why) > MAX_REASON:
        raise RefusalError(f"Le motif a au plus {MAX_REASON} caractères.")
    if on < current.ordered_on:
        raise RefusalError("L’annulation ne peut pas précéder la commande.")
    current.cancelled_on, current.cancel_reason = on, why
    current.save(update_fields=["cancelled_on", "cancel_reason"])
    audit.record(by=by, action="order.cancelled", subject=current, changes={"cancelled_on": [None, on], "motif": why})
    return current
