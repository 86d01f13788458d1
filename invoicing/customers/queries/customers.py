"""Reading customers."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cae_backoffice.core.text import search_key
from invoicing.customers.enums import Purpose
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress, Place
from members.activities.models import Activity
from members.people.models import User

PURPOSES = {Purpose.INVOICES: "gets_invoices", Purpose.QUOTES: "gets_quotes", Purpose.REMINDERS: "gets_reminders"}


@dataclass(frozen=True)
class Recipient:
    """To whom a document is sent; the name may be empty."""

    name: str
    email: str


def customer_list(user: User) -> QuerySet[Customer]:
    """The customers someone may see, archived ones included, merged ones not, with their activity."""
    return Customer.objects.visible_to(user).standing().select_related("activity")


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


def recipients(customer: Customer, purpose: Purpose) -> tuple[Recipient, ...]:
    """To whom documents of this kind are sent: the contacts who get them, each address once, by name.

    Where no contact does, the customer's own e-mail address; none at all when it has none either.
    """
    by_address: dict[str, Recipient] = {}
    for contact in customer.contacts.filter(**{PURPOSES[purpose]: True}).order_by("name", "pk"):
        by_address.setdefault(contact.email.casefold(), Recipient(contact.name, contact.email))
    if by_address:
        return tuple(by_address.values())
    return (Recipient(customer.contact_name, customer.email),) if customer.email else ()


def billing_place(customer: Customer) -> Place:
    """The address that the customer's invoices bear: the default billing address, else the customer's own."""
    return customer.billing_addresses.filter(is_default=True).first() or customer


def contacts_visible_to(user: User) -> QuerySet[Contact]:
    """The contacts of the customers someone may see."""
    return Contact.objects.visible_to(user).select_related("customer__activity")


def billing_addresses(user: User) -> QuerySet[BillingAddress]:
    """The billing addresses of the customers someone may see."""
    return BillingAddress.objects.visible_to(user).select_related("customer__activity")
