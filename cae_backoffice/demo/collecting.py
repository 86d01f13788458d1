"""Writing the imagined payments through the services, as accountants do when money or a letter of the bank comes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from cae_backoffice.core.money import ZERO
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.identifiers import digits
from cae_backoffice.demo.payers import Manner, Payment, payment_of
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.sales import Sale, next_working_day, previous_working_day
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.models import Receipt
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    declare_doubtful,
    offset_credit_note,
    record_receipt,
    refund_customer,
    remit_cheques,
    write_off,
)

GROUPED_AT_MOST = 3
GROUPED_WITHIN = timedelta(days=20)
PAID_TWICE_AFTER = timedelta(days=6)
SETTLED_WITHIN_DAYS = 7
REFUNDED_AFTER = timedelta(days=5)
SEARCHED_DAYS = (3, 18)  # until it is known what a transfer without reference pays
FRIDAY = 4
DESK = timedelta(days=4)  # what came since is still on the accountants' desk
ON_THE_DESK = 2
DOUBTFUL_AFTER, LOST_AFTER = timedelta(days=180), timedelta(days=420)
DUE_AROUND = timedelta(days=40)


@dataclass
class Debt:
    """What one issued invoice still waits for, and how it will be paid; held while the bank has the last word."""

    invoice: Invoice
    customer: Customer
    payment: Payment
    left: Decimal
    is_held: bool = False

    @property
    def is_free(self) -> bool:
        """Whether a payment may still come for it."""
        return self.left > 0 and not self.is_held


class Collecting:
    """The money side of the demo: every issued invoice is expected here, and the agenda brings its payments."""

    def __init__(self, agenda: Agenda, clerks: Clerks) -> None:
        self._agenda = agenda
        self._clerks = clerks
        self._chance = clerks.chance
        self._debts: dict[int, Debt] = {}
        self._of_customer: dict[int, list[Debt]] = {}
        self._kept: dict[int, tuple[Receipt, Decimal]] = {}
        self._cheques: list[Receipt] = []
        self.collected: dict[int, Decimal] = {}

    def expect(self, sale: Sale, invoice: Invoice) -> None:
        """An invoice was issued: its payment comes on its day; an over-payment that was kept pays part of it."""
        assert invoice.due_on is not None  # noqa: S101  the database refuses an issued document without
        payment = payment_of(sale, due_on=invoice.due_on, gross=invoice.gross)
        debt = Debt(invoice, sale.client.customer, payment, invoice.gross)
        self._debts[invoice.pk] = debt
        self._of_customer.setdefault(debt.customer.pk, []).append(debt)
        if payment.on:
            self._agenda.add(payment.on, Moment.RECEIPTS, partial(self._pay, debt))
        else:
            self._later(invoice.due_on, DOUBTFUL_AFTER, Moment.CORRECTIONS, self._doubt, debt)
            self._later(invoice.due_on, LOST_AFTER, Moment.CORRECTIONS, self._lose, debt)
        if debt.customer.pk in self._kept:
            self._agenda.add(sale.on, Moment.CORRECTIONS, partial(self._use_what_was_kept, debt))

    def credit(self, invoice: Invoice, credit_note: Invoice, on: date) -> None:
        """A credit note was issued: within days it is set off against what its invoice waits for, the rest refunded."""
        day = next_working_day(on + timedelta(days=self._chance.randrange(SETTLED_WITHIN_DAYS)))
        self._agenda.add(day, Moment.CORRECTIONS, partial(self._set_off, self._debts[invoice.pk], credit_note))

    def plan(self, starts_on: date) -> None:
        """Every Friday the cheques go to the bank, but those of the last days; today's post is not yet dealt with."""
        today = self._agenda.today
        friday = starts_on + timedelta(days=(FRIDAY - starts_on.weekday()) % 7)
        while friday <= today - DESK:
            self._agenda.add(friday, Moment.CORRECTIONS, self._remit)
            friday += timedelta(days=7)
        self._agenda.add(previous_working_day(today), Moment.CORRECTIONS, self._fill_desk)

    def _pay(self, debt: Debt, on: date) -> None:
        if not debt.is_free:
            return
        acts = {
            Manner.WHOLE: self._pay_whole,
            Manner.IN_TWO: self._pay_in_two,
            Manner.TOO_MUCH: self._pay_too_much,
            Manner.TWICE: self._pay_twice,
            Manner.WITHOUT_REFERENCE: self._pay_without_reference,
            Manner.BOUNCED: self._pay_and_bounce,
        }
        acts[debt.payment.manner](debt, on)

    def _pay_whole(self, debt: Debt, on: date) -> None:
        debts = [debt, *self._joined(debt, on)]
        self._receive(debt, on, amount=sum((one.left for one in debts), ZERO), paid=debts)

    def _joined(self, debt: Debt, on: date) -> list[Debt]:
        """Others of the same customer that one transfer pays too: those due to be paid within weeks."""
        if debt.payment.method != PaymentMethod.TRANSFER or not debt.payment.joins_others:
            return []
        found = [
            other
            for other in self._of_customer[debt.customer.pk]
            if other is not debt
            and other.is_free
            and other.payment.manner == Manner.WHOLE
            and other.payment.on
            and on <= other.payment.on <= on + GROUPED_WITHIN
        ]
        return found[: GROUPED_AT_MOST - 1]

    def _pay_in_two(self, debt: Debt, on: date) -> None:
        first = min(debt.payment.first_part, debt.left)
        self._receive(debt, on, amount=first, paid=[debt])
        self._later(on, debt.payment.lag, Moment.RECEIPTS, self._pay_rest, debt)

    def _pay_rest(self, debt: Debt, on: date) -> None:
        if debt.is_free:
            self._receive(debt, on, amount=debt.left, paid=[debt])

    def _pay_too_much(self, debt: Debt, on: date) -> None:
        surplus = debt.payment.surplus
        receipt = self._receive(debt, on, amount=debt.left + surplus, paid=[debt])
        if debt.payment.keeps_surplus and debt.customer.pk not in self._kept:
            self._kept[debt.customer.pk] = receipt, surplus
        else:
            self._later(on, debt.payment.lag, Moment.CORRECTIONS, self._refund, debt, receipt, surplus)

    def _pay_twice(self, debt: Debt, on: date) -> None:
        self._later(on, PAID_TWICE_AFTER, Moment.RECEIPTS, self._pay_again, debt, debt.left)
        self._receive(debt, on, amount=debt.left, paid=[debt])

    def _pay_again(self, debt: Debt, amount: Decimal, on: date) -> None:
        receipt = self._receive(debt, on, amount=amount, paid=[])
        self._later(on, debt.payment.lag, Moment.CORRECTIONS, self._refund, debt, receipt, amount)

    def _pay_without_reference(self, debt: Debt, on: date) -> None:
        receipt = self._wait(debt, on)
        days = timedelta(days=self._chance.randrange(*SEARCHED_DAYS))
        self._later(on, days, Moment.CORRECTIONS, self._recognise, debt, receipt)

    def _wait(self, debt: Debt, on: date) -> Receipt:
        """A transfer of which nobody knows yet what it pays."""
        debt.is_held = True
        return record_receipt(
            method=PaymentMethod.TRANSFER,
            received_on=on,
            amount=debt.left,
            payer=debt.customer.name.upper(),
            customer=None,
            reference=f"VIR SEPA {digits(self._chance, 8)}",
            by=self._clerks.accountant(),
        )

    def _recognise(self, debt: Debt, receipt: Receipt, on: date) -> None:
        by = self._clerks.accountant()
        allocate_receipt(receipt=receipt, allocations=[(debt.invoice, debt.left)], by=by, on=on)
        self._settle(debt, debt.left)
        debt.is_held = False

    def _doubt(self, debt: Debt, on: date) -> None:
        if debt.is_free:
            reason = self._chance.choice(table("books")["doubts"])
            declare_doubtful(invoice=debt.invoice, on=on, reason=reason, by=self._clerks.accountant())

    def _lose(self, debt: Debt, on: date) -> None:
        if debt.is_free:
            reason = self._chance.choice(table("books")["losses"])
            by = self._clerks.accountant()
            write_off(invoice=debt.invoice, amount=debt.left, on=on, reason=reason, by=by)
            self._settle(debt, debt.left)

    def _pay_and_bounce(self, debt: Debt, on: date) -> None:
        amount = debt.left
        receipt = self._receive(debt, on, amount=amount, paid=[debt])
        debt.is_held = True
        self._later(on, debt.payment.lag, Moment.CORRECTIONS, self._bounce, debt, receipt)

    def _bounce(self, debt: Debt, receipt: Receipt, on: date) -> None:
        reason = self._chance.choice(table("books")["bounce_reasons"][debt.payment.method])
        bounce_receipt(receipt=receipt, on=on, reason=reason, by=self._clerks.accountant())
        self._cheques = [cheque for cheque in self._cheques if cheque.pk != receipt.pk]
        debt.is_held = False
        self._settle(debt, -receipt.amount)
        self._later(on, debt.payment.lag, Moment.RECEIPTS, self._pay_rest_by_transfer, debt)

    def _pay_rest_by_transfer(self, debt: Debt, on: date) -> None:
        self._receive(debt, on, amount=debt.left, paid=[debt], method=PaymentMethod.TRANSFER)

    def _use_what_was_kept(self, debt: Debt, on: date) -> None:
        if debt.is_free and debt.customer.pk in self._kept:
            receipt, surplus = self._kept.pop(debt.customer.pk)
            amount = min(surplus, debt.left)
            by = self._clerks.accountant()
            allocate_receipt(receipt=receipt, allocations=[(debt.invoice, amount)], by=by, on=on)
            self._settle(debt, amount)

    def _set_off(self, debt: Debt, credit_note: Invoice, on: date) -> None:
        owed = -credit_note.gross
        amount = min(debt.left, owed)
        if amount:
            by = self._clerks.accountant()
            offset_credit_note(credit_note=credit_note, invoice=debt.invoice, amount=amount, by=by, on=on)
            debt.left -= amount
        if owed > amount:
            self._later(on, REFUNDED_AFTER, Moment.CORRECTIONS, self._refund, debt, credit_note, owed - amount)

    def _refund(self, debt: Debt, what: Receipt | Invoice, amount: Decimal, on: date) -> None:
        """Give back what was received too much, or what a credit note owes."""
        refund_customer(
            customer=debt.customer,
            amount=amount,
            refunded_on=on,
            method=PaymentMethod.TRANSFER,
            receipt=what if isinstance(what, Receipt) else None,
            credit_note=what if isinstance(what, Invoice) else None,
            by=self._clerks.accountant(),
        )
        if isinstance(what, Invoice):
            self._tally(debt, -amount)

    def _remit(self, on: date) -> None:
        if self._cheques:
            remit_cheques(receipts=self._cheques, on=on, by=self._clerks.accountant())
            self._cheques = []

    def _fill_desk(self, on: date) -> None:
        """Of the invoices due about now: some are paid by transfers that wait, the next by cheque."""
        near = [
            debt
            for debt in self._debts.values()
            if debt.is_free and debt.invoice.due_on and abs(debt.invoice.due_on - on) <= DUE_AROUND
        ]
        unknown, unallocated, cheques = (near[i * ON_THE_DESK : (i + 1) * ON_THE_DESK] for i in range(3))
        for debt in unknown:
            self._wait(debt, on)
        for debt in unallocated:
            self._receive(debt, on, amount=debt.left, paid=[], method=PaymentMethod.TRANSFER)
            debt.is_held = True
        for debt in cheques:
            self._receive(debt, on, amount=debt.left, paid=[debt], method=PaymentMethod.CHEQUE)

    def _receive(
        self, debt: Debt, on: date, *, amount: Decimal, paid: Sequence[Debt], method: PaymentMethod | None = None
    ) -> Receipt:
        """Record what a customer pays, by their own means or by another."""
        means = method or debt.payment.method
        receipt = record_receipt(
            method=means,
            received_on=on,
            amount=amount,
            payer=debt.customer.name,
            customer=debt.customer,
            allocations=[(one.invoice, min(one.left, amount)) for one in paid],
            reference=self._reference(means, paid),
            by=self._clerks.accountant(),
            **self._cheque(means),
        )
        left = amount
        for one in paid:
            part = min(one.left, left)
            self._settle(one, part)
            left -= part
        if means == PaymentMethod.CHEQUE:
            self._cheques.append(receipt)
        return receipt

    def _reference(self, method: PaymentMethod, paid: Iterable[Debt]) -> str:
        if method == PaymentMethod.CARD:
            return f"TPE {digits(self._chance, 6)}"
        return " ".join(debt.invoice.number or "" for debt in paid)

    def _cheque(self, method: PaymentMethod) -> dict[str, str]:
        if method != PaymentMethod.CHEQUE:
            return {}
        return {"bank_name": self._chance.choice(table("books")["banks"]), "cheque_number": digits(self._chance, 7)}

    def _settle(self, debt: Debt, amount: Decimal) -> None:
        debt.left -= amount
        self._tally(debt, amount)

    def _tally(self, debt: Debt, amount: Decimal) -> None:
        """What an activity collected so far, excl. VAT, to the nearest cent or so: its pay is drawn from it."""
        invoice = debt.invoice
        net = amount * invoice.net / invoice.gross
        self.collected[invoice.activity_id] = self.collected.get(invoice.activity_id, ZERO) + net

    def _later(self, on: date, lag: timedelta, moment: Moment, act: Callable[..., None], *arguments: object) -> None:
        self._agenda.add(next_working_day(on + lag), moment, partial(act, *arguments))
