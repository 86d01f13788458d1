"""Taking over what activities had left in another software."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, format_euros
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.models import AccountGroup, OpeningBalance
from invoicing.activity_accounts.rules.openings import read_openings
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Account
from invoicing.ledger.rules import EntryDraft, signed
from invoicing.ledger.services import post_entry
from members.activities.models import Activity
from members.people.models import User


@transaction.atomic
def import_openings(*, text: str, on: date, by: User) -> list[OpeningBalance]:
    """Post the balances of a file, all or none, in one entry that nets to zero in the general ledger.

    Each activity's line stands against a line without activity on the same account. Refused: anything wrong in the
    file, an activity taken over before, no account for opening balances, a day in no open period.
    """
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Seuls les comptables reprennent des soldes.")
    activities = {activity.code: activity for activity in Activity.objects.all()}
    read = read_openings(text, known_codes=activities)
    taken = OpeningBalance.objects.filter(activity__code__in=[row.code for row in read.rows]).select_related("activity")
    problems = [*read.problems, *(f"Le solde de {one.activity} est déjà repris." for one in taken)]
    if problems:
        raise RefusalError(problems)
    account = _opening_account()
    label = f"Soldes de départ des activités au {on:%d/%m/%Y}"
    lines = [signed(account, -row.balance, activity_id=activities[row.code].pk) for row in read.rows]
    total = sum((row.balance for row in read.rows), ZERO)
    if total:
        lines.append(signed(account, total))
    entry = post_entry(
        entry=EntryDraft(
            journal=JournalCode.OPENING,
            entry_on=on,
            voucher_number=f"REPRISE{on:%Y%m%d}",
            voucher_on=on,
            label=label,
            lines=tuple(lines),
            source_type=OpeningBalance._meta.label_lower,
        ),
        by=by,
    )
    written = OpeningBalance.objects.bulk_create(
        OpeningBalance(activity=activities[row.code], opened_on=on, amount=row.balance, entry=entry)
        for row in read.rows
    )
    changes = {"activités": len(written), "total": format_euros(total)}
    audit.record(by=by, action="entry.opened", subject=entry, changes=changes)
    return written


def _opening_account() -> str:
    """The account that holds opening balances: the first, by number, under that line of the statement."""
    roots = AccountGroup.objects.filter(heading=StatementHeading.OPENING).values_list("root", flat=True)
    numbers = Account.objects.filter(is_active=True, auxiliary_kind="").order_by("number")
    found = next((n for n in numbers.values_list("number", flat=True) if n.startswith(tuple(roots))), None)
    if found is None:
        raise RefusalError("Aucun compte n’est prévu pour les soldes de départ.")
    return found
