"""What changes customers: one verb per file."""

from invoicing.customers.services.save_contact import remove_contact, save_contact
from invoicing.customers.services.save_customer import archive_customer, save_customer
from invoicing.customers.services.save_place import (
    remove_billing_address,
    save_billing_address,
    save_delivery_address,
)
from invoicing.customers.services.tell_apart import tell_apart

__all__ = [
    "archive_customer",
    "remove_billing_address",
    "remove_contact",
    "save_billing_address",
    "save_contact",
    "save_customer",
    "save_delivery_address",
    "tell_apart",
]
