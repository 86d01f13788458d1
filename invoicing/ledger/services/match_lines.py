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
    """Put one letter on lines of one account and auxiliary that sum to zero.

    The letter is dated `on`, or the day of the last of its lines when that is later: on no day is a line settled by one
    that is yet to come. Lines of a closed year are refused: their successors in the opening entry are matched.
    """
    ids = [line.pk for line in lines]
    locked = list(
        EntryLine.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("account", "entry__fiscal_year")
        .order_by("pk")
    )
    if not locked:
        raise RefusalError("Choisissez les lignes à lettrer.")
    if len({(line.account_id, line.auxiliary_id) for line in locked}) != 1:
        raise RefusalError("On lettre les lignes d’un même compte et d’un même compte auxiliaire.")
    account = locked[0].account
    if not account.can_match:
        raise RefusalError(f"Le compte {account.number} n’est pas lettrable.")
    if any(line.matching_id for line in locked):
        raise RefusalError("Une de ces lignes est déjà lettrée.")
    _refuse_closed_years(locked)
    difference = sum((line.debit - line.credit for line in locked), ZERO)
    if difference:
        raise RefusalError(f"Les lignes ne se soldent pas\u00a0: il reste {format_euros(difference)}.")
    # Letters of an account are given one at a time; NO KEY lets other postings refer to the account meanwhile.
    Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    # The last letter given is the last row: O(1) however many there are (index invoicing_matching_last).
    last = Matching.objects.filter(account=account).order_by("-pk").values_list("letter", flat=True).first()
    matched_on = max(on, *(line.entry_on for line in locked))
    matching = Matching.objects.create(account=account, letter=next_letter(last or ""), matched_on=matched_on)
    EntryLine.objects.filter(pk__in=ids).update(matching=matching)
    audit.record(by=by, action="matching.set", subject=matching, changes={"lines": ids})
    return matching


@transaction.atomic
def unmatch(*, matching: Matching, by: User) -> None:
    """Take the letter off its lines; the letter itself is not used again. Refused for a letter of a closed year."""
    locked = list(
        EntryLine.objects.select_for_update(of=("self",))
        .filter(matching=matching)
        .select_related("entry__fiscal_year")
        .order_by("pk")
    )
    if not locked:
        raise RefusalError(f"Plus aucune ligne ne porte la lettre {matching}.")
    _refuse_closed_years(locked)
    ids = [line.pk for line in locked]
    EntryLine.objects.filter(pk__in=ids).update(matching=None)
    audit.record(by=by, action="matching.unset", subject=matching, changes={"lines": ids})


@transaction.atomic
def unmatch_lines(*, lines: Iterable[EntryLine], by: User) -> int:
    """Take off every letter that these lines bear, from all the lines that bear it; answers how many letters."""
    matchings = list(Matching.objects.filter(lines__in=[line.pk for line in lines]).distinct().order_by("pk"))
    if not matchings:
        raise RefusalError("Aucune de ces lignes n’est lettrée.")
    for matching in matchings:
        unmatch(matching=matching, by=by)
    return len(matchings)


def _refuse_closed_years(lines: Iterable[EntryLine]) -> None:
    closed = next((line.entry.fiscal_year for line in lines if line.entry.fiscal_year.closed_on), None)
    if closed is not None:
        raise RefusalError(f"{closed}\u00a0: il est clôturé, son lettrage ne change plus.")
