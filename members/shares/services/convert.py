"""Turning an associate's ristourne or part travail into shares."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.shares.enums import ConversionOrigin, MovementKind
from members.shares.models import ShareClass, ShareMovement
from members.shares.rules import quantity_errors
from members.shares.services.book import open_book, require_associates, require_no_majority_holder


@transaction.atomic
def convert_into_shares(
    *,
    person: Person,
    share_class: ShareClass,
    quantity: int,
    origin: ConversionOrigin,
    on: date,
    today: date,
    decision: str,
    by: User,
) -> ShareMovement:
    """Record shares that an assembly gives in place of money due to the associate: they are all paid up.

    Refused: somebody who is not an associate that day, more than half of the capital.
    """
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    require_associates([person], on)
    errors = quantity_errors(quantity)
    if errors:
        raise RefusalError(errors)
    line = book.write(MovementKind.CONVERSION, person, quantity=quantity, paid=quantity * book.nominal, origin=origin)
    require_no_majority_holder(on)
    return line
