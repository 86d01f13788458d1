"""Allocating what is left of a receipt."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.customers.models import Customer
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.models import Receipt
from invoicing.payments.queries import locked_receipts, receipt_left, standing_allocations
from invoicing.payments.rules import WAITING
from invoicing.payments.services.check import refuse_before, refuse_beyond, refuse_bounced, refuse_unless_allowed
from invoicing.payments.services.declare_doubtful import count_on_again
from invoicing.payments.services.record_receipt import record_allocations
from invoicing.payments.services.settle import settle_documents, settle_rest
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
def allocate_receipt(*, receipt: Receipt, allocations: Wanted, by: User, on: date) -> Receipt:
    """Let what is left of a receipt pay invoices.

    From an over-payment nothing moves on 411: only the VAT becomes due. From 471 the amount goes to the customer's
    account; the first allocation tells whose receipt it is. Refused as in `record_receipt`, and beyond what is left.
    """
    refuse_unless_allowed(by, on)
    (locked,) = locked_receipts([receipt])
    refuse_bounced(locked)
    refuse_before(locked, on)
    if not allocations:
        raise RefusalError("Choisissez au moins une facture.")
    total = sum((amount for _, amount in allocations), ZERO)
    refuse_beyond(total, receipt_left(locked), f"L’encaissement {locked.number}")
    shares = shares_of(allocations, customer=locked.customer or _found_customer(locked, allocations), on=on)
    if locked.customer is None:
        entry = _take_from_waiting(locked, shares, on, by)
        lines = posted_lines(entry)[: len(shares)]
        written = write_shares(shares, lines=lines, entry=entry, on=on, by=by, receipt=locked)
    else:
        _refuse_other_accounts(locked.customer, shares)
        for share in shares:
            count_on_again(share.invoice, share.amount, on=on, by=by)
        due_entry = _make_due(locked, shares, on, by)
        rests = [locked.rest_line] * len(shares)
        written = write_shares(shares, lines=rests, entry=due_entry, on=on, by=by, receipt=locked)
    record_allocations(locked, written, on=on, by=by)
    settle_documents([share.invoice for share in shares], on=on, by=by)
    if locked.customer is None:
        settle_rest(locked, on=on, by=by)
    changes = {"factures": [share.invoice.number for share in shares], "amount": total}
    audit.record(by=by, action="receipt.allocated", subject=locked, changes=changes)
    return locked


def _found_customer(receipt: Receipt, allocations: Wanted) -> Customer | None:
    """Whose money was waiting: the customer of what it already pays, else of the first invoice it is to pay."""
    earlier = standing_allocations(receipt)
    return earlier[0].invoice.customer if earlier else allocations[0][0].customer


def _refuse_other_accounts(customer: Customer, shares: list[Share]) -> None:
    for share in shares:
        if share.invoice.customer_id != customer.pk:
            raise RefusalError(
                f"Le trop-perçu est au compte de {customer} ({customer.activity})\u00a0: {share.invoice} est à un "
                "autre compte."
            )


def _take_from_waiting(receipt: Receipt, shares: list[Share], on: date, by: User) -> Entry:
    auxiliaries = auxiliaries_of(share.invoice.customer for share in shares)
    total = sum((share.amount for share in shares), ZERO)
    lines = [customer_line(share, auxiliaries, f"{receipt.number} {share.invoice.number}") for share in shares]
    waiting = LineDraft(WAITING, debit=total, label=f"{receipt.number} affecté {on:%d/%m/%Y}")
    return post_entry(entry=_draft(receipt, [*lines, waiting, *vat_lines(shares)], on), by=by)


def _make_due(receipt: Receipt, shares: list[Share], on: date, by: User) -> Entry | None:
    lines = vat_lines(shares)
    auxiliaries_of([receipt.customer])
    return post_entry(entry=_draft(receipt, lines, on), by=by) if lines else None


def _draft(receipt: Receipt, lines: list[LineDraft], on: date) -> EntryDraft:
    return EntryDraft(
        journal=JournalCode.MISCELLANEOUS,
        entry_on=on,
        voucher_number=receipt.number,
        voucher_on=receipt.received_on,
        label=f"Affectation {receipt.number} {receipt.payer}"[:160],
        lines=tuple(lines),
        source_type=Receipt._meta.label_lower,
        source_id=receipt.pk,
    )
