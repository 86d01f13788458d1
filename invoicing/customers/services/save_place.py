"""Writing the other addresses of a customer: where it is delivered, where its invoices are addressed."""

from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from cae_backoffice.core import audit
from cae_backoffice.core.records import save_record
from invoicing.customers.models import BillingAddress, DeliveryAddress
from invoicing.customers.rules import single_spaced
from invoicing.customers.services.guards import refuse_controls, refuse_stranger
from members.people.models import User

AnyPlace = TypeVar("AnyPlace", DeliveryAddress, BillingAddress)


@transaction.atomic
def save_delivery_address(*, address: DeliveryAddress, by: User) -> DeliveryAddress:
    """Create or change a delivery address of a customer; one that becomes the default takes the place of the other."""
    others = DeliveryAddress.objects.filter(customer_id=address.customer_id).exclude(pk=address.pk)
    return _saved(address, others, by)


@transaction.atomic
def save_billing_address(*, address: BillingAddress, by: User) -> BillingAddress:
    """Create or change a billing address of a customer. The first one is used at once: it is the default."""
    others = BillingAddress.objects.filter(customer_id=address.customer_id).exclude(pk=address.pk)
    address.is_default = address.is_default or not others.exists()
    return _saved(address, others, by)


@transaction.atomic
def remove_billing_address(*, address: BillingAddress, by: User) -> None:
    """Take a billing address away: the customer's own address stands again when it was the default.

    Documents already issued keep their own copy.
    """
    refuse_stranger(address.customer, by)
    audit.record(
        by=by, action="customer.billing_address_removed", subject=address.customer, changes={"label": address.label}
    )
    address.delete()


def _saved(address: AnyPlace, others: QuerySet[AnyPlace], by: User) -> AnyPlace:
    refuse_stranger(address.customer, by)
    for name in ("label", "street", "street_extra", "city"):
        setattr(address, name, single_spaced(getattr(address, name)))
    address.country = address.country.strip().upper()
    address.postcode = address.postcode.strip()
    refuse_controls(address)
    if address.is_default:
        for other in others.filter(is_default=True):
            other.is_default = False
            save_record(instance=other, by=by)
    return save_record(instance=address, by=by)
