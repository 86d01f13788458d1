"""The private link of a customer, given and taken back; one customer made of two."""

from datetime import datetime, timedelta

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import digest_of, new_secret
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customers.models import Customer
from invoicing.customers.rules import may_write_for
from invoicing.customers.services import absorb_customer
from invoicing.invoices.services import hand_over_drafts
from invoicing.orders.services import hand_over_orders
from invoicing.quotes.services import hand_over_quotes
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


@transaction.atomic
def merge_customers(*, kept: Customer, merged: Customer, at: datetime, by: User) -> None:
    """Make one customer of two: the kept one takes contacts, addresses, open orders and every document not
    yet sent or issued.

    What is issued, paid and posted stays where it is, under a record that only the kept one shows. The private link of
    the merged one opens nothing any more. Refused as `absorb_customer` is; it is not undone (decision 0080).
    """
    absorb_customer(kept=kept, merged=merged, by=by)
    hand_over_drafts(source=merged, target=kept, by=by)
    hand_over_quotes(source=merged, target=kept, by=by)
    hand_over_orders(source=merged, target=kept, by=by)
    CustomerLink.objects.filter(customer=merged, revoked_at=None).update(revoked_at=at)


def _locked(customer: Customer, by: User) -> Customer:
    if not may_write_for(by, customer.activity):
        raise RefusalError("Vous n’écrivez pas les clients de cette activité.")
    return Customer.objects.select_for_update().get(pk=customer.pk)
