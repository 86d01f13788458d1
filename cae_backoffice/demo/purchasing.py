"""What the cooperative and its activities buy every month, and the payment of their suppliers the month after."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from cae_backoffice.core.money import ZERO, round_cents
from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.pen import BANK, Pen, Purse
from cae_backoffice.demo.sales import next_working_day
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Auxiliary, EntryLine
from invoicing.ledger.rules import LineDraft
from invoicing.ledger.services import save_auxiliary

SUPPLIERS, VAT_DEDUCTIBLE = "401", "44566"
VAT_RATE = Decimal("0.20")
SPENT_PERCENT = (6, 24)  # of what an activity has at hand, on one purchase
BUYING_EACH_MONTH = 12  # one activity in so many
PAYING_DAY = 10


class Purchasing:
    """The suppliers' side of the demo's books."""

    def __init__(self, pen: Pen, purse: Purse, ventures: Sequence[Venture], chance: Random) -> None:
        self._pen = pen
        self._purse = purse
        self._ventures = ventures
        self._chance = chance

    def buy(self, on: date) -> None:
        """The month's invoices: rent and the like, pooled, and what some of the activities need."""
        books = table("books")
        for entry in books["pooled"]:
            self._write(on, entry, Decimal(entry["per_activity"]) * len(self._ventures), None)
        for venture in self._chance.sample(self._ventures, k=-(-len(self._ventures) // BUYING_EACH_MONTH)):
            fitting = [entry for entry in books["purchases"] if venture.idea.trade.sector in entry["sectors"]]
            percent = self._chance.randrange(*SPENT_PERCENT)
            net = round_cents(self._purse.at_hand(venture.activity.pk) * percent / 100)
            if net > 0:
                self._write(on, self._chance.choice(fitting), net, venture)
                self._purse.spend(venture.activity.pk, net)

    def pay(self, on: date) -> None:
        """One transfer for every invoice of the month before, each matched with its payment."""
        unpaid = list(
            EntryLine.objects.filter(
                account__number=SUPPLIERS, matching=None, due_on__lte=on, entry__fiscal_year__closed_on=None
            ).order_by("pk")
        )
        if not unpaid:
            return
        label = f"Virement aux fournisseurs {on:%m/%Y}"
        lines = [
            LineDraft(
                SUPPLIERS,
                debit=line.credit,
                label=f"Règlement {line.label}"[:160],
                auxiliary_id=line.auxiliary_id,
                activity_id=line.activity_id,
                due_on=line.due_on,
            )
            for line in unpaid
        ]
        total = sum((line.debit for line in lines), ZERO)
        voucher = f"VIRF-{on:%Y%m}"
        paid = self._pen.post(JournalCode.BANK, on, voucher, label, [*lines, LineDraft(BANK, credit=total)])
        for owed, payment in zip(unpaid, paid.lines.order_by("position"), strict=False):
            self._pen.match([owed, payment], on)

    def _write(self, on: date, entry: dict[str, Any], net: Decimal, venture: Venture | None) -> None:
        activity = venture.activity if venture else None
        activity_id = activity.pk if activity else None
        vat = round_cents(net * VAT_RATE) if entry.get("vat", True) else ZERO
        auxiliary = _supplier(entry["supplier"])
        due_on = next_working_day(add_months(on.replace(day=PAYING_DAY), 1))
        lines = [LineDraft(entry["account"], debit=net, activity_id=activity_id)]
        if vat:
            lines.append(LineDraft(VAT_DEDUCTIBLE, debit=vat, activity_id=activity_id))
        lines.append(
            LineDraft(SUPPLIERS, credit=net + vat, activity_id=activity_id, auxiliary_id=auxiliary.pk, due_on=due_on)
        )
        voucher = f"{auxiliary.code}-{on:%Y%m}{f'-{activity.code}' if activity else ''}"
        label = f"{entry['supplier']}, {entry['label'].lower()} {on:%m/%Y}"
        self._pen.post(JournalCode.PURCHASES, on, voucher, label, lines)


def _supplier(name: str) -> Auxiliary:
    books = table("books")
    names = list(dict.fromkeys(entry["supplier"] for entry in [*books["pooled"], *books["purchases"]]))
    return save_auxiliary(kind=AuxiliaryKind.SUPPLIER, owner_id=names.index(name) + 1, label=name)
