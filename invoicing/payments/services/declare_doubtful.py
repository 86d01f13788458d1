"""A payment that has become doubtful."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import EntryDraft, signed
from invoicing.ledger.services import post_entry
from invoicing.payments.models import DoubtfulReceivable
from invoicing.payments.queries import locked_documents, receivable_account
from invoicing.payments.rules import CUSTOMERS, DOUBTFUL
from invoicing.payments.services.check import refuse_invalid, refuse_unless_allowed
from invoicing.payments.services.settle import settle_documents
from invoicing.payments.services.shares import auxiliaries_of, owed_now
from members.people.models import User


@transaction.atomic
def declare_doubtful(*, invoice: Invoice, on: date, reason: str, by: User) -> DoubtfulReceivable:
    """Move what is left of an invoice from 411 to 416: it is still owed, and no longer counted on.

    What is paid of it afterwards settles 416. Refused: nothing left, twice, no reason.
    """
    refuse_unless_allowed(by, on)
    document = locked_documents([invoice.pk])[invoice.pk]
    amount = owed_now(document, on)
    if hasattr(document, "doubt"):
        raise RefusalError(f"{document} est déjà douteuse depuis le {document.doubt.declared_on:%d/%m/%Y}.")
    doubt = DoubtfulReceivable(invoice=document, declared_on=on, reason=tidy(reason), amount=amount, declared_by=by)
    refuse_invalid(doubt, "invoice", "entry", "declared_by")
    doubt.entry = _move(document, {DOUBTFUL: amount, CUSTOMERS: -amount}, f"{document.number} créance douteuse", on, by)
    doubt.save(force_insert=True)
    settle_documents([document], on=on, by=by)
    changes = {"declared_on": on, "amount": amount, "reason": doubt.reason}
    audit.record(by=by, action="invoice.doubtful", subject=document, changes=changes)
    return doubt


def count_on_again(document: Invoice, amount: Decimal, *, on: date, by: User) -> None:
    """Move an amount of a doubtful invoice back to 411, where the money that settles it already is."""
    if receivable_account(document) == DOUBTFUL:
        _move(document, {CUSTOMERS: amount, DOUBTFUL: -amount}, f"{document.number} n’est plus douteuse", on, by)


def _move(document: Invoice, amounts: dict[str, Decimal], label: str, on: date, by: User) -> Entry:
    """Post what moves between the customer's accounts; debits are positive."""
    auxiliary = auxiliaries_of([document.customer])[document.customer_id or 0]
    lines = tuple(
        signed(
            account,
            amount,
            label=label,
            activity_id=document.activity_id,
            auxiliary_id=auxiliary.pk,
            due_on=document.due_on,
        )
        for account, amount in amounts.items()
    )
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number=document.number or "",
            voucher_on=document.issued_on or on,
            label=label,
            lines=lines,
            source_type=Invoice._meta.label_lower,
            source_id=document.pk,
        ),
        by=by,
    )
