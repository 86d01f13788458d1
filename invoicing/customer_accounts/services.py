"""Giving and taking back the private link of a customer."""

from datetime import datetime, timedelta

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import digest_of, new_secret
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customers.models import Customer
from invoicing.customers.rules import may_write_for
from members.people.models import User

MOST_DAYS = 730


@transaction.atomic
def give_link(*, customer: Customer, days: int, at: datetime, by: User) -> str:
    """Make a link that opens the customer's page for so many days, and answer its secret, which is told this once.

    The link given before opens nothing any more. Refused for more than two years and for a merged customer.
    """
    locked = _locked(customer, by)
    if not 1 <= days <= MOST_DAYS:
        raise RefusalError(f"Un lien privé dure de 1 à {MOST_DAYS} jours.")
    if locked.merged_into_id:
        raise RefusalError("Ce client est fusionné\u00a0: donnez le lien de celui qui est gardé.")
    CustomerLink.objects.filter(customer=locked, revoked_at=None).update(revoked_at=at)
    secret = new_secret()
    link = CustomerLink.objects.create(
        customer=locked, digest=digest_of(secret), given_by=by, given_at=at, expires_at=at + timedelta(days=days)
    )
    audit.record(by=by, action="customer.link_given", subject=locked, changes={"expires_at": link.expires_at})
    return secret


@transaction.atomic
def revoke_link(*, customer: Customer, at: datetime, by: User) -> None:
    """Take the customer's link back: it opens nothing any more. Refused when there is none."""
    locked = _locked(customer, by)
    if not CustomerLink.objects.filter(customer=locked, revoked_at=None).update(revoked_at=at):
        raise RefusalError("Ce client n’a pas de lien privé.")
    audit.record(by=by, action="customer.link_revoked", subject=locked)


def _locked(customer: Customer, by: User) -> Customer:
    if not may_write_for(by, customer.activity):
        raise RefusalError("Vous n’écrivez pas les clients de cette activité.")
    return Customer.objects.select_for_update().get(pk=customer.pk)
