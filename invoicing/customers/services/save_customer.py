"""Creating, changing and archiving a customer."""

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from invoicing.customers.models import Customer
from invoicing.customers.rules import normalise
from invoicing.customers.services.guards import refuse_controls, refuse_stranger
from members.people.models import User


@transaction.atomic
def save_customer(*, customer: Customer, by: User) -> Customer:
    """Create or change a customer; identifiers are normalised. Documents already issued keep their own copy.

    Refused with the sentences of the validators, for an activity the user does not write for, and when the customer
    would move to another activity.
    """
    refuse_stranger(customer, by)
    before = Customer.objects.select_for_update().filter(pk=customer.pk).first() if customer.pk else None
    if before and before.activity_id != customer.activity_id:
        raise RefusalError("Un client ne change pas d’activité\u00a0: créez-le dans l’autre.")
    normalise(customer)
    refuse_controls(customer)
    return save_record(instance=customer, by=by)


@transaction.atomic
def archive_customer(*, customer: Customer, by: User) -> Customer:
    """Take a customer out of the lists offered for new documents; nothing of the past changes."""
    refuse_stranger(customer, by)
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_archived:
        raise RefusalError("Ce client est déjà archivé.")
    current.is_archived = True
    return save_record(instance=current, by=by, action="archived")
