"""A receivable that is lost for good."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.text import tidy
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import post_entry
from invoicing.payments.enums import PaymentEventKind
from invoicing.payments.models import WriteOff
from invoicing.payments.queries import locked_documents
from invoicing.payments.rules import LOSSES, VAT_DUE, VAT_PENDING
from invoicing.payments.services.check import refuse_beyond, refuse_invalid, refuse_unless_allowed
from invoicing.payments.services.events import record_event
from invoicing.payments.services.number import reserved_id
from invoicing.payments.services.settle import settle_documents
from invoicing.payments.services.shares import (
    Share,
    auxiliaries_of,
    customer_line,
    owed_now,
    posted_lines,
    share_of,
    write_shares,
)
from members.people.models import User


@transaction.atomic
def write_off(*, invoice: Invoice, amount: Decimal, on: date, reason: str, by: User) -> WriteOff:
    """Give up an amount (incl. VAT) of what is left of an invoice: 654 bears it excl. VAT.

    Its VAT that waited for the payment never becomes due; what was due at issue is taken back from the State, for the
    loss is final (CGI 272-1). Refused: beyond what is left, no reason.
    """
    refuse_unless_allowed(by, on)
    document = locked_documents([invoice.pk])[invoice.pk]
    refuse_beyond(amount, owed_now(document, on), str(document))
    share = share_of(document, amount)
    loss = WriteOff(invoice=document, written_off_on=on, reason=tidy(reason), amount=amount, written_off_by=by)
    refuse_invalid(loss, "invoice", "entry", "written_off_by")
    _post(loss, share, by)
    (line, *_) = posted_lines(loss.entry)
    (allocation,) = write_shares([share], lines=[line], entry=loss.entry, on=on, by=by, write_off=loss)
    details = {"write_off": loss.pk, "allocation": allocation.pk, "invoice": document.pk}
    record_event(kind=PaymentEventKind.LOST, on=on, amount=amount, details=details, by=by)
    settle_documents([document], on=on, by=by)
    changes = {"written_off_on": on, "amount": amount, "reason": loss.reason}
    audit.record(by=by, action="invoice.written_off", subject=document, changes=changes)
    return loss


def _post(loss: WriteOff, share: Share, by: User) -> None:
    document = loss.invoice
    loss.pk = reserved_id(WriteOff)
    label = f"{document.number} créance irrécouvrable"
    pending = sum((part.due_vat for part in share.parts), ZERO)
    amounts = (
        (LOSSES, sum((part.net for part in share.parts), ZERO)),
        (VAT_DUE, sum((part.vat for part in share.parts), ZERO) - pending),
        (VAT_PENDING, pending),
    )
    lines: list[LineDraft] = [customer_line(share, auxiliaries_of([document.customer]), label)]
    lines += [signed(account, due, label=label, activity_id=document.activity_id) for account, due in amounts if due]
    loss.entry = post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=loss.written_off_on,
            voucher_number=document.number or "",
            voucher_on=document.issued_on or loss.written_off_on,
            label=label,
            lines=tuple(lines),
            source_type=WriteOff._meta.label_lower,
            source_id=loss.pk,
        ),
        by=by,
    )
    loss.save(force_insert=True)
