"""Giving the orders of one customer that are still open to another."""

from django.db import transaction

from cae_backoffice.core import audit
from invoicing.customers.models import Customer
from invoicing.orders.models import Order
from members.people.models import User


@transaction.atomic
def hand_over_orders(*, source: Customer, target: Customer, by: User) -> None:
    """Name the other customer on every order whose rest is not cancelled: what remains is invoiced to it.

    Invoices keep their own customer. The database takes an invoiced order only to the customer into which its own was
    merged.
    """
    orders = Order.objects.select_for_update(of=("self",)).filter(customer=source, cancelled_on=None)
    for order in orders.order_by("pk"):
        order.customer = target
        order.save(update_fields=["customer"])
        audit.record(by=by, action="order.changed", subject=order, changes={"customer_id": [source.pk, target.pk]})
