"""Making one record of two: what the room of customers holds of it."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress
from invoicing.customers.services.guards import refuse_stranger
from members.people.models import User


@transaction.atomic
def absorb_customer(*, kept: Customer, merged: Customer, by: User) -> None:
    """Give the contacts and addresses of a customer to the one that is kept, and take it out of lists and choices.

    The merged record stays, under the one that is kept: what was issued to it still names it. Its default addresses
    stay so only where the kept customer has none. Refused: between two activities, for one and itself, for a record
    that is archived or merged already, and for two SIREN, which are two legal persons. The trail names both.
    """
    refuse_stranger(kept, by)
    pair = Customer.objects.select_for_update().in_bulk(sorted({kept.pk, merged.pk}))
    target, source = pair[kept.pk], pair[merged.pk]
    if reasons := _reasons(target, source):
        raise RefusalError(reasons)
    for model in (DeliveryAddress, BillingAddress):
        if model.objects.filter(customer=target, is_default=True).exists():
            model.objects.filter(customer=source).update(is_default=False)
        model.objects.filter(customer=source).update(customer=target)
    Contact.objects.filter(customer=source).update(customer=target)
    Customer.objects.filter(merged_into=source).update(merged_into=target)
    Customer.objects.filter(pk=source.pk).update(merged_into=target, is_archived=True)
    audit.record(
        by=by, action="customer.merged", subject=target, changes={"fiche fusionnée": f"{source} ({source.pk})"}
    )
    audit.record(by=by, action="customer.merged", subject=source, changes={"fiche gardée": f"{target} ({target.pk})"})


def _reasons(target: Customer, source: Customer) -> list[str]:
    if target.pk == source.pk:
        return ["Choisissez deux fiches différentes."]
    reasons = []
    if target.activity_id != source.activity_id:
        reasons.append("Ces deux clients ne sont pas ceux d’une même activité.")
    if target.merged_into_id or source.merged_into_id:
        reasons.append("L’une de ces fiches est déjà fusionnée.")
    if target.is_archived:
        reasons.append("Gardez une fiche qui n’est pas archivée.")
    if target.siren and source.siren and target.siren != source.siren:
        reasons.append("Deux SIREN différents sont deux clients\u00a0: corrigez d’abord celui qui est faux.")
    return reasons
