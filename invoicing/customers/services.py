"""Writing customers and their delivery addresses."""

from collections.abc import Iterator

from django.db import models, transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import control_characters
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.customers.rules import may_write_for, normalise, single_spaced
from members.people.models import User


@transaction.atomic
def save_customer(*, customer: Customer, by: User) -> Customer:
    """Create or change a customer; identifiers are normalised. Documents already issued keep their own copy.

    Refused with the sentences of the validators, for an activity the user does not write for, and when the customer
    would move to another activity.
    """
    _refuse_stranger(customer, by)
    before = Customer.objects.select_for_update().filter(pk=customer.pk).first() if customer.pk else None
    if before and before.activity_id != customer.activity_id:
        raise RefusalError("Un client ne change pas d’activité\u00a0: créez-le dans l’autre.")
    normalise(customer)
    _refuse_controls(customer)
    return save_record(instance=customer, by=by)


@transaction.atomic
def save_delivery_address(*, address: DeliveryAddress, by: User) -> DeliveryAddress:
    """Create or change a delivery address of a customer."""
    _refuse_stranger(address.customer, by)
    for name in ("label", "street", "street_extra", "city"):
        setattr(address, name, single_spaced(getattr(address, name)))
    address.country = address.country.strip().upper()
    address.postcode = address.postcode.strip()
    _refuse_controls(address)
    return save_record(instance=address, by=by)


@transaction.atomic
def archive_customer(*, customer: Customer, by: User) -> Customer:
    """Take a customer out of the lists offered for new documents; nothing of the past changes."""
    _refuse_stranger(customer, by)
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    if current.is_archived:
        raise RefusalError("Ce client est déjà archivé.")
    current.is_archived = True
    return save_record(instance=current, by=by, action="archived")


def _refuse_stranger(customer: Customer, by: User) -> None:
    if customer.activity_id is None or not may_write_for(by, customer.activity):
        raise RefusalError("Vous n’écrivez pas les clients de cette activité.")


def _refuse_controls(instance: models.Model) -> None:
    if reasons := list(_control_problems(instance)):
        raise RefusalError(reasons)


def _control_problems(instance: models.Model) -> Iterator[str]:
    for field in instance._meta.concrete_fields:
        value = getattr(instance, field.attname) if not field.generated else ""
        if isinstance(value, str) and control_characters(value):
            yield f"Le champ «\u00a0{field.verbose_name}\u00a0» contient un caractère de contrôle."
