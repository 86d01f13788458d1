"""Saying that two customers which look alike are not the same."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer, DistinctPair
from invoicing.customers.services.guards import refuse_stranger
from members.people.models import User


@transaction.atomic
def tell_apart(*, customer: Customer, other: Customer, by: User) -> DistinctPair:
    """Remember that these two are not the same: they are suspected no more. Saying it again changes nothing.

    Refused for customers of two activities, which nobody suspects, and for a customer and itself.
    """
    refuse_stranger(customer, by)
    if customer.pk == other.pk or customer.activity_id != other.activity_id:
        raise RefusalError("Seuls deux clients d’une même activité se distinguent l’un de l’autre.")
    first, second = sorted((customer, other), key=lambda one: one.pk)
    pair, created = DistinctPair.objects.get_or_create(first=first, second=second)
    if created:
        audit.record(by=by, action="customer.told_apart", subject=customer, changes={"autre": str(other)})
    return pair
