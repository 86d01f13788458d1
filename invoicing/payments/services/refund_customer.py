"""Giving money back to a customer."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.enums import PaymentEventKind
from invoicing.payments.models import Receipt, Refund
from invoicing.payments.queries import locked_documents, locked_receipts, paid_amount, receipt_left
from invoicing.payments.rules import CUSTOMERS, paying_account
from invoicing.payments.services.check import (
    refuse_before,
    refuse_beyond,
    refuse_bounced,
    refuse_invalid,
    refuse_unless_allowed,
)
from invoicing.payments.services.events import record_event
from invoicing.payments.services.number import REFUND, allocate_number, reserved_id
from invoicing.payments.services.settle import settle_documents, settle_rest
from invoicing.payments.services.shares import Share, auxiliaries_of, posted_lines, share_of, vat_lines, write_shares
from members.people.models import User


@transaction.atomic
def refund_customer(
    *,
    customer: Customer,
    amount: Decimal,
    refunded_on: date,
    method: str,
    by: User,
    receipt: Receipt | None = None,
    credit_note: Invoice | None = None,
) -> Refund:
    """Give back an over-payment (`receipt`) or what a credit note owes (`credit_note`): one of both, named.

    Refunding a credit note takes the VAT back that its invoice's payment had made due. Refused beyond what is left,
    and to another customer.
    """
    refuse_unless_allowed(by, refunded_on)
    if (receipt is None) == (credit_note is None):
        raise RefusalError("Choisissez ce qui est remboursé\u00a0: un encaissement ou un avoir.")
    refund = Refund(customer=customer, amount=amount, refunded_on=refunded_on, method=method)
    shares: list[Share] = []
    if receipt is not None:
        refund.receipt = _receipt_to_refund(receipt, refund)
    elif credit_note is not None:
        refund.credit_note = _credit_note_to_refund(credit_note, refund)
        shares = [share_of(refund.credit_note, -amount)]
    refuse_invalid(refund, "number", "entry", "line", "customer", "receipt", "credit_note")
    _post(refund, shares, by)
    write_shares(shares, lines=[refund.line] * len(shares), entry=refund.entry, on=refunded_on, by=by, refund=refund)
    details = {"refund": refund.pk, "receipt": refund.receipt_id, "credit_note": refund.credit_note_id}
    record_event(kind=PaymentEventKind.REFUNDED, on=refunded_on, amount=-amount, details=details, by=by)
    settle_documents([share.invoice for share in shares], on=refunded_on, by=by)
    if refund.receipt is not None:
        settle_rest(refund.receipt, on=refunded_on, by=by)
    audit.record(by=by, action="refund.refunded", subject=refund, changes={"amount": amount, "customer": str(customer)})
    return refund


def _receipt_to_refund(receipt: Receipt, refund: Refund) -> Receipt:
    (locked,) = locked_receipts([receipt])
    refuse_bounced(locked)
    refuse_before(locked, refund.refunded_on)
    if locked.customer_id != refund.customer.pk:
        raise RefusalError(f"L’encaissement {locked.number} n’est pas au compte de {refund.customer}.")
    refuse_beyond(refund.amount, receipt_left(locked), f"L’encaissement {locked.number}")
    return locked


def _credit_note_to_refund(credit_note: Invoice, refund: Refund) -> Invoice:
    locked = locked_documents([credit_note.pk])[credit_note.pk]
    if locked.kind != InvoiceKind.CREDIT_NOTE or locked.state != InvoiceState.ISSUED or locked.issued_on is None:
        raise RefusalError(f"{locked} n’est pas un avoir émis.")
    if refund.refunded_on < locked.issued_on:
        raise RefusalError(f"{locked} n’est émis que le {locked.issued_on:%d/%m/%Y}.")
    if locked.customer_id != refund.customer.pk:
        raise RefusalError(f"{locked} n’est pas au nom de {refund.customer}.")
    refuse_beyond(refund.amount, paid_amount(locked) - locked.gross, str(locked))
    return locked


def _post(refund: Refund, shares: list[Share], by: User) -> None:
    """Post the entry and write the refund that it makes."""
    refund.number = allocate_number(prefix=REFUND, on=refund.refunded_on)
    refund.pk = reserved_id(Refund)
    auxiliary = auxiliaries_of([refund.customer])[refund.customer.pk]
    label = f"{refund.number} {refund.customer.name}"[:160]
    given = LineDraft(
        CUSTOMERS,
        debit=refund.amount,
        label=label,
        activity_id=refund.customer.activity_id,
        auxiliary_id=auxiliary.pk,
        due_on=refund.credit_note.due_on if refund.credit_note else None,
    )
    refund.entry = post_entry(
        entry=EntryDraft(
            journal=JournalCode.BANK,
            entry_on=refund.refunded_on,
            voucher_number=refund.number,
            voucher_on=refund.refunded_on,
            label=label,
            lines=(given, LineDraft(paying_account(refund.method), credit=refund.amount), *vat_lines(shares)),
            source_type=Refund._meta.label_lower,
            source_id=refund.pk,
        ),
        by=by,
    )
    refund.line = posted_lines(refund.entry)[0]
    refund.save(force_insert=True)
