"""Posting the register of shares."""

from django.db import transaction

from invoicing.capital.rules import Moved, lines_of
from invoicing.ledger.enums import AuxiliaryKind
from invoicing.ledger.queries import books_begin_on
from invoicing.ledger.rules import EntryDraft
from invoicing.ledger.services import post_entry, save_auxiliary
from members.people.models import User
from members.shares.models import ShareMovement


@transaction.atomic
def post_share_movement(*, movement: ShareMovement, by: User) -> None:
    """Post what a line of the register moves, on its day; what is paid at the bank has an entry of its own (BQ).

    A line from before the books posts nothing: the balances taken over hold it. Refused when its period is locked.
    """
    begun_on = books_begin_on()
    if begun_on is None or movement.effective_on < begun_on:
        return
    person = movement.person
    auxiliary = save_auxiliary(kind=AuxiliaryKind.MEMBER, owner_id=person.pk, label=str(person))
    moved = Moved(movement.kind, movement.amount, movement.paid, movement.means, movement.origin)
    voucher = f"PS{movement.number:05d}"
    for journal, lines in lines_of(moved, auxiliary.pk).items():
        post_entry(
            entry=EntryDraft(
                journal=journal,
                entry_on=movement.effective_on,
                voucher_number=voucher,
                voucher_on=movement.effective_on,
                label=f"{movement.get_kind_display()} de parts {movement.share_class.code} {person}"[:160],
                lines=lines,
                source_type=ShareMovement._meta.label_lower,
                source_id=movement.pk,
            ),
            by=by,
        )
