"""Subscribing shares, alone or several people by one decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.shares.enums import MovementKind, PaymentMeans
from members.shares.models import ShareClass, ShareMovement
from members.shares.rules import subscription_errors
from members.shares.services.book import open_book, require_associates, require_no_majority_holder


@dataclass(frozen=True)
class Subscription:
    """So many shares for one person, of which `paid` euros are paid at once (None: all of them), by `means`."""

    person: Person
    quantity: int
    paid: Decimal | None = None
    means: str = PaymentMeans.BANK


@transaction.atomic
def subscribe(
    *,
    share_class: ShareClass,
    subscriptions: Sequence[Subscription],
    on: date,
    today: date,
    decision: str,
    by: User,
) -> list[ShareMovement]:
    """Record what people subscribe by one decision; what is not paid at once is paid in instalments (`pay_shares`).

    Refused: nobody, somebody who is not an associate that day, more paid than subscribed, or somebody with more than
    half of the capital once all have subscribed.
    """
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    require_associates([subscription.person for subscription in subscriptions], on)
    errors = [] if subscriptions else ["Une souscription nomme une personne au moins."]
    lines = [(each, _paid(each, book.nominal)) for each in subscriptions]
    for each, paid in lines:
        errors += subscription_errors(str(each.person), each.quantity, book.nominal, paid)
    if errors:
        raise RefusalError(errors)
    written = [
        book.write(
            MovementKind.SUBSCRIPTION,
            each.person,
            quantity=each.quantity,
            paid=paid,
            means=each.means if paid else "",
        )
        for each, paid in lines
    ]
    require_no_majority_holder(on)
    return written


def _paid(subscription: Subscription, nominal: Decimal) -> Decimal:
    return subscription.quantity * nominal if subscription.paid is None else subscription.paid
