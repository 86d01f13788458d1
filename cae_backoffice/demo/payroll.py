"""The pay of entrepreneurs and staff: a payroll entry by activity every month, the transfer, the social charges."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO, round_cents, split_largest_remainder
from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.pen import BANK, Pen, Purse
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import Entry, EntryLine
from invoicing.ledger.rules import LineDraft, signed
from invoicing.ledger.services import save_auxiliary
from members.contracts.enums import ContractKind

PAY, CHARGES, OWED, LEAVE, CHARGES_ON_LEAVE = "641", "645", "421", "4282", "4386"
FUNDS = ("431", "437")
FUND_SHARES = (Decimal(80), Decimal(20))
EMPLOYER_RATE, EMPLOYEE_RATE = Decimal("0.28"), Decimal("0.21")
SPENT_ON_PAY = Decimal("0.45")  # of what an activity has at hand, each month, employer's charges included
LEAST_PAY = Decimal(150)
STAFF_PAY = Decimal(230)  # gross a month, per activity: the pooled services
LEAVE_RATE = Decimal("0.04")  # of a year's pay: leave not yet taken
ALL_STAFF = "Salaires, virement collectif"


class Payroll:
    """The people's side of the demo's books. Entrepreneurs under a CAPE are not employees: nothing is paid to them."""

    def __init__(self, pen: Pen, purse: Purse, ventures: Sequence[Venture]) -> None:
        self._pen = pen
        self._purse = purse
        self._ventures = ventures
        self._funds = [ZERO, ZERO]
        self._owed: list[EntryLine] = []
        self._year_pay = self._provided = ZERO

    def write(self, on: date) -> None:
        """The payroll journal of the month, by activity; the staff's line has none."""
        lines: list[LineDraft] = []
        net = ZERO
        for activity_id, gross in self._gross_of_all(on):
            charges, withheld = round_cents(gross * EMPLOYER_RATE), round_cents(gross * EMPLOYEE_RATE)
            lines += [
                LineDraft(PAY, debit=gross, activity_id=activity_id),
                LineDraft(CHARGES, debit=charges, activity_id=activity_id),
            ]
            net += gross - withheld
            for i, part in enumerate(split_largest_remainder(charges + withheld, FUND_SHARES)):
                self._funds[i] += part
            self._year_pay += gross
            if activity_id:
                self._purse.spend(activity_id, gross + charges)
        lines += [self._collective(-net), *_signed_all(FUNDS, [-amount for amount in self._funds])]
        written = self._pen.post(JournalCode.PAYROLL, on, f"PAIE-{on:%Y%m}", f"Paie {on:%m/%Y}", lines)
        self._owed = list(written.lines.filter(account__number=OWED))

    def pay(self, on: date) -> None:
        """The transfer of the month's net pay."""
        if self._owed:
            (owed,) = self._owed
            lines = [self._collective(owed.credit), LineDraft(BANK, credit=owed.credit)]
            paid = self._pen.post(JournalCode.BANK, on, f"VIRS-{on:%Y%m}", f"Virement des salaires {on:%m/%Y}", lines)
            self._pen.match([owed, *paid.lines.filter(account__number=OWED)], on)
            self._owed = []

    def pay_charges(self, on: date) -> None:
        """The month before's charges, to the social security and to the other funds."""
        total = sum(self._funds, ZERO)
        if total:
            lines = [*_signed_all(FUNDS, self._funds), LineDraft(BANK, credit=total)]
            self._pen.post(JournalCode.BANK, on, f"DSN-{on:%Y%m}", f"Cotisations sociales {on:%m/%Y}", lines)
            self._funds = [ZERO, ZERO]

    def provide(self, on: date) -> Entry:
        """At the year's end: leave not yet taken, with its charges, as far as it differs from the year before's."""
        wanted = round_cents(self._year_pay * LEAVE_RATE)
        change = wanted - self._provided
        charges = round_cents(change * EMPLOYER_RATE)
        lines = [*_signed_all((PAY, LEAVE, CHARGES, CHARGES_ON_LEAVE), (change, -change, charges, -charges))]
        self._year_pay, self._provided = ZERO, wanted
        return self._pen.post(JournalCode.MISCELLANEOUS, on, f"CP-{on:%Y}", f"Congés à payer au {on:%d/%m/%Y}", lines)

    def _gross_of_all(self, on: date) -> Iterator[tuple[int | None, Decimal]]:
        yield None, STAFF_PAY * len(self._ventures)
        for venture in self._ventures:
            cost = self._purse.at_hand(venture.activity.pk) * SPENT_ON_PAY
            gross = round_cents(cost / (1 + EMPLOYER_RATE))
            if gross >= LEAST_PAY and _employs(venture, on):
                yield venture.activity.pk, gross

    def _collective(self, amount: Decimal) -> LineDraft:
        auxiliary = save_auxiliary(kind=AuxiliaryKind.MEMBER, owner_id=0, label=ALL_STAFF)
        return signed(OWED, amount, auxiliary_id=auxiliary.pk)


def _employs(venture: Venture, on: date) -> bool:
    """Whether one of the activity's people is under a CESA that day."""
    return any(
        stretch.kind == ContractKind.CESA and stretch.period.contains(on)
        for member in venture.members
        for stretch in member.career.stretches
    )


def _signed_all(accounts: Sequence[str], amounts: Sequence[Decimal]) -> Iterator[LineDraft]:
    yield from (signed(account, amount) for account, amount in zip(accounts, amounts, strict=True) if amount)
