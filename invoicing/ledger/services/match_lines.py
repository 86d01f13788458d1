"""Matching letters (lettrage): set and unset."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, format_euros
from invoicing.ledger.models import Account, EntryLine, Matching
from invoicing.ledger.rules import next_letter
from members.people.models import User


@transaction.atomic
def match_lines(*, lines: Iterable[EntryLine], on: date, by: User) -> Matching:
    """Put one letter on lines of one account and auxiliary that sum to zero."""
    ids = [line.pk for line in lines]
    locked = list(EntryLine.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("account"))
    if len({(line.account_id, line.auxiliary_id) for line in locked}) != 1:
        raise RefusalError("On lettre les lignes d’un même compte et d’un même compte auxiliaire.")
    account = locked[0].account
    if not account.can_match:
        raise RefusalError(f"Le compte {account.number} n’est pas lettrable.")
    if any(line.matching_id for line in locked):
        raise RefusalError("Une de ces lignes est déjà lettrée.")
    difference = sum((line.debit - line.credit for line in locked), ZERO)
    if difference:
        raise RefusalError(f"Les lignes ne se soldent pas : il reste {format_euros(difference)}.")
    # Letters of an account are given one at a time; NO KEY lets other postings refer to the account meanwhile.
    Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    letters = list(Matching.objects.filter(account=account).values_list("letter", flat=True))
    matching = Matching.objects.create(account=account, letter=next_letter(letters), matched_on=on)
    EntryLine.objects.filter(pk__in=ids).update(matching=matching)
    audit.record(by=by, action="matching.set", subject=matching, changes={"lines": ids})
    return matching


@transaction.atomic
def unmatch(*, matching: Matching, by: User) -> None:
    """Take the letter off its lines; the letter itself is not used again."""
    ids = list(matching.lines.values_list("pk", flat=True))
    EntryLine.objects.filter(pk__in=ids).update(matching=None)
    audit.record(by=by, action="matching.unset", subject=matching, changes={"lines": ids})
