"""Two random years of a cooperative's books: what may happen from one day to the next, done through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from cae_backoffice.core.money import round_cents
from cae_backoffice.core.periods import ONE_DAY
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import open_deposits, retained_invoices
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import DraftContent, DraftLine, SaleTerms
from invoicing.invoices.rules.credits import CreditContent, credit_problems
from invoicing.invoices.services import (
    approve_invoice,
    draft_corrective,
    issue_credit_note,
    issue_invoice,
    release_retention,
    save_draft,
    submit_invoice,
)
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import FiscalYear, Period
from invoicing.ledger.services import close_fiscal_year, lock_period, unlock_period
from invoicing.payments.enums import ClosingKind, PaymentMethod
from invoicing.payments.models import Receipt
from invoicing.payments.queries import (
    cheques_to_remit,
    offset_target,
    open_credit_notes,
    outstanding_invoices,
    unallocated_receipts,
)
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    close_payments,
    declare_doubtful,
    offset_credit_note,
    record_receipt,
    refund_customer,
    remit_cheques,
    settle_corrective,
    write_off,
)
from invoicing.pricing.enums import SupplyNature
from members.cooperative.models import Cooperative
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, make_selling_activity

CODES = ("FR20", "FR10", "FR5.5", "FR2.1", "EXO-FORMATION")
METHODS = tuple(PaymentMethod)
LAST_DAY = date(2027, 12, 31)


@dataclass(frozen=True)
class Step:
    """Something that happens `days` after the step before; `pick`, `share` and `cents` choose on what and how much."""

    act: str
    days: int
    pick: int
    share: int
    """Of what there is, in thousandths."""
    cents: int


@dataclass
class Year:
    """The time as it goes: its customers, and the day it has come to."""

    customers: list[Customer]
    day: date = date(2026, 7, 1)
    done: list[str] = field(default_factory=list)


def begin(*, on_debits: bool) -> Year:
    """A cooperative with two activities, and three customers of whom two are the same company."""
    first, second = make_selling_activity(), make_selling_activity()
    Cooperative.objects.update(vat_on_debits=on_debits)
    company = make_customer(first)
    return Year([company, make_customer(second, siren=company.siren), make_customer(second)])


def live(year: Year, steps: list[Step]) -> None:
    """Do every step for which there is something to do."""
    for step in steps:
        year.day = min(year.day + timedelta(days=step.days), LAST_DAY)
        ACTS[step.act](year, step)
        year.done.append(step.act)


def _part(amount: Decimal, step: Step) -> Decimal:
    """A part of an amount, all of it one time in three, never nothing."""
    if step.share % 3 == 0:
        return amount
    return max(round_cents(amount * step.share / 1000), Decimal("0.01"))


def _lines(step: Step) -> list[DraftLine]:
    natures = (SupplyNature.SERVICES, SupplyNature.GOODS)
    return [
        make_line(
            f"Ligne {i}",
            str(1 + (step.pick + i) % 3),
            str(Decimal(step.cents + 137 * i) / 100),
            CODES[(step.pick + 2 * i) % len(CODES)],
            nature=natures[(step.share + i) % 2],
            discount_percent=Decimal(step.share % 40),
        )
        for i in range(1 + step.share % 3)
    ]


def _issue(year: Year, step: Step) -> None:
    customer = year.customers[step.pick % 3]
    kind = InvoiceKind.DEPOSIT if step.pick % 5 == 0 else InvoiceKind.INVOICE
    deposits = list(open_deposits().filter(customer=customer))[: step.pick % 2] if kind == InvoiceKind.INVOICE else []
    retained = kind == InvoiceKind.INVOICE and not deposits and step.share % 4 == 0
    lines = _lines(step)
    for deposit in deposits:  # the final invoice is twice what was asked for, and more
        lines += [
            make_line(
                "Travaux",
                str(line.quantity * 2),
                str(line.unit_price),
                line.vat_code.code,
                nature=line.nature,
                discount_percent=line.discount_percent,
            )
            for line in deposit.lines.select_related("vat_code")
        ]
    make_issued(
        customer.activity,
        on=year.day,
        customer=customer,
        lines=lines,
        terms=SaleTerms(
            kind=kind,
            deposits=deposits,
            retention_percent=Decimal(5) if retained else Decimal(0),
            retention_due_on=year.day + timedelta(days=365) if retained else None,
        ),
    )


def _pay(year: Year, step: Step) -> None:
    """One transfer that pays up to three invoices of a customer, sometimes with something over."""
    customer = year.customers[step.pick % 3]
    owed = list(outstanding_invoices(accountant(), on=year.day).filter(customer=customer, issued_on__lte=year.day)[:3])
    chosen = owed[: 1 + step.pick % 3]
    allocations = [(invoice, _part(invoice.remaining, step)) for invoice in chosen]  # type: ignore[attr-defined]
    over = Decimal(step.cents) / 100 if step.share % 5 == 0 or not chosen else Decimal(0)
    record_receipt(
        method=METHODS[step.cents % len(METHODS)],
        received_on=year.day,
        amount=sum((amount for _, amount in allocations), over),
        payer="",
        customer=customer,
        allocations=allocations,
        by=accountant(),
    )


def _wait(year: Year, step: Step) -> None:
    """A transfer from nobody knows whom."""
    amount = Decimal(step.cents) / 100
    record_receipt(
        method=PaymentMethod.TRANSFER,
        received_on=year.day,
        amount=amount,
        payer="Inconnu",
        customer=None,
        by=accountant(),
    )


def _allocate(year: Year, step: Step) -> None:
    receipt = unallocated_receipts(accountant()).first()
    if receipt is None:
        return
    left = receipt.left  # type: ignore[attr-defined]
    owed = outstanding_invoices(accountant(), on=year.day).filter(issued_on__lte=year.day)
    invoice = owed.filter(customer=receipt.customer or year.customers[step.pick % 3]).first()
    if invoice is not None and _owner(receipt) in {None, invoice.customer_id}:
        amount = _part(min(left, invoice.remaining), step)  # type: ignore[attr-defined]
        allocate_receipt(receipt=receipt, allocations=[(invoice, amount)], by=accountant(), on=year.day)


def _owner(receipt: Receipt) -> int | None:
    """Whose money it is, once something says so."""
    allocation = receipt.allocations.select_related("invoice").first()
    return receipt.customer_id or (allocation.invoice.customer_id if allocation else None)


def _bounce(year: Year, step: Step) -> None:
    receipts = Receipt.objects.filter(bounce=None).exclude(method=PaymentMethod.CASH).order_by("pk")
    chosen = list(receipts)
    if chosen:
        bounce_receipt(receipt=chosen[step.pick % len(chosen)], on=year.day, reason="Impayé", by=accountant())


def _remit(year: Year, _step: Step) -> None:
    cheques = list(cheques_to_remit(accountant()))
    if cheques:
        remit_cheques(receipts=cheques, on=year.day, by=accountant())


def _refund(year: Year, step: Step) -> None:
    receipt = unallocated_receipts(accountant()).filter(customer__isnull=False).first()
    if receipt is not None and receipt.customer is not None:
        refund_customer(
            customer=receipt.customer,
            receipt=receipt,
            amount=_part(receipt.left, step),  # type: ignore[attr-defined]
            refunded_on=year.day,
            method=PaymentMethod.TRANSFER,
            by=accountant(),
        )


def _credit(year: Year, step: Step) -> None:
    open_ones = set(open_deposits().values_list("pk", flat=True))
    invoices = Invoice.objects.filter(state=InvoiceState.ISSUED, corrections=None).exclude(kind=InvoiceKind.CREDIT_NOTE)
    chosen = [
        invoice for invoice in invoices.order_by("pk") if invoice.kind != InvoiceKind.DEPOSIT or invoice.pk in open_ones
    ]
    if chosen:
        invoice = chosen[step.pick % len(chosen)]
        issue_credit_note(invoice=invoice, reason="Geste commercial", by=accountant(), on=year.day)


def _credit_part(year: Year, step: Step) -> None:
    """A part, or all that is left, of one VAT rate of an invoice."""
    invoices = Invoice.objects.filter(state=InvoiceState.ISSUED).exclude(kind=InvoiceKind.CREDIT_NOTE)
    chosen = list(invoices.order_by("pk"))
    if not chosen:
        return
    invoice = chosen[step.pick % len(chosen)]
    state = creditable(invoice)
    row = state.rows[step.cents % len(state.rows)]
    content = CreditContent(amounts={row.key: _part(row.net_left, step)})
    is_taken_off = invoice.kind == InvoiceKind.DEPOSIT and not open_deposits().filter(pk=invoice.pk).exists()
    if not is_taken_off and not state.is_spent and not credit_problems(state, content):
        issue_credit_note(invoice=invoice, reason="Remise", by=accountant(), on=year.day, content=content)


def _replace(year: Year, step: Step) -> None:
    """A corrective invoice that asks for the first line alone; payments then follow it."""
    invoices = Invoice.objects.filter(state=InvoiceState.ISSUED, corrections=None, kind=InvoiceKind.INVOICE)
    chosen = list(invoices.exclude(lines__deducts__isnull=False).order_by("pk"))
    if not chosen:
        return
    invoice = chosen[step.pick % len(chosen)]
    draft = draft_corrective(invoice=invoice, reason="Erreur de saisie", by=accountant())
    line = invoice.lines.select_related("vat_code").order_by("position")[0]
    content = DraftContent(
        activity=draft.activity,
        customer=draft.customer,
        lines=[make_line("Rectifié", str(line.quantity), str(line.unit_price), line.vat_code.code, nature=line.nature)],
    )
    draft = save_draft(invoice=draft, content=replace(content, terms=SaleTerms()), by=accountant())
    submit_invoice(invoice=draft, by=accountant(), on=year.day)
    approve_invoice(invoice=draft, by=accountant(), on=year.day)
    corrective = issue_invoice(invoice=draft, by=accountant(), on=year.day)
    settle_corrective(corrective=corrective, by=accountant(), on=year.day)


def _settle_credit(year: Year, step: Step) -> None:
    """Offset a credit note against its invoice, or give its money back."""
    credit_note = open_credit_notes().first()
    if credit_note is None or credit_note.customer is None:
        return
    owed = -credit_note.remaining  # type: ignore[attr-defined]
    target = offset_target(credit_note)
    debt = outstanding_invoices(accountant(), on=year.day).filter(pk=target.pk).first()
    if debt is not None:
        amount = _part(min(owed, debt.remaining), step)  # type: ignore[attr-defined]
        offset_credit_note(credit_note=credit_note, invoice=target, amount=amount, by=accountant(), on=year.day)
    else:
        refund_customer(
            customer=credit_note.customer,
            credit_note=credit_note,
            amount=_part(owed, step),
            refunded_on=year.day,
            method=PaymentMethod.CASH,
            by=accountant(),
        )


def _doubt(year: Year, step: Step) -> None:
    owed = list(outstanding_invoices(accountant(), on=year.day).filter(doubt=None))
    if owed:
        invoice = owed[step.pick % len(owed)]
        declare_doubtful(invoice=invoice, on=year.day, reason="Sans nouvelles", by=accountant())


def _lose(year: Year, step: Step) -> None:
    owed = list(outstanding_invoices(accountant(), on=year.day))
    if owed:
        invoice = owed[step.pick % len(owed)]
        amount = _part(invoice.remaining, step)  # type: ignore[attr-defined]
        write_off(invoice=invoice, amount=amount, on=year.day, reason="Liquidation", by=accountant())


def _release(year: Year, _step: Step) -> None:
    invoice = retained_invoices(accountant()).first()
    if invoice is not None:
        release_retention(invoice=invoice, on=year.day, due_on=year.day, by=accountant())


def _close(year: Year, _step: Step) -> None:
    """Lock the month before this one, and close its payments."""
    period = Period.objects.filter(ends_on__lt=year.day).order_by("-ends_on").first()
    if period is not None and period.state == PeriodState.OPEN:
        close_payments(kind=ClosingKind.MONTH, day=period.starts_on, by=accountant())
        lock_period(period=period, by=accountant())


def _close_year(year: Year, _step: Step) -> None:
    """Close every fiscal year that is over."""
    close_years(before=year.day, on=year.day)


def close_years(*, before: date, on: date) -> None:
    """Close the fiscal years that end before a day; the month that receives the openings is unlocked for them."""
    for past in FiscalYear.objects.filter(ends_on__lt=before, closed_on=None).order_by("starts_on"):
        for period in Period.objects.filter(starts_on=past.ends_on + ONE_DAY, state=PeriodState.LOCKED):
            unlock_period(period=period, reason="À-nouveaux", by=accountant())
        close_fiscal_year(year=past, on=on, by=accountant())


ACTS: dict[str, Callable[[Year, Step], None]] = {
    "issue": _issue,
    "pay": _pay,
    "wait": _wait,
    "allocate": _allocate,
    "bounce": _bounce,
    "remit": _remit,
    "refund": _refund,
    "credit": _credit,
    "credit part": _credit_part,
    "replace": _replace,
    "settle credit": _settle_credit,
    "doubt": _doubt,
    "lose": _lose,
    "release": _release,
    "close": _close,
    "close year": _close_year,
}
USUAL = ["issue"] * 5 + ["pay"] * 5 + ["credit", "credit part", "settle credit", "allocate"] + list(ACTS)


def step_of(*acts: str) -> st.SearchStrategy[Step]:
    """Any step that does one of these."""
    return st.builds(
        Step,
        act=st.sampled_from(acts),
        days=st.integers(0, 50),
        pick=st.integers(0, 29),
        share=st.integers(1, 999),
        cents=st.integers(1, 250_000),
    )


steps = st.builds(
    lambda first, rest: [*first, *rest],
    st.lists(step_of("issue"), min_size=2, max_size=4),
    st.lists(step_of(*USUAL), min_size=6, max_size=20),
)
