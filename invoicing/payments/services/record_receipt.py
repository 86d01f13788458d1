"""Recording money that came in."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.text import tidy
from invoicing.customers.models import Customer
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Auxiliary, EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.enums import PaymentEventKind
from invoicing.payments.models import Allocation, Receipt
from invoicing.payments.rules import CUSTOMERS, WAITING, amount_errors, deposit_account
from invoicing.payments.services.check import refuse_invalid, refuse_unless_allowed
from invoicing.payments.services.events import record_event
from invoicing.payments.services.number import RECEIPT, allocate_number, reserved_id
from invoicing.payments.services.settle import settle_documents
from invoicing.payments.services.shares import (
    Share,
    Wanted,
    auxiliaries_of,
    customer_line,
    posted_lines,
    shares_of,
    vat_lines,
    write_shares,
)
from members.people.models import User


@transaction.atomic
def record_receipt(
    *,
    method: str,
    received_on: date,
    amount: Decimal,
    payer: str,
    customer: Customer | None,
    allocations: Wanted = (),
    by: User,
    reference: str = "",
    bank_name: str = "",
    cheque_number: str = "",
) -> Receipt:
    """Record a receipt and what it pays, in one entry dated that day. What is not allocated stays on the customer's
    account, or waits on 471 when the customer is unknown.

    Refused: no amount in cents, more allocated than received or than is owed, another customer's invoice (the same
    SIREN is the same customer), a draft, a day that is closed or before an invoice's issue.
    """
    refuse_unless_allowed(by, received_on)
    receipt = Receipt(
        method=method,
        received_on=received_on,
        amount=amount,
        payer=tidy(payer) or (customer.name if customer else ""),
        reference=tidy(reference),
        customer=customer,
        bank_name=tidy(bank_name),
        cheque_number=tidy(cheque_number),
    )
    _refuse_wrong(receipt, allocations)
    shares = shares_of(allocations, customer=customer, on=received_on)
    lines = _post(receipt, shares, by)[1 : len(shares) + 1]
    written = write_shares(shares, lines=lines, entry=receipt.entry, on=received_on, by=by, receipt=receipt)
    _record(receipt, written, by)
    settle_documents([share.invoice for share in shares], on=received_on, by=by)
    changes = {"amount": amount, "method": method, "factures": [share.invoice.number for share in shares]}
    audit.record(by=by, action="receipt.recorded", subject=receipt, changes=changes)
    return receipt


def _refuse_wrong(receipt: Receipt, allocations: Wanted) -> None:
    reasons = amount_errors(receipt.amount)
    allocated = sum((amount for _, amount in allocations), ZERO)
    if not reasons and allocated > receipt.amount:
        reasons.append(
            f"L’encaissement est de {format_euros(receipt.amount)}\u00a0: on ne peut en affecter "
            f"{format_euros(allocated)}."
        )
    if reasons:
        raise RefusalError(reasons)
    refuse_invalid(receipt, "number", "entry", "rest_line", "remittance", "customer")
    if receipt.method != "CHEQUE" and (receipt.bank_name or receipt.cheque_number):
        raise RefusalError("Seul un chèque a une banque et un numéro de chèque.")


def _post(receipt: Receipt, shares: list[Share], by: User) -> list[EntryLine]:
    """Number, post and write the receipt; the lines are the bank's, the shares', the rest's and the VAT's."""
    receipt.number = allocate_number(prefix=RECEIPT, on=receipt.received_on)
    receipt.pk = reserved_id(Receipt)
    auxiliaries = auxiliaries_of([receipt.customer, *(share.invoice.customer for share in shares)])
    rest = receipt.amount - sum((share.amount for share in shares), ZERO)
    label = f"{receipt.number} {receipt.payer}"[:160]
    drafts = [LineDraft(deposit_account(receipt.method), debit=receipt.amount, label=label)]
    drafts += [customer_line(share, auxiliaries, f"{receipt.number} {share.invoice.number}") for share in shares]
    if rest:
        drafts.append(_rest_line(receipt, rest, auxiliaries))
    drafts += vat_lines(shares)
    receipt.entry = post_entry(
        entry=EntryDraft(
            journal=JournalCode.BANK,
            entry_on=receipt.received_on,
            voucher_number=receipt.number,
            voucher_on=receipt.received_on,
            label=label,
            lines=tuple(drafts),
            source_type=Receipt._meta.label_lower,
            source_id=receipt.pk,
        ),
        by=by,
    )
    lines = posted_lines(receipt.entry)
    receipt.rest_line = lines[len(shares) + 1] if rest else None
    receipt.save(force_insert=True)
    return lines


def _rest_line(receipt: Receipt, rest: Decimal, auxiliaries: dict[int, Auxiliary]) -> LineDraft:
    label = f"{receipt.number} à affecter"
    if receipt.customer is None:
        return LineDraft(WAITING, credit=rest, label=f"{label} {receipt.payer}"[:160])
    return LineDraft(
        CUSTOMERS,
        credit=rest,
        label=label,
        activity_id=receipt.customer.activity_id,
        auxiliary_id=auxiliaries[receipt.customer.pk].pk,
    )


def _record(receipt: Receipt, allocations: list[Allocation], by: User) -> None:
    details = {"receipt": receipt.pk, "number": receipt.number, "method": receipt.method, "entry": receipt.entry_id}
    on = receipt.received_on
    record_event(kind=PaymentEventKind.RECEIVED, on=on, amount=receipt.amount, details=details, by=by)
    record_allocations(receipt, allocations, on=on, by=by)


def record_allocations(receipt: Receipt, allocations: list[Allocation], *, on: date, by: User) -> None:
    """One event per allocation of a receipt."""
    for allocation in allocations:
        details = {"receipt": receipt.pk, "allocation": allocation.pk, "invoice": allocation.invoice_id}
        record_event(kind=PaymentEventKind.ALLOCATED, on=on, amount=allocation.amount, details=details, by=by)
