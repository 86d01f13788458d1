"""Reading customers."""

from django.db.models import QuerySet

from cae_backoffice.core.text import search_key
from invoicing.customers.models import Customer, DeliveryAddress
from members.activities.models import Activity
from members.people.models import User


def customer_list(user: User) -> QuerySet[Customer]:
    """The customers someone may see, archived ones included, with their activity."""
    return Customer.objects.visible_to(user).select_related("activity")


def customers_to_invoice(user: User) -> QuerySet[Customer]:
    """The customers offered on a new document: those one may see and that are not archived."""
    return customer_list(user).filter(is_archived=False)


def delivery_addresses(user: User) -> QuerySet[DeliveryAddress]:
    """The delivery addresses of the customers someone may see."""
    return DeliveryAddress.objects.visible_to(user).select_related("customer")


def own_customers(user: User) -> QuerySet[Customer]:
    """The customers of the activities that someone carries, whatever else their roles let them see."""
    return customer_list(user).filter(activity__in=Activity.objects.carried_by(user.pk))


def matching(customers: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """Those whose name, SIREN or city holds every word."""
    for word in search_key(words).split():
        customers = customers.filter(search__contains=word)
    return customers
