"""What changes customers: one verb per file."""

from invoicing.customers.services.absorb_customer import absorb_customer
from invoicing.customers.services.import_customers import import_all, import_valid
from invoicing.customers.services.save_contact import remove_contact, save_contact
from invoicing.customers.services.save_customer import archive_customer, save_customer
from invoicing.customers.services.save_place import (
    remove_billing_address,
    save_billing_address,
    save_delivery_address,
)
from invoicing.customers.services.tell_apart import tell_apart

__all__ = [
    "absorb_customer",
    "archive_customer",
    "import_all",
    "import_valid",
    "remove_billing_address",
    "remove_contact",
    "save_billing_address",
    "save_contact",
    "save_customer",
    "save_delivery_address",
    "tell_apart",
]
