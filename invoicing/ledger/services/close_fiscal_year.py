"""The irreversible closing of a fiscal year, and the opening entry of the next."""

from datetime import date

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import ONE_DAY
from invoicing.ledger.enums import EntryState, JournalCode, PeriodState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Journal, Matching, Period
from invoicing.ledger.services.post_entry import refuse_closed_period
from invoicing.ledger.services.validate_entries import give_number
from members.people.models import User

PROFIT, LOSS = "120", "129"

# Lines settled only by a payment of the following year are still open when this one ends: they are carried with their
# letter, which leaves the closed year.
CARRY = """
    WITH settled_later AS (
        SELECT DISTINCT matching_id
        FROM invoicing_entryline AS line JOIN invoicing_entry AS entry ON entry.id = line.entry_id
        WHERE entry.fiscal_year_id = %(year)s AND matching_id IN (
            SELECT matching_id FROM invoicing_entryline WHERE matching_id IS NOT NULL AND entry_on > %(ends_on)s
        )
    ),
    year_lines AS (
        SELECT line.*, account.number, account.can_match
        FROM invoicing_entryline AS line
        JOIN invoicing_entry AS entry ON entry.id = line.entry_id
        JOIN invoicing_account AS account ON account.id = line.account_id
        WHERE entry.fiscal_year_id = %(year)s
    ),
    result AS (SELECT sum(credit - debit) AS amount FROM year_lines WHERE number >= '6'),
    carried AS (
        SELECT account_id, number, auxiliary_id, activity_id, label, debit, credit, due_on, matching_id, id AS rank
        FROM year_lines
        WHERE can_match AND number < '6'
          AND (matching_id IS NULL OR matching_id IN (SELECT matching_id FROM settled_later))
        UNION ALL
        SELECT account_id, number, auxiliary_id, activity_id, %(label)s, greatest(sum(debit - credit), 0),
               greatest(sum(credit - debit), 0), NULL, NULL, min(id)
        FROM year_lines WHERE NOT can_match AND number < '6'
        GROUP BY account_id, number, auxiliary_id, activity_id HAVING sum(debit) <> sum(credit)
        UNION ALL
        SELECT account.id, account.number, NULL, NULL, %(label)s, greatest(-amount, 0), greatest(amount, 0),
               NULL, NULL, 0
        FROM result JOIN invoicing_account AS account
          ON account.number = CASE WHEN amount > 0 THEN %(profit)s ELSE %(loss)s END
        WHERE amount <> 0
    )
    INSERT INTO invoicing_entryline
        (entry_id, position, entry_on, account_id, auxiliary_id, activity_id, label, debit, credit, due_on, matching_id)
    SELECT %(entry)s, row_number() OVER (ORDER BY number, rank), %(starts_on)s, account_id, auxiliary_id, activity_id,
           label, debit, credit, due_on, matching_id
    FROM carried
"""


@transaction.atomic
def close_fiscal_year(*, year: FiscalYear, on: date, by: User) -> FiscalYear:
    """Close a year for ever and carry its balances into the next, which must exist.

    Balance-sheet accounts (classes 1 to 5) are carried by account, auxiliary and activity; open lines of matchable
    accounts one by one with their due dates, so that they can still be matched; classes 6 and 7 become the result (120
    or 129). Set-based: the lines never leave the database.
    """
    locked = FiscalYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    following = following_year(locked)
    errors = _closing_errors(locked, following)
    if errors or following is None:
        raise RefusalError(errors)
    opening = _write_opening(locked, following, by)
    Period.objects.filter(fiscal_year=locked).exclude(state=PeriodState.CLOSED).update(state=PeriodState.CLOSED)
    FiscalYear.objects.filter(pk=locked.pk).update(closed_on=on)
    locked.refresh_from_db()
    carried = opening.lines.count() if opening else 0
    audit.record(
        by=by,
        action="fiscalyear.closed",
        subject=locked,
        changes={"entries": locked.last_entry_number, "carried_lines": carried},
    )
    return locked


def following_year(year: FiscalYear) -> FiscalYear | None:
    """The fiscal year that starts when this one has ended."""
    return FiscalYear.objects.filter(starts_on=year.ends_on + ONE_DAY).first()


def _closing_errors(year: FiscalYear, following: FiscalYear | None) -> list[str]:
    errors = []
    if year.closed_on is not None:
        errors.append(f"L’exercice est déjà clôturé depuis le {year.closed_on:%d/%m/%Y}.")
    if following is None:
        errors.append("Ouvrez d’abord l’exercice suivant\u00a0: il reçoit les à-nouveaux.")
    if FiscalYear.objects.filter(ends_on__lt=year.starts_on, closed_on__isnull=True).exists():
        errors.append("L’exercice précédent n’est pas clôturé.")
    drafts = Entry.objects.filter(fiscal_year=year, state=EntryState.DRAFT).count()
    if drafts:
        errors.append(f"Il reste {drafts} écriture(s) en brouillard\u00a0: validez-les ou supprimez-les.")
    return errors


def _write_opening(year: FiscalYear, following: FiscalYear, by: User) -> Entry | None:
    """The validated opening entry; none when nothing is left to carry."""
    refuse_closed_period(following.starts_on)
    opening = Entry.objects.create(
        fiscal_year=following,
        journal=Journal.objects.get(code=JournalCode.OPENING),
        entry_on=following.starts_on,
        voucher_number=f"AN{following.starts_on:%Y%m%d}",
        voucher_on=following.starts_on,
        label=f"À-nouveaux de l’exercice clos le {year.ends_on:%d/%m/%Y}",
        created_by=by,
    )
    details: dict[str, int | str | date] = {
        "year": year.pk,
        "ends_on": year.ends_on,
        "entry": opening.pk,
        "starts_on": following.starts_on,
        "label": opening.label,
        "profit": PROFIT,
        "loss": LOSS,
    }
    with connection.cursor() as cursor:
        cursor.execute(CARRY, details)
        if cursor.rowcount == 0:
            opening.delete()
            return None
    _move_letters(opening, year)
    give_number(entry=opening, by=by, on=following.starts_on)
    return opening


def _move_letters(opening: Entry, year: FiscalYear) -> None:
    """A letter that was carried stays on the opening line alone: in the closed year its lines were open."""
    carried = Matching.objects.filter(lines__entry=opening)
    EntryLine.objects.filter(matching__in=carried.values("pk"), entry__fiscal_year=year).update(matching=None)
