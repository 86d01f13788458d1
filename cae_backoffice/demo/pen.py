"""What the entries that come from no document share: the hand that writes them, and what each activity has to spend."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO
from cae_backoffice.demo.people import Clerks
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import match_lines, post_entry

BANK = "512"
KEPT_BY_THE_COOPERATIVE = Decimal("0.10")


class Pen:
    """An accountant's hand in the ledger."""

    def __init__(self, clerks: Clerks) -> None:
        self._clerks = clerks

    def post(self, journal: JournalCode, on: date, voucher: str, label: str, lines: Iterable[LineDraft]) -> Entry:
        """Post an entry of the day, which is its voucher's day too."""
        draft = EntryDraft(
            journal=journal, entry_on=on, voucher_number=voucher, voucher_on=on, label=label, lines=tuple(lines)
        )
        return post_entry(entry=draft, by=self._clerks.accountant())

    def match(self, lines: Iterable[EntryLine], on: date) -> None:
        """Put a letter on lines that settle one another."""
        match_lines(lines=lines, on=on, by=self._clerks.accountant())


class Purse:
    """What the activities have at hand: collected, excl. VAT, less the cooperative's part and what was spent."""

    def __init__(self, collected: dict[int, Decimal]) -> None:
        self._collected = collected
        self._spent: dict[int, Decimal] = {}

    def at_hand(self, activity_id: int) -> Decimal:
        """In euros; may be negative after a refund."""
        collected = self._collected.get(activity_id, ZERO)
        return collected * (1 - KEPT_BY_THE_COOPERATIVE) - self._spent.get(activity_id, ZERO)

    def spend(self, activity_id: int, amount: Decimal) -> None:
        """An expense of the activity, excl. VAT."""
        self._spent[activity_id] = self._spent.get(activity_id, ZERO) + amount
