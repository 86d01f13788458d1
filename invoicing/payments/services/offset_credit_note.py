"""Letting a credit note settle its invoice."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import EntryDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.enums import PaymentEventKind
from invoicing.payments.models import Allocation
from invoicing.payments.queries import document_line, locked_documents
from invoicing.payments.rules import amount_errors
from invoicing.payments.services.check import refuse_unless_allowed
from invoicing.payments.services.declare_doubtful import count_on_again
from invoicing.payments.services.events import record_event
from invoicing.payments.services.settle import settle_documents
from invoicing.payments.services.shares import Share, auxiliaries_of, share_of, vat_lines, write_shares
from members.people.models import User


@transaction.atomic
def offset_credit_note(*, credit_note: Invoice, invoice: Invoice, amount: Decimal, by: User, on: date) -> Allocation:
    """Set a credit note off against the invoice it corrects, or a cancellation against the corrective invoice that
    contains it: both are settled by `amount`, nothing moves on 411.

    The VAT pending on both sides cancels; only a cent of rounding between them may have to be posted. Refused beyond
    what is left of either, for another invoice, before the credit note's date.
    """
    refuse_unless_allowed(by, on)
    documents = locked_documents([credit_note.pk, invoice.pk])
    credit, debt = documents[credit_note.pk], documents[invoice.pk]
    _refuse_wrong(credit, debt, amount, on)
    shares = [share_of(debt, amount), share_of(credit, -amount)]
    count_on_again(debt, amount, on=on, by=by)
    entry = _post(credit, debt, shares, on, by)
    line = document_line(credit)
    allocation, _ = write_shares(shares, lines=[line, line], entry=entry, on=on, by=by, credit_note=credit)
    details = {"credit_note": credit.pk, "invoice": debt.pk, "allocation": allocation.pk}
    record_event(kind=PaymentEventKind.OFFSET, on=on, amount=amount, details=details, by=by)
    settle_documents([debt], on=on, by=by)
    audit.record(by=by, action="invoice.offset", subject=debt, changes={"avoir": credit.number, "amount": amount})
    return allocation


def _refuse_wrong(credit: Invoice, debt: Invoice, amount: Decimal, on: date) -> None:
    reasons = amount_errors(amount)
    if credit.kind != InvoiceKind.CREDIT_NOTE or credit.state != InvoiceState.ISSUED or credit.issued_on is None:
        reasons.append(f"{credit} n’est pas un avoir émis.")
    elif debt.pk not in {credit.corrects_id, credit.within_id}:
        reasons.append(f"{credit} ne corrige pas {debt}.")
    elif on < credit.issued_on:
        reasons.append(f"{credit} n’est émis que le {credit.issued_on:%d/%m/%Y}.")
    if reasons:
        raise RefusalError(reasons)


def _post(credit: Invoice, debt: Invoice, shares: list[Share], on: date, by: User) -> Entry | None:
    lines = vat_lines(shares)
    auxiliaries_of([debt.customer])
    if not lines:
        return None
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number=credit.number or "",
            voucher_on=credit.issued_on or on,
            label=f"{credit.number} imputé sur {debt.number}",
            lines=tuple(lines),
            source_type=Invoice._meta.label_lower,
            source_id=credit.pk,
        ),
        by=by,
    )
