"""Matching letters of what payments settle."""

from collections.abc import Iterable
from datetime import date

from invoicing.invoices.models import Invoice
from invoicing.ledger.models import EntryLine
from invoicing.ledger.services import unmatch
from invoicing.ledger.services.match_settled import match_if_settled
from invoicing.payments.models import Receipt
from invoicing.payments.queries import open_matchings, settlement_group
from invoicing.payments.rules import WAITING
from members.people.models import User


def settle_documents(documents: Iterable[Invoice], *, on: date, by: User) -> None:
    """Give a letter to each group of 411 lines around these documents that sums to zero."""
    done: set[int] = set()
    for document in documents:
        if document.pk not in done:
            group = settlement_group(documents=[document.pk])
            done |= group.documents
            match_if_settled(group.lines, on=on, by=by)


def settle_rest(receipt: Receipt, *, on: date, by: User) -> None:
    """The same around what was left of a receipt, on the customer's account or waiting on 471."""
    if receipt.rest_line is None:
        return
    match_if_settled(settlement_group(receipts=[receipt.pk]).lines, on=on, by=by)
    match_if_settled(_waiting_lines(receipt), on=on, by=by)


def unsettle(lines: Iterable[int], *, by: User) -> None:
    """Take the letters off these lines; those of a closed year stay, its books do not change."""
    for matching in open_matchings(lines):
        unmatch(matching=matching, by=by)


def _waiting_lines(receipt: Receipt) -> set[int]:
    """The lines of 471 of the receipt's entries."""
    entries = {receipt.entry_id, *receipt.allocations.filter(entry__isnull=False).values_list("entry", flat=True)}
    entries |= {receipt.bounce.entry_id} if hasattr(receipt, "bounce") else set()
    return set(EntryLine.objects.filter(entry__in=entries, account__number=WAITING).values_list("pk", flat=True))
