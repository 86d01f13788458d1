"""Reading orders as they were agreed; what was invoiced of them is known above."""

from django.db.models import Q, QuerySet

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import search_key
from invoicing.orders.models import Order, OrderLine
from members.activities.models import Activity
from members.people.models import User


def order_list(user: User) -> QuerySet[Order]:
    """The orders someone may see, the latest first, with customer and activity."""
    return Order.objects.visible_to(user).select_related("customer", "activity")


def own_orders(user: User) -> QuerySet[Order]:
    """Those of the activities that someone carries, whatever else their roles let them see."""
    return order_list(user).filter(activity__in=Activity.objects.carried_by(user.pk))


def matching_orders(orders: QuerySet[Order], words: str) -> QuerySet[Order]:
    """Those whose number, subject or customer holds every word."""
    for word in search_key(words).split():
        orders = orders.filter(Q(search__contains=word) | Q(customer__search__contains=word))
    return orders


def locked_order(order: Order) -> Order:
    """The order as it stands now, locked to the end of the transaction."""
    found = (
        Order.objects.select_for_update(of=("self",))
        .select_related("activity", "customer", "delivery_address")
        .filter(pk=order.pk)
        .first()
    )
    if found is None:
        raise RefusalError("Cette commande n’existe plus.")
    return found


def agreed_lines(order: Order) -> list[OrderLine]:
    """Its lines, amendments included, in their order."""
    return list(order.lines.select_related("vat_code", "amendment").order_by("position"))
