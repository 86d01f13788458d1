"""Taking shares out of the capital: refunded to their holder, or cancelled."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.shares.enums import MovementKind
from members.shares.models import ShareClass, ShareMovement
from members.shares.rules import giving_errors, paid_part
from members.shares.services.book import (
    Book,
    open_book,
    require_capital_above_floor,
    require_no_majority_holder,
)


@transaction.atomic
def refund_shares(
    *, person: Person, share_class: ShareClass, quantity: int, on: date, today: date, decision: str, by: User
) -> ShareMovement:
    """Give a holder back, in proportion, what is paid of the shares that leave the capital.

    Refused: more shares than are held, a capital below its floor, somebody left with more than half of the capital.
    """
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    return _withdraw(book, MovementKind.REFUND, person, quantity)


@transaction.atomic
def cancel_shares(
    *, person: Person, share_class: ShareClass, quantity: int, on: date, today: date, decision: str, by: User
) -> ShareMovement:
    """Take shares out of the capital without giving anything back: never paid up, or lost. Refused like a refund."""
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    return _withdraw(book, MovementKind.CANCELLATION, person, quantity)


def _withdraw(book: Book, kind: MovementKind, person: Person, quantity: int) -> ShareMovement:
    holding = book.holding_of(person)
    errors = giving_errors(str(person), holding, quantity)
    if errors:
        raise RefusalError(errors)
    line = book.write(kind, person, quantity=-quantity, paid=-paid_part(holding, quantity))
    require_capital_above_floor(book.on)
    require_no_majority_holder(book.on)
    return line
