"""What the exports' tests share: books with a few entries, written through the ledger's services."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Entry, FiscalYear
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import open_fiscal_year, post_draft_entry, post_entry, save_auxiliary
from members.people.models import User
from tests.invoicing.factories import accountant

MARCH = date(2026, 3, 10)


def open_year(starts_on: date = date(2026, 1, 1), ends_on: date = date(2026, 12, 31)) -> FiscalYear:
    """The fiscal year 2026, unless said otherwise."""
    return open_fiscal_year(starts_on=starts_on, ends_on=ends_on, by=accountant())


def sale(
    amount: str = "120.00",
    *,
    voucher: str = "F1",
    label: str = "Vente",
    on: date = MARCH,
    owner: int = 7,
    name: str = "Mairie",
    journal: JournalCode = JournalCode.SALES,
) -> EntryDraft:
    """A customer's debt against a sale; a negative amount is the opposite, as a payment is."""
    customer = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=owner, label=name)
    value = Decimal(amount)
    debit, credit = max(value, Decimal(0)), max(-value, Decimal(0))
    lines: Sequence[LineDraft] = (
        LineDraft("411", debit=debit, credit=credit, auxiliary_id=customer.pk, label=label, due_on=on),
        LineDraft("706", debit=credit, credit=debit),
    )
    return EntryDraft(journal, on, voucher, on, label, tuple(lines))


def post(amount: str = "120.00", *, by: User | None = None, **fields: object) -> Entry:
    """The same, validated."""
    return post_entry(entry=sale(amount, **fields), by=by or accountant())  # type: ignore[arg-type]


def post_draft(amount: str = "120.00", **fields: object) -> Entry:
    """The same, not validated."""
    return post_draft_entry(entry=sale(amount, **fields), by=accountant())  # type: ignore[arg-type]
