"""Writing the contacts of a customer."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.records import save_record
from invoicing.customers.models import Contact
from invoicing.customers.rules import single_spaced
from invoicing.customers.services.guards import refuse_controls, refuse_stranger
from members.people.models import User


@transaction.atomic
def save_contact(*, contact: Contact, by: User) -> Contact:
    """Create or change a contact of a customer. Refused when documents go to a contact without an e-mail address."""
    refuse_stranger(contact.customer, by)
    for name in ("name", "role", "phone"):
        setattr(contact, name, single_spaced(getattr(contact, name)))
    contact.email = contact.email.strip()
    refuse_controls(contact)
    return save_record(instance=contact, by=by)


@transaction.atomic
def remove_contact(*, contact: Contact, by: User) -> None:
    """Erase a contact, as that person may ask (RGPD art. 17). What was sent to them stays in its own log."""
    refuse_stranger(contact.customer, by)
    audit.record(by=by, action="customer.contact_removed", subject=contact.customer)
    contact.delete()
