"""What a period made due: VAT at issue and by payment, and what the ledger says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cae_backoffice.core.money import ZERO
from invoicing.exports.rules.vat_return import (
    COLLECTED,
    CREDIT,
    TAKEN_BACK,
    VatKey,
    VatMovement,
    VatReturn,
    box_of,
    fill_return,
    form_boxes,
)
from invoicing.ledger.models import Account
from invoicing.ledger.queries import LedgerScope, balance_before

# VAT that became due in a period: at issue (the part of a document's VAT that is not pending), and by payment. Money
# and set-offs only count as payment. Whatever else settles a document is a loss: the VAT that waited never becomes due,
# what was due at issue is taken back from the State (CGI 272-1). The base follows the tax; that of a payment is
# reckoned on all payments so far, so that a document paid in full has its whole base.
VAT_MOVED = """
    WITH vat_row AS NOT MATERIALIZED (
        SELECT row.*, coalesce(round(row.net * row.pending / nullif(row.vat, 0), 2), 0) AS pending_net,
               EXISTS (SELECT 1 FROM invoicing_invoiceline AS line
                       JOIN invoicing_vatcode AS code ON code.id = line.vat_code_id
                       WHERE line.invoice_id = row.invoice_id AND code.category = row.category AND code.rate = row.rate
                         AND code.code LIKE 'DOM%%') AS is_overseas
        FROM invoicing_invoicevat AS row
    ), paid AS (
        SELECT allocation.id AS allocation_id, allocation.allocated_on AS moved_on, part.due_vat AS vat,
               vat_row.invoice_id, vat_row.category, vat_row.rate, vat_row.is_overseas,
               round(sum(part.net) OVER so_far * vat_row.pending / nullif(vat_row.vat, 0), 2)
               - round((sum(part.net) OVER so_far - part.net) * vat_row.pending / nullif(vat_row.vat, 0), 2) AS base
        FROM invoicing_allocation AS allocation
        JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
        JOIN vat_row ON (vat_row.invoice_id, vat_row.category, vat_row.rate)
                        = (allocation.invoice_id, part.category, part.rate)
        WHERE coalesce(allocation.receipt_id, allocation.credit_note_id, allocation.refund_id) IS NOT NULL
          AND vat_row.pending <> 0
          AND allocation.invoice_id IN (
              SELECT invoice_id FROM invoicing_allocation WHERE allocated_on BETWEEN %(starts_on)s AND %(ends_on)s)
        WINDOW so_far AS (PARTITION BY allocation.invoice_id, part.category, part.rate ORDER BY allocation.id)
    ), moved AS (
        SELECT invoice.issued_on AS moved_on, 'ISSUE' AS timing, NULL::bigint AS allocation_id,
               invoice.id AS invoice_id, vat_row.category, vat_row.rate, vat_row.is_overseas,
               vat_row.net - vat_row.pending_net AS base, vat_row.vat - vat_row.pending AS vat
        FROM vat_row JOIN invoicing_invoice AS invoice ON invoice.id = vat_row.invoice_id
        WHERE invoice.state = 'ISSUED' AND invoice.issued_on BETWEEN %(starts_on)s AND %(ends_on)s
        UNION ALL
        SELECT moved_on, 'PAYMENT', allocation_id, invoice_id, category, rate, is_overseas, coalesce(base, 0), vat
        FROM paid WHERE moved_on BETWEEN %(starts_on)s AND %(ends_on)s
        UNION ALL
        SELECT allocation.allocated_on, 'LOSS', allocation.id, vat_row.invoice_id, vat_row.category, vat_row.rate,
               vat_row.is_overseas, 0, part.due_vat - part.vat
        FROM invoicing_allocation AS allocation
        JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
        JOIN vat_row ON (vat_row.invoice_id, vat_row.category, vat_row.rate)
                        = (allocation.invoice_id, part.category, part.rate)
        WHERE coalesce(allocation.receipt_id, allocation.credit_note_id, allocation.refund_id) IS NULL
          AND allocation.allocated_on BETWEEN %(starts_on)s AND %(ends_on)s
    ), counted AS (
        SELECT moved.* FROM moved JOIN invoicing_invoice AS invoice ON invoice.id = moved.invoice_id
        WHERE (moved.base <> 0 OR moved.vat <> 0)
          AND (%(activity)s::bigint IS NULL OR invoice.activity_id = %(activity)s::bigint)
    )
"""
VAT_SUMMED = """
    SELECT category, rate, is_overseas,
           coalesce(sum(base) FILTER (WHERE timing = 'ISSUE'), 0),
           coalesce(sum(vat) FILTER (WHERE timing = 'ISSUE'), 0),
           coalesce(sum(base) FILTER (WHERE timing = 'PAYMENT'), 0),
           coalesce(sum(vat) FILTER (WHERE timing = 'PAYMENT'), 0),
           coalesce(sum(vat) FILTER (WHERE timing = 'LOSS'), 0)
    FROM counted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
VAT_LISTED = """
    SELECT counted.moved_on, counted.timing, counted.invoice_id, invoice.number, customer.name, activity.name,
           receipt.id, coalesce(receipt.number, credit_note.number, refund.number, ''),
           counted.category, counted.rate, counted.is_overseas, counted.base, counted.vat
    FROM counted
    JOIN invoicing_invoice AS invoice ON invoice.id = counted.invoice_id
    JOIN invoicing_customer AS customer ON customer.id = invoice.customer_id
    JOIN members_activity AS activity ON activity.id = invoice.activity_id
    LEFT JOIN invoicing_allocation AS allocation ON allocation.id = counted.allocation_id
    LEFT JOIN invoicing_receipt AS receipt ON receipt.id = allocation.receipt_id
    LEFT JOIN invoicing_invoice AS credit_note ON credit_note.id = allocation.credit_note_id
    LEFT JOIN invoicing_refund AS refund ON refund.id = allocation.refund_id
    ORDER BY counted.moved_on, counted.timing, invoice.number, counted.allocation_id
"""
VAT_ACCOUNTS = """
    SELECT asked.number, coalesce(sum(line.debit - line.credit), 0)
    FROM unnest(%(numbers)s::text[]) AS asked(number)
    JOIN invoicing_account AS account ON account.number LIKE asked.number || '%%'
    JOIN invoicing_entryline AS line ON line.account_id = account.id
    JOIN invoicing_entry AS entry ON entry.id = line.entry_id
    JOIN invoicing_journal AS journal ON journal.id = entry.journal_id
    WHERE line.entry_on BETWEEN %(starts_on)s AND %(ends_on)s AND entry.state = 'VALIDATED' AND journal.code <> 'AN'
      AND (%(activity)s::bigint IS NULL OR line.activity_id = %(activity)s::bigint)
      AND NOT EXISTS (
          SELECT 1 FROM invoicing_entryline AS other JOIN invoicing_account AS settled ON settled.id = other.account_id
          WHERE other.entry_id = entry.id AND (settled.number LIKE '44551%%' OR settled.number LIKE '44567%%'))
    GROUP BY asked.number
"""


@dataclass(frozen=True)
class VatDetail:
    """One document or payment behind a line of the VAT return."""

    moved_on: date
    timing: str
    invoice_id: int
    number: str
    customer: str
    activity: str
    receipt_id: int | None
    source: str
    category: str
    rate: Decimal
    is_overseas: bool
    base: Decimal
    vat: Decimal

    @property
    def key(self) -> VatKey:
        """What kind of row it is."""
        return VatKey(self.category, self.rate, self.is_overseas)

    @property
    def box(self) -> str:
        """The line of the form that it goes to."""
        return TAKEN_BACK if self.timing == "LOSS" else box_of(self.key)


def vat_movements(*, starts_on: date, ends_on: date, activity_id: int | None = None) -> list[VatMovement]:
    """What a period made due, by kind of VAT row, in one query; of one activity where it is named."""
    with connection.cursor() as cursor:
        cursor.execute(VAT_MOVED + VAT_SUMMED, _vat_period(starts_on, ends_on, activity_id))
        return [VatMovement(VatKey(*row[:3]), *row[3:]) for row in cursor.fetchall()]


def vat_details(*, starts_on: date, ends_on: date, activity_id: int | None = None) -> list[VatDetail]:
    """The same, document by document and payment by payment, in order of date."""
    with connection.cursor() as cursor:
        cursor.execute(VAT_MOVED + VAT_LISTED, _vat_period(starts_on, ends_on, activity_id))
        return [VatDetail(*row) for row in cursor.fetchall()]


def vat_accounts(
    numbers: Iterable[str], *, starts_on: date, ends_on: date, activity_id: int | None = None
) -> dict[str, Decimal]:
    """Debit less credit of accounts and their sub-accounts over a period, without opening nor settlement of VAT.

    The entry that settles a period's VAT moves 44551 or 44567 against these accounts: it is no operation of the period.
    """
    with connection.cursor() as cursor:
        cursor.execute(VAT_ACCOUNTS, {**_vat_period(starts_on, ends_on, activity_id), "numbers": list(numbers)})
        return dict(cursor.fetchall())


def vat_return(*, starts_on: date, ends_on: date, activity_id: int | None = None) -> VatReturn:
    """The VAT return of a period, filled from documents, payments and the ledger."""
    period: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "activity_id": activity_id}
    numbers = [COLLECTED, *(box.account for box in form_boxes() if box.fills == "deductible")]
    credit = ZERO
    if not activity_id:
        credit = balance_before(LedgerScope(account=Account.objects.get(number=CREDIT)), day=starts_on)
    return fill_return(
        vat_movements(**period),
        accounts=vat_accounts(numbers, **period),
        credit_before=credit,
    )


def _vat_period(starts_on: date, ends_on: date, activity_id: int | None) -> dict[str, Any]:
    return {"starts_on": starts_on, "ends_on": ends_on, "activity": activity_id}
