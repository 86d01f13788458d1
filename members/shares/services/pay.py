"""Paying what remains due on shares."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.shares.enums import MovementKind, PaymentMeans
from members.shares.models import ShareClass, ShareMovement
from members.shares.rules import payment_errors
from members.shares.services.book import open_book


@transaction.atomic
def pay_shares(
    *,
    person: Person,
    share_class: ShareClass,
    paid: Decimal,
    means: PaymentMeans = PaymentMeans.BANK,
    on: date,
    today: date,
    decision: str,
    by: User,
) -> ShareMovement:
    """Record an instalment, by transfer or by deduction from pay. Refused: more than what remains to be paid."""
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    errors = payment_errors(str(person), book.holding_of(person), book.nominal, paid)
    if errors:
        raise RefusalError(errors)
    return book.write(MovementKind.PAYMENT, person, quantity=0, paid=paid, means=means)
