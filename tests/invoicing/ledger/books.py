"""What the ledger's tests share: two fiscal years, a customer, and entries as one writes them on a blackboard."""

from datetime import date
from decimal import Decimal

from django.db import connection

from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Auxiliary, Entry, EntryLine, FiscalYear
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import open_fiscal_year, post_draft_entry, post_entry, save_auxiliary
from members.activities.models import Activity
from tests.invoicing.factories import accountant

MARCH = date(2026, 3, 10)


def open_years() -> tuple[FiscalYear, FiscalYear]:
    """The calendar years 2026 and 2027."""
    first = open_fiscal_year(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), by=accountant())
    return first, open_fiscal_year(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=accountant())


def customer(number: int = 7, label: str = "Mairie de Nantes") -> Auxiliary:
    """A customer's account."""
    return save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=number, label=label)


def draft_of(
    *amounts: tuple[str, str],
    on: date = MARCH,
    voucher: str = "P1",
    due: date | None = None,
    auxiliary: Auxiliary | None = None,
    activity: Activity | None = None,
    journal: JournalCode = JournalCode.MISCELLANEOUS,
    source: tuple[str, int | None] = ("", None),
) -> EntryDraft:
    """An entry from accounts with signed amounts; the auxiliary and the due date go with customers' accounts."""
    lines: list[LineDraft] = []
    for account, amount in amounts:
        own = auxiliary if account.startswith(("411", "416")) else None
        lines.append(
            signed(
                account,
                Decimal(amount),
                auxiliary_id=own.pk if own else None,
                due_on=due if own else None,
                activity_id=activity.pk if activity else None,
            )
        )
    return EntryDraft(journal, on, voucher, on, f"Essai {voucher}", tuple(lines), *source)


def post(*amounts: tuple[str, str], **details: object) -> Entry:
    """The same, validated by the accountant."""
    return post_entry(entry=draft_of(*amounts, **details), by=accountant())  # type: ignore[arg-type]


def write_draft(*amounts: tuple[str, str], **details: object) -> Entry:
    """The same, as a draft."""
    return post_draft_entry(entry=draft_of(*amounts, **details), by=accountant())  # type: ignore[arg-type]


def line_of(entry: Entry, account: str = "411") -> EntryLine:
    """The line of an account in an entry."""
    return entry.lines.get(account__number=account)


def check_deferred() -> None:
    """Run the deferred triggers now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
