"""What is read of payments: what is paid and what is left, and whether their record is whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import DateField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import Period
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import EntryLine, FiscalYear, Matching
from invoicing.payments.enums import PaymentMethod, PaymentState
from invoicing.payments.models import (
    Allocation,
    AllocationVat,
    Bounce,
    DoubtfulReceivable,
    PaymentClosing,
    PaymentEvent,
    Receipt,
    Refund,
    held_back,
    paid_so_far,
)
from invoicing.payments.rules import (
    CUSTOMERS,
    DOUBTFUL,
    RETENTIONS,
    ChainCheck,
    DocumentRow,
    Part,
    RateKey,
    state_of,
    summed,
)

BROKEN_EVENT = """
    SELECT position FROM (
        SELECT position, previous_hash, hash,
               lag(hash, 1, '') OVER (ORDER BY position) AS expected_previous,
               row_number() OVER (ORDER BY position) AS expected_position,
               invoicing_payment_event_hash(previous_hash, position, recorded_at, author_id, kind, happened_on, amount,
                                            details) AS expected_hash
        FROM invoicing_paymentevent
    ) AS chain
    WHERE previous_hash <> expected_previous OR position <> expected_position OR hash <> expected_hash
    ORDER BY position LIMIT 1
"""
BROKEN_CLOSING = """
    SELECT position FROM (
        SELECT closing.*,
               lag(hash, 1, '') OVER (ORDER BY position) AS expected_previous,
               row_number() OVER (ORDER BY position) AS expected_position,
               invoicing_payment_closing_hash(previous_hash, position, recorded_at, author_id, kind, starts_on, ends_on,
                   event_count, total, running_total, last_position) AS expected_hash,
               (SELECT count(*) FROM invoicing_paymentevent
                WHERE happened_on BETWEEN starts_on AND ends_on) AS expected_count,
               (SELECT coalesce(sum(amount), 0) FROM invoicing_paymentevent AS event
                WHERE happened_on BETWEEN starts_on AND ends_on
                  AND event.kind IN ('RECEIVED', 'BOUNCED', 'REFUNDED')) AS expected_total,
               (SELECT coalesce(sum(amount), 0) FROM invoicing_paymentevent AS event
                WHERE event.position <= closing.last_position
                  AND event.kind IN ('RECEIVED', 'BOUNCED', 'REFUNDED')) AS expected_running
        FROM invoicing_paymentclosing AS closing
    ) AS chain
    WHERE previous_hash <> expected_previous OR position <> expected_position OR hash <> expected_hash
       OR event_count <> expected_count OR total <> expected_total OR running_total <> expected_running
    ORDER BY position LIMIT 1
"""


def paid_amount(invoice: Invoice) -> Decimal:
    """All that was allocated to a document, reversals deducted; negative on a credit note."""
    return Allocation.objects.filter(invoice=invoice).aggregate(total=Sum("amount"))["total"] or ZERO


def documents_with_paid(documents: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Annotate documents with `paid`, `held` (the retention still kept) and `remaining`, what they wait for now."""
    return documents.annotate(paid=paid_so_far(), held=held_back()).annotate(
        remaining=F("gross") - F("paid") - F("held")
    )


def outstanding_invoices(user: HoldsRoles, *, on: date) -> QuerySet[Invoice]:
    """Issued invoices that still wait for money, the most overdue first, with `paid`, `remaining` and `days_late`."""
    late = Func(Value(on, output_field=DateField()), F("due_on"), function="date_mi", output_field=IntegerField())
    return (
        documents_with_paid(Invoice.objects.visible_to(user))
        .filter(Q(remaining__gt=0), state=InvoiceState.ISSUED)
        .annotate(days_late=Greatest(late, 0))
        .select_related("customer", "activity")
        .order_by("due_on", "pk")
    )


def open_credit_notes() -> QuerySet[Invoice]:
    """Credit notes not yet wholly offset or refunded, with `paid` and `remaining` (both negative or zero)."""
    return (
        documents_with_paid(Invoice.objects.filter(state=InvoiceState.ISSUED, kind=InvoiceKind.CREDIT_NOTE))
        .filter(Q(remaining__lt=0))
        .select_related("customer", "corrects")
        .order_by("-issued_on", "-pk")
    )


def offset_target(credit_note: Invoice) -> Invoice:
    """The invoice that a credit note is set off against: the one it corrects, or, once that one waits for
    nothing more, the corrective invoice that contains it.
    """
    candidates = Invoice.objects.filter(Q(corrections=credit_note) | Q(cancellation=credit_note))
    waiting = documents_with_paid(candidates).filter(Q(remaining__gt=0)).order_by("pk").first()
    return waiting or candidates.get(corrections=credit_note)


def payment_state(invoice: Invoice, *, on: date) -> PaymentState | None:
    """Where the payment of a document stands on a day; None before it is issued. A `paid` annotation is used."""
    if invoice.due_on is None:
        return None
    paid = invoice.paid if hasattr(invoice, "paid") else paid_amount(invoice)
    lost = Allocation.objects.filter(invoice=invoice, write_off__isnull=False).aggregate(total=Sum("amount"))["total"]
    due_on = invoice.due_on
    if hasattr(invoice, "release") and paid >= invoice.gross - invoice.retention:
        due_on = invoice.release.due_on
    held = held_of(invoice)
    return state_of(gross=invoice.gross, paid=paid, due_on=due_on, on=on, held=held, lost=lost or ZERO)


def receipt_list(user: HoldsRoles) -> QuerySet[Receipt]:
    """The receipts someone may see, the latest first, with what is `left` of each."""
    return Receipt.objects.visible_to(user).with_left().select_related("customer", "remittance", "bounce")


def unallocated_receipts(user: HoldsRoles) -> QuerySet[Receipt]:
    """Receipts with something left to allocate or refund, the oldest first."""
    return receipt_list(user).filter(Q(left__gt=0)).order_by("received_on", "pk")


def cheques_to_remit(user: HoldsRoles) -> QuerySet[Receipt]:
    """Cheques that no remittance holds and that did not bounce."""
    return receipt_list(user).filter(method=PaymentMethod.CHEQUE, remittance=None, bounce=None)


def receipt_left(receipt: Receipt) -> Decimal:
    """What is left of one receipt."""
    left: Decimal = Receipt.objects.with_left().get(pk=receipt.pk).left  # type: ignore[attr-defined]  # annotated
    return left


def is_closed(on: date) -> bool:
    """Whether the payments of this day are closed."""
    return PaymentClosing.objects.filter(starts_on__lte=on, ends_on__gte=on).exists()


def fiscal_year_of(day: date) -> Period | None:
    """The days of the fiscal year that holds this day."""
    year = FiscalYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
    return Period(year.starts_on, year.ends_on) if year else None


def verify_payment_chain() -> ChainCheck:
    """Recompute every hash and total in the database."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_EVENT)
        event = cursor.fetchone()
        cursor.execute(BROKEN_CLOSING)
        closing = cursor.fetchone()
    return ChainCheck(
        events=PaymentEvent.objects.count(),
        closings=PaymentClosing.objects.count(),
        first_broken_event=event[0] if event else None,
        first_broken_closing=closing[0] if closing else None,
    )


def held_of(invoice: Invoice) -> Decimal:
    """The retention on a document that its customer may still keep."""
    return ZERO if hasattr(invoice, "release") else invoice.retention


def receivable_account(invoice: Invoice) -> str:
    """Where what is owed on an issued document stands: 411, or 416 once it is doubtful."""
    return DOUBTFUL if DoubtfulReceivable.objects.filter(invoice=invoice).exists() else CUSTOMERS


def locked_receipts(receipts: Iterable[Receipt]) -> list[Receipt]:
    """The receipts as they stand now, locked in one order to the end of the transaction."""
    ids = {receipt.pk for receipt in receipts}
    locked = Receipt.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "bounce")
    return list(locked.filter(pk__in=ids).order_by("pk"))


def locked_documents(ids: Iterable[int]) -> dict[int, Invoice]:
    """The documents as they stand now, locked in one order to the end of the transaction."""
    documents = Invoice.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "release")
    return {document.pk: document for document in documents.filter(pk__in=set(ids)).order_by("pk")}


def document_rows(invoice: Invoice) -> list[DocumentRow]:
    """The VAT rows of an issued document, in one order."""
    return [
        DocumentRow(row.category, row.rate, row.net, row.vat, row.pending)
        for row in InvoiceVat.objects.filter(invoice=invoice).order_by("category", "-rate")
    ]


def recorded_parts(invoice: Invoice) -> dict[RateKey, Part]:
    """What was paid of each VAT row of a document, reversals deducted."""
    return summed(parts_of(AllocationVat.objects.filter(allocation__invoice=invoice)))


def parts_of(rows: Iterable[AllocationVat]) -> list[Part]:
    """Stored parts as values."""
    return [Part(row.category, row.rate, net=row.net, vat=row.vat, due_vat=row.due_vat) for row in rows]


def standing_allocations(receipt: Receipt) -> list[Allocation]:
    """The allocations of a receipt that were not taken back."""
    standing = receipt.allocations.filter(reverses=None, reversed_by=None)
    return list(standing.select_related("invoice__customer").prefetch_related("vat_rows").order_by("pk"))


@dataclass(frozen=True)
class SettlementGroup:
    """Documents and the lines of their customers' accounts (411, 4117, 416) that settle one another through
    allocations, directly or by the rest of a receipt.
    """

    documents: frozenset[int]
    lines: frozenset[int]


def settlement_group(*, documents: Iterable[int] = (), receipts: Iterable[int] = ()) -> SettlementGroup:
    """Everything that belongs together with these documents, or with the rests of these receipts."""
    found, rests = set(documents), set(receipts)
    while True:
        links = Allocation.objects.filter(
            Q(invoice__in=found) | Q(credit_note__in=found) | Q(line__in=_rest_lines(rests))
        ).values_list("invoice_id", "credit_note_id", "line_id")
        rows = list(links)
        lines = {line for _, _, line in rows if line}
        more = {pk for invoice, credit_note, _ in rows for pk in (invoice, credit_note) if pk}
        more_rests = set(Receipt.objects.filter(rest_line__in=lines).values_list("pk", flat=True))
        if more <= found and more_rests <= rests:
            break
        found |= more
        rests |= more_rests
    lines |= {line for line in _rest_lines(rests) if line} | set(_document_lines(found))
    lines |= set(Refund.objects.filter(receipt__in=rests).values_list("line", flat=True))
    lines |= set(Bounce.objects.filter(receipt__in=rests, line__isnull=False).values_list("line", flat=True))
    return SettlementGroup(frozenset(found), frozenset(lines))


def _rest_lines(receipts: set[int]) -> QuerySet[Receipt, int | None]:
    rests = Receipt.objects.filter(pk__in=receipts, rest_line__account__number=CUSTOMERS)
    return rests.values_list("rest_line", flat=True)


def _document_lines(documents: set[int]) -> QuerySet[EntryLine, int]:
    return EntryLine.objects.filter(
        account__number__in=(CUSTOMERS, RETENTIONS, DOUBTFUL),
        entry__source_type=Invoice._meta.label_lower,
        entry__source_id__in=documents,
    ).values_list("pk", flat=True)


def document_line(invoice: Invoice) -> EntryLine:
    """The line of 411 that the issue of a document posted; refused for one from before the books."""
    line = EntryLine.objects.filter(
        pk__in=_document_lines({invoice.pk}), account__number=CUSTOMERS, entry__journal__code=JournalCode.SALES
    ).first()
    if line is None:
        raise RefusalError(f"Le document {invoice.number} n’a pas d’écriture de vente.")
    return line


def open_matchings(lines: Iterable[int]) -> list[Matching]:
    """The letters that these lines bear, but those that a closed year holds: its books do not change."""
    borne = EntryLine.objects.filter(pk__in=set(lines), matching__isnull=False).values("matching")
    closed = EntryLine.objects.filter(matching=OuterRef("pk"), entry__fiscal_year__closed_on__isnull=False)
    return list(Matching.objects.filter(~Exists(closed), pk__in=borne).order_by("pk"))
