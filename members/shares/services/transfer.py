"""Transferring shares from one associate to another."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from members.people.models import Person, User
from members.shares.enums import MovementKind
from members.shares.models import ShareClass, ShareMovement
from members.shares.rules import giving_errors, paid_part
from members.shares.services.book import open_book, require_associates, require_no_majority_holder


@transaction.atomic
def transfer_shares(
    *,
    giver: Person,
    receiver: Person,
    share_class: ShareClass,
    quantity: int,
    on: date,
    today: date,
    decision: str,
    by: User,
) -> tuple[ShareMovement, ShareMovement]:
    """Move shares, and in proportion what is paid of them; two lines, the giver's and the receiver's.

    Refused: to oneself, to somebody who is not an associate that day, more than the giver holds, more than half of
    the capital for the receiver.
    """
    if giver == receiver:
        raise RefusalError("Une cession se fait entre deux personnes.")
    book = open_book(share_class=share_class, on=on, today=today, decision=decision, by=by)
    require_associates([receiver], on)
    holding = book.holding_of(giver)
    errors = giving_errors(str(giver), holding, quantity)
    if errors:
        raise RefusalError(errors)
    paid = paid_part(holding, quantity)
    given = book.write(MovementKind.TRANSFER, giver, quantity=-quantity, paid=-paid)
    received = book.write(MovementKind.TRANSFER, receiver, quantity=quantity, paid=paid, transfer_of=given)
    require_no_majority_holder(on)
    return given, received
