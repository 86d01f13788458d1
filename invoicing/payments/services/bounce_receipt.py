"""A receipt that the bank takes back."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.text import tidy
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Auxiliary, EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.ledger.services.match_settled import match_if_settled
from invoicing.payments.enums import PaymentEventKind, PaymentMethod
from invoicing.payments.models import Allocation, Bounce, Receipt
from invoicing.payments.queries import (
    locked_documents,
    locked_receipts,
    parts_of,
    receivable_account,
    settlement_group,
    standing_allocations,
)
from invoicing.payments.rules import BANK, CHEQUES, CUSTOMERS, WAITING
from invoicing.payments.services.check import refuse_before, refuse_bounced, refuse_invalid, refuse_unless_allowed
from invoicing.payments.services.events import record_event
from invoicing.payments.services.settle import settle_documents, settle_rest, unsettle
from invoicing.payments.services.shares import (
    Share,
    auxiliaries_of,
    customer_line,
    posted_lines,
    vat_lines,
    write_shares,
)
from members.people.models import User


@transaction.atomic
def bounce_receipt(*, receipt: Receipt, on: date, reason: str, by: User) -> Bounce:
    """Take a receipt back by an opposite entry: its allocations are reversed, their VAT is pending again.

    What was refunded of it is owed by the customer again. Refused: twice, cash, before what it undoes, no reason.
    """
    refuse_unless_allowed(by, on)
    (locked,) = locked_receipts([receipt])
    refuse_bounced(locked)
    refuse_before(locked, on)
    if locked.method == PaymentMethod.CASH:
        raise RefusalError("Des espèces ne reviennent pas impayées.")
    standing = standing_allocations(locked)
    last_on = max((allocation.allocated_on for allocation in standing), default=on)
    if on < last_on:
        raise RefusalError(f"L’encaissement a été affecté le {last_on:%d/%m/%Y}\u00a0: il ne peut être rejeté avant.")
    bounce = Bounce(receipt=locked, bounced_on=on, reason=tidy(reason))
    refuse_invalid(bounce, "receipt", "entry", "line")
    documents = locked_documents(allocation.invoice_id for allocation in standing)
    shares = [_undone(allocation) for allocation in standing]
    auxiliaries = auxiliaries_of([locked.customer, *(document.customer for document in documents.values())])
    lines = _post(bounce, shares, auxiliaries, by)
    reversals = write_shares(
        shares, lines=lines[: len(shares)], entry=bounce.entry, on=on, by=by, receipt=locked, reversed_ones=standing
    )
    details = {"receipt": locked.pk, "bounce": bounce.pk, "reversals": [reversal.pk for reversal in reversals]}
    record_event(kind=PaymentEventKind.BOUNCED, on=on, amount=-locked.amount, details=details, by=by)
    _match_again(bounce, shares, lines, by)
    changes = {
        "bounced_on": on,
        "reason": bounce.reason,
        "factures": [document.number for document in documents.values()],
    }
    audit.record(by=by, action="receipt.bounced", subject=locked, changes=changes)
    return bounce


def _undone(allocation: Allocation) -> Share:
    parts = tuple(-part for part in parts_of(allocation.vat_rows.all()))
    return Share(allocation.invoice, -allocation.amount, parts, receivable_account(allocation.invoice))


def _post(bounce: Bounce, shares: list[Share], auxiliaries: dict[int, Auxiliary], by: User) -> list[EntryLine]:
    """Post the opposite entry and write the bounce; the lines are the shares', the rest's, the bank's, the VAT's."""
    receipt = bounce.receipt
    rest = receipt.amount + sum((share.amount for share in shares), ZERO)
    drafts = [customer_line(share, auxiliaries, f"{receipt.number} {share.invoice.number} impayé") for share in shares]
    if rest:
        drafts.append(_rest_line(receipt, rest, auxiliaries))
    drafts += [LineDraft(_account_left(receipt), credit=receipt.amount), *vat_lines(shares)]
    bounce.entry = post_entry(
        entry=EntryDraft(
            journal=JournalCode.BANK,
            entry_on=bounce.bounced_on,
            voucher_number=receipt.number,
            voucher_on=bounce.bounced_on,
            label=f"{receipt.number} impayé {receipt.payer}"[:160],
            lines=tuple(drafts),
            source_type=Receipt._meta.label_lower,
            source_id=receipt.pk,
        ),
        by=by,
    )
    lines = posted_lines(bounce.entry)
    bounce.line = lines[len(shares)] if rest else None
    bounce.save(force_insert=True)
    return lines


def _account_left(receipt: Receipt) -> str:
    """The account that the money had reached: a cheque not yet remitted is still at hand."""
    return CHEQUES if receipt.method == PaymentMethod.CHEQUE and receipt.remittance_id is None else BANK


def _rest_line(receipt: Receipt, rest: Decimal, auxiliaries: dict[int, Auxiliary]) -> LineDraft:
    label = f"{receipt.number} reste impayé"
    if receipt.customer is None:
        return LineDraft(WAITING, debit=rest, label=label)
    return LineDraft(
        CUSTOMERS,
        debit=rest,
        label=label,
        activity_id=receipt.customer.activity_id,
        auxiliary_id=auxiliaries[receipt.customer.pk].pk,
    )


def _match_again(bounce: Bounce, shares: list[Share], lines: list[EntryLine], by: User) -> None:
    """The invoices are owed again: their letters go. What the bounce itself settles gets one."""
    receipt, on = bounce.receipt, bounce.bounced_on
    documents = [share.invoice for share in shares]
    unsettle(settlement_group(documents=[document.pk for document in documents]).lines, by=by)
    settle_documents(documents, on=on, by=by)
    settle_rest(receipt, on=on, by=by)
    if _account_left(receipt) == CHEQUES:
        cheque = receipt.entry.lines.filter(account__number=CHEQUES).values_list("pk", flat=True)
        match_if_settled({*cheque, *(line.pk for line in lines if line.account.number == CHEQUES)}, on=on, by=by)
