"""Taking cheques to the bank."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.ledger.services.match_settled import match_if_settled
from invoicing.payments.enums import PaymentEventKind, PaymentMethod
from invoicing.payments.models import ChequeRemittance, Receipt
from invoicing.payments.queries import locked_receipts
from invoicing.payments.rules import BANK, CHEQUES
from invoicing.payments.services.check import refuse_unless_allowed
from invoicing.payments.services.events import record_event
from invoicing.payments.services.number import REMITTANCE, allocate_number, reserved_id
from members.people.models import User


@transaction.atomic
def remit_cheques(*, receipts: Iterable[Receipt], on: date, by: User) -> ChequeRemittance:
    """Take cheques from 5112 to the bank under one number. Refused, with every reason: what is no cheque, is already
    remitted, bounced, or was received later.
    """
    refuse_unless_allowed(by, on)
    locked = locked_receipts(receipts)
    reasons = [reason for receipt in locked for reason in _reasons(receipt, on)]
    if not locked:
        reasons.append("Choisissez au moins un chèque.")
    if reasons:
        raise RefusalError(reasons)
    number = allocate_number(prefix=REMITTANCE, on=on)
    total = sum((receipt.amount for receipt in locked), ZERO)
    remittance = ChequeRemittance(pk=reserved_id(ChequeRemittance), number=number, remitted_on=on, total=total)
    remittance.created_by = by
    remittance.entry = _post(remittance, locked, by)
    remittance.save(force_insert=True)
    ids = [receipt.pk for receipt in locked]
    Receipt.objects.filter(pk__in=ids).update(remittance=remittance)
    details = {"remittance": remittance.pk, "number": number, "receipts": ids}
    record_event(kind=PaymentEventKind.REMITTED, on=on, amount=total, details=details, by=by)
    entries = [remittance.entry.pk, *(receipt.entry_id for receipt in locked)]
    cheques = EntryLine.objects.filter(entry__in=entries, account__number=CHEQUES)
    match_if_settled(cheques.values_list("pk", flat=True), on=on, by=by)
    audit.record(
        by=by, action="chequeremittance.remitted", subject=remittance, changes={"total": total, "chèques": len(ids)}
    )
    return remittance


def _reasons(receipt: Receipt, on: date) -> list[str]:
    if receipt.method != PaymentMethod.CHEQUE:
        return [f"L’encaissement {receipt.number} n’est pas un chèque."]
    if receipt.remittance_id:
        return [f"Le chèque {receipt.number} est déjà remis."]
    if hasattr(receipt, "bounce"):
        return [f"Le chèque {receipt.number} a été rejeté."]
    if on < receipt.received_on:
        return [f"Le chèque {receipt.number} n’a été reçu que le {receipt.received_on:%d/%m/%Y}."]
    return []


def _post(remittance: ChequeRemittance, receipts: list[Receipt], by: User) -> Entry:
    cheques = (
        LineDraft(CHEQUES, credit=receipt.amount, label=f"{receipt.number} remis {remittance.number}")
        for receipt in receipts
    )
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.BANK,
            entry_on=remittance.remitted_on,
            voucher_number=remittance.number,
            voucher_on=remittance.remitted_on,
            label=f"Remise de chèques {remittance.number}",
            lines=(LineDraft(BANK, debit=remittance.total), *cheques),
            source_type=ChequeRemittance._meta.label_lower,
            source_id=remittance.pk,
        ),
        by=by,
    )
