"""The irreversible closing of a fiscal year, and the opening entry of the next."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import ONE_DAY
from invoicing.ledger.enums import EntryState, JournalCode, PeriodState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Period
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services.post_entry import post_entry
from members.people.models import User

PROFIT, LOSS = "120", "129"
FIRST_RESULT_CLASS = "6"


@transaction.atomic
def close_fiscal_year(*, year: FiscalYear, on: date, by: User) -> FiscalYear:
    """Close a year for ever and carry its balances into the next, which must exist.

    Balance-sheet accounts (classes 1 to 5) are carried by account, auxiliary and activity; unmatched lines of
    matchable accounts one by one with their due dates, so that they can still be matched; classes 6 and 7 become the
    result (120 or 129).
    """
    locked = FiscalYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    following = FiscalYear.objects.filter(starts_on=locked.ends_on + ONE_DAY).first()
    errors = _closing_errors(locked, following)
    if errors or following is None:
        raise RefusalError(errors)
    opening = _opening_lines(locked)
    if opening:
        post_entry(
            entry=EntryDraft(
                journal=JournalCode.OPENING,
                entry_on=following.starts_on,
                voucher_number=f"AN{following.starts_on:%Y%m%d}",
                voucher_on=following.starts_on,
                label=f"À-nouveaux de l’exercice clos le {locked.ends_on:%d/%m/%Y}",
                lines=tuple(opening),
            ),
            by=by,
        )
    Period.objects.filter(fiscal_year=locked).exclude(state=PeriodState.CLOSED).update(state=PeriodState.CLOSED)
    FiscalYear.objects.filter(pk=locked.pk).update(closed_on=on)
    locked.refresh_from_db()
    audit.record(by=by, action="fiscalyear.closed", subject=locked, changes={"entries": locked.last_entry_number})
    return locked


def _closing_errors(year: FiscalYear, following: FiscalYear | None) -> list[str]:
    errors = []
    if year.closed_on is not None:
        errors.append(f"L’exercice est déjà clôturé depuis le {year.closed_on:%d/%m/%Y}.")
    if following is None:
        errors.append("Ouvrez d’abord l’exercice suivant : il reçoit les à-nouveaux.")
    if FiscalYear.objects.filter(ends_on__lt=year.starts_on, closed_on__isnull=True).exists():
        errors.append("L’exercice précédent n’est pas clôturé.")
    drafts = Entry.objects.filter(fiscal_year=year, state=EntryState.DRAFT).count()
    if drafts:
        errors.append(f"Il reste {drafts} écriture(s) en brouillard : validez-les ou supprimez-les.")
    return errors


def _opening_lines(year: FiscalYear) -> list[LineDraft]:
    lines = EntryLine.objects.filter(entry__fiscal_year=year)
    balance_sheet = lines.filter(account__number__lt=FIRST_RESULT_CLASS)
    opening = _open_items(balance_sheet.filter(account__can_match=True, matching__isnull=True))
    opening += _summed(balance_sheet.filter(account__can_match=False))
    totals = lines.filter(account__number__gte=FIRST_RESULT_CLASS).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    result: Decimal = (totals["credit"] or ZERO) - (totals["debit"] or ZERO)
    if result:
        opening.append(signed(PROFIT if result > 0 else LOSS, -result))
    return opening


def _open_items(lines: QuerySet[EntryLine]) -> list[LineDraft]:
    return [
        signed(
            line.account.number,
            line.debit - line.credit,
            label=line.label,
            activity_id=line.activity_id,
            auxiliary_id=line.auxiliary_id,
            due_on=line.due_on,
        )
        for line in lines.select_related("account").order_by("account__number", "entry_on", "pk")
    ]


def _summed(lines: QuerySet[EntryLine]) -> list[LineDraft]:
    rows = (
        lines.values("account__number", "auxiliary_id", "activity_id")
        .annotate(balance=Sum("debit") - Sum("credit"))
        .exclude(balance=0)
        .order_by("account__number", "auxiliary_id", "activity_id")
    )
    return [
        signed(row["account__number"], row["balance"], auxiliary_id=row["auxiliary_id"], activity_id=row["activity_id"])
        for row in rows
    ]
