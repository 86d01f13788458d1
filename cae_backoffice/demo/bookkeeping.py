"""The life of the books beside the documents, month after month: capital, pay, purchases, VAT returns, results."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO, round_cents
from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.agenda import Act, Agenda, Moment
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.payroll import Payroll
from cae_backoffice.demo.pen import BANK, Pen, Purse
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.purchasing import PAYING_DAY, Purchasing
from cae_backoffice.demo.sales import next_working_day
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import FiscalYear, MonthlyBalance
from invoicing.ledger.queries import balance_of
from invoicing.ledger.rules import LineDraft, signed
from members.shares.queries import capital_on

VAT_COLLECTED, VAT_DEDUCTIBLE, VAT_TO_PAY, VAT_CREDIT = "44571", "44566", "44551", "44567"
CAPITAL, LEGAL_RESERVE, RESERVE, PROFIT, LOSS, CARRIED_LOSS = "1013", "1061", "10684", "120", "129", "119"
CASH = "530"
DEPRECIATION, DEPRECIATED = "681", "28183"
YEARLY_DEPRECIATION = Decimal(2900)
LEGAL_RESERVE_RATE = Decimal("0.15")  # at least, of a SCOP's surplus (loi 78-763, art. 33)
GRANT = Decimal(210)  # every quarter, per activity
BANK_CHARGES = Decimal("1.10")  # every month, per activity
PAYDAY, TRANSFER_DAY, CHARGES_DAY, VAT_DAY = 24, 26, 15, 21
ASSEMBLY_MONTH = 6
QUARTER_ENDS = (3, 6, 9, 12)


class Bookkeeping:
    """The accountants' regular work, put down in the agenda."""

    def __init__(
        self, agenda: Agenda, clerks: Clerks, ventures: Sequence[Venture], collected: dict[int, Decimal]
    ) -> None:
        self._agenda = agenda
        self._pen = Pen(clerks)
        self._size = len(ventures)
        purse = Purse(collected)
        self._purchasing = Purchasing(self._pen, purse, ventures, clerks.chance)
        self._payroll = Payroll(self._pen, purse, ventures)
        self._vat_to_pay = self._vat_credit = ZERO
        self._year_ends: set[date] = set()

    def plan(self, starts_on: date) -> None:
        """The balances taken over on the first day, then what every month brings, up to today."""
        self._agenda.add(starts_on, Moment.CLOSING, self._take_over)
        self._year_ends.update(FiscalYear.objects.values_list("ends_on", flat=True))
        days: tuple[tuple[int, Act], ...] = (
            (PAYING_DAY, self._purchasing.pay),
            (CHARGES_DAY, self._payroll.pay_charges),
            (VAT_DAY, self._pay_vat),
            (PAYDAY, self._payroll.write),
            (TRANSFER_DAY, self._payroll.pay),
        )
        month = starts_on
        while month <= self._agenda.today:
            for day, act in days:
                self._agenda.add(next_working_day(month.replace(day=day)), Moment.CORRECTIONS, act)
            self._agenda.add(add_months(month, 1) - ONE_DAY, Moment.EVENING, self._end_month)
            month = add_months(month, 1)

    def _take_over(self, on: date) -> None:
        taken = table("books")["taken_over"]
        lines = [signed(entry["account"], Decimal(entry["amount"])) for entry in taken]
        if capital := capital_on(on - ONE_DAY).amount:
            lines.append(signed(CAPITAL, -capital))
        lines.append(signed(BANK, sum((line.credit - line.debit for line in lines), ZERO)))
        self._pen.post(JournalCode.MISCELLANEOUS, on, "REPRISE", "Reprise des soldes de l’ancien logiciel", lines)

    def _end_month(self, on: date) -> None:
        self._purchasing.buy(on)
        self._spend(on, "FB", "Frais bancaires", "627", BANK_CHARGES * self._size)
        if on.month in QUARTER_ENDS:
            self._spend(on, "SUB", "Subvention régionale d’accompagnement", "740", -GRANT * self._size)
        self._deposit_cash(on)
        self._return_vat(on)
        if on.month == ASSEMBLY_MONTH:
            self._share_result(on)
        if on in self._year_ends:
            self._payroll.provide(on)
            lines = [LineDraft(DEPRECIATION, debit=YEARLY_DEPRECIATION), signed(DEPRECIATED, -YEARLY_DEPRECIATION)]
            self._pen.post(JournalCode.MISCELLANEOUS, on, f"DOT-{on:%Y}", "Dotation aux amortissements", lines)

    def _spend(self, on: date, prefix: str, label: str, account: str, amount: Decimal) -> None:
        """An amount that leaves the bank; a negative one comes in."""
        lines = [signed(account, amount), signed(BANK, -amount)]
        self._pen.post(JournalCode.BANK, on, f"{prefix}-{on:%Y%m}", f"{label} {on:%m/%Y}", lines)

    def _deposit_cash(self, on: date) -> None:
        cash = balance_of(account_number=CASH)
        if cash:
            self._spend(on, "ESP", "Versement d’espèces", CASH, -cash)

    def _return_vat(self, on: date) -> None:
        """The month's VAT return: the balances of 44571 and 44566, by activity, become a debt or a credit."""
        moved = MonthlyBalance.objects.filter(
            month=on.replace(day=1), account__number__in=(VAT_COLLECTED, VAT_DEDUCTIBLE)
        ).order_by("account__number", "activity")
        lines = [
            signed(account, credit - debit, activity_id=activity_id)
            for account, activity_id, debit, credit in moved.values_list(
                "account__number", "activity", "debit", "credit"
            )
            if debit != credit
        ]
        if self._vat_credit:
            lines.append(signed(VAT_CREDIT, -self._vat_credit))
        net = sum((line.debit - line.credit for line in lines), ZERO)
        self._vat_to_pay, self._vat_credit = max(net, ZERO), max(-net, ZERO)
        if net:
            lines.append(signed(VAT_TO_PAY if net > 0 else VAT_CREDIT, -net))
        if lines:
            self._pen.post(JournalCode.MISCELLANEOUS, on, f"CA3-{on:%Y%m}", f"Déclaration de TVA {on:%m/%Y}", lines)

    def _pay_vat(self, on: date) -> None:
        if self._vat_to_pay:
            self._spend(on, "TVA", "Règlement de la TVA", VAT_TO_PAY, self._vat_to_pay)
            self._vat_to_pay = ZERO

    def _share_result(self, on: date) -> None:
        """What the assembly decided: a profit goes to the reserves, a loss is carried."""
        profit, loss = -balance_of(account_number=PROFIT), balance_of(account_number=LOSS)
        lines = []
        if profit:
            legal = round_cents(profit * LEGAL_RESERVE_RATE)
            lines = [signed(PROFIT, profit), signed(LEGAL_RESERVE, -legal), signed(RESERVE, legal - profit)]
        if loss:
            lines = [signed(CARRIED_LOSS, loss), signed(LOSS, -loss)]
        if lines:
            self._pen.post(JournalCode.MISCELLANEOUS, on, f"AFF-{on:%Y}", "Affectation du résultat", lines)
