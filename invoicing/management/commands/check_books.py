"""`manage.py check_books`: proves the books, and that documents and payments agree with them.

The ledger proves what it knows (`LEDGER_CHECKS`); it never reads the rooms above it, so what joins them to it is proved
here, at the top. A room that posts entries adds its check to `CHECKS`.
"""

from collections.abc import Iterator
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from cae_backoffice.core.audit import check_chain
from invoicing.activity_accounts.queries.figures import statements_apart
from invoicing.ledger.queries import LEDGER_CHECKS, BookCheck, sql_check
from invoicing.payments.queries import verify_payment_chain

MOST_SHOWN = 50

# Documents from before the first fiscal year were never in these books.
DOCUMENTS = """
    SELECT invoice.number, posted.entries, coalesce(posted.owed, 0), invoice.gross
    FROM invoicing_invoice AS invoice
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT entry.id) AS entries,
               sum(line.debit - line.credit) FILTER (WHERE account.number LIKE '411%') AS owed
        FROM invoicing_entry AS entry
        JOIN invoicing_journal AS journal ON journal.id = entry.journal_id AND journal.code = 'VT'
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id
        WHERE entry.source_type = 'invoicing.invoice' AND entry.source_id = invoice.id AND entry.reverses_id IS NULL
    ) AS posted ON true
    WHERE invoice.state = 'ISSUED' AND invoice.issued_on >= (SELECT min(starts_on) FROM invoicing_fiscalyear)
      AND (posted.entries <> 1 OR coalesce(posted.owed, 0) <> invoice.gross)
    ORDER BY invoice.id
"""

# By customer: what the entries of documents, payments and losses left on 411, 4117 and 416, against what documents
# still wait for less what receipts hold in advance; what was refunded of a receipt that bounced is owed again. Manual
# entries are not the documents'.
RECEIVABLES = """
    WITH booked AS (
        SELECT auxiliary.code, sum(line.debit - line.credit) AS amount
        FROM invoicing_entryline AS line
        JOIN invoicing_account AS account
          ON account.id = line.account_id AND account.number IN ('411', '4117', '416')
        JOIN invoicing_auxiliary AS auxiliary ON auxiliary.id = line.auxiliary_id
        JOIN invoicing_entry AS entry ON entry.id = line.entry_id
        WHERE entry.source_type IN
            ('invoicing.invoice', 'invoicing.receipt', 'invoicing.refund', 'invoicing.writeoff')
        GROUP BY auxiliary.code
    ), waiting AS (
        SELECT 'C' || lpad(invoice.customer_id::text, 6, '0') AS code,
               invoice.gross - coalesce(paid.amount, 0) AS amount
        FROM invoicing_invoice AS invoice
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM invoicing_allocation GROUP BY invoice_id) AS paid
          ON paid.invoice_id = invoice.id
        WHERE invoice.state = 'ISSUED' AND invoice.issued_on >= (SELECT min(starts_on) FROM invoicing_fiscalyear)
        UNION ALL
        SELECT auxiliary.code, coalesce(allocated.amount, 0) + coalesce(refunded.amount, 0) - receipt.amount
        FROM invoicing_receipt AS receipt
        JOIN invoicing_entryline AS rest ON rest.id = receipt.rest_line_id
        JOIN invoicing_account AS account ON account.id = rest.account_id AND account.number LIKE '411%'
        JOIN invoicing_auxiliary AS auxiliary ON auxiliary.id = rest.auxiliary_id
        LEFT JOIN (SELECT receipt_id, sum(amount) AS amount FROM invoicing_allocation GROUP BY receipt_id) AS allocated
          ON allocated.receipt_id = receipt.id
        LEFT JOIN (SELECT receipt_id, sum(amount) AS amount FROM invoicing_refund GROUP BY receipt_id) AS refunded
          ON refunded.receipt_id = receipt.id
        WHERE NOT EXISTS (SELECT 1 FROM invoicing_bounce AS bounce WHERE bounce.receipt_id = receipt.id)
        UNION ALL
        SELECT auxiliary.code, refund.amount
        FROM invoicing_refund AS refund
        JOIN invoicing_bounce AS bounce ON bounce.receipt_id = refund.receipt_id
        JOIN invoicing_entryline AS line ON line.id = refund.line_id
        JOIN invoicing_auxiliary AS auxiliary ON auxiliary.id = line.auxiliary_id
    ), expected AS (SELECT code, sum(amount) AS amount FROM waiting GROUP BY code)
    SELECT coalesce(booked.code, expected.code), coalesce(booked.amount, 0), coalesce(expected.amount, 0)
    FROM booked FULL JOIN expected ON expected.code = booked.code
    WHERE coalesce(booked.amount, 0) <> coalesce(expected.amount, 0)
    ORDER BY 1
"""


# What the entries of documents, payments and losses moved on both VAT accounts, against the VAT rows: due at issue, due
# by payment, taken back by losses; and what still waits.
VAT = """
    WITH booked AS (
        SELECT account.number, sum(line.credit - line.debit) AS amount
        FROM invoicing_entryline AS line
        JOIN invoicing_account AS account ON account.id = line.account_id AND account.number IN ('44571', '44574')
        JOIN invoicing_entry AS entry ON entry.id = line.entry_id
        WHERE entry.source_type IN
            ('invoicing.invoice', 'invoicing.receipt', 'invoicing.refund', 'invoicing.writeoff')
        GROUP BY account.number
    ), issued AS (
        SELECT sum(row.vat - row.pending) AS due, sum(row.pending) AS pending
        FROM invoicing_invoicevat AS row JOIN invoicing_invoice AS invoice ON invoice.id = row.invoice_id
        WHERE invoice.issued_on >= (SELECT min(starts_on) FROM invoicing_fiscalyear)
    ), settled AS (
        SELECT sum(part.due_vat) AS released,
               sum(CASE WHEN allocation.write_off_id IS NULL THEN part.due_vat ELSE part.due_vat - part.vat END) AS due
        FROM invoicing_allocationvat AS part
        JOIN invoicing_allocation AS allocation ON allocation.id = part.allocation_id
    ), expected AS (
        SELECT '44571' AS number, coalesce(issued.due, 0) + coalesce(settled.due, 0) AS amount FROM issued, settled
        UNION ALL
        SELECT '44574', coalesce(issued.pending, 0) - coalesce(settled.released, 0) FROM issued, settled
    )
    SELECT expected.number, coalesce(booked.amount, 0), expected.amount
    FROM expected LEFT JOIN booked ON booked.number = expected.number
    WHERE coalesce(booked.amount, 0) <> expected.amount
    ORDER BY 1
"""


# Shares from before the first fiscal year are in the balances taken over.
CAPITAL = """
    WITH expected AS (
        SELECT id, number, CASE kind WHEN 'TRANSFER' THEN amount - paid ELSE amount END AS capital
        FROM members_sharemovement
        WHERE effective_on >= (SELECT min(starts_on) FROM invoicing_fiscalyear)
    ), booked AS (
        SELECT entry.source_id AS id, sum(line.credit - line.debit) AS capital
        FROM invoicing_entry AS entry
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id AND account.number = '1013'
        WHERE entry.source_type = 'members.sharemovement'
        GROUP BY entry.source_id
    )
    SELECT expected.number, coalesce(booked.capital, 0), expected.capital
    FROM expected LEFT JOIN booked ON booked.id = expected.id
    WHERE coalesce(booked.capital, 0) <> expected.capital
    ORDER BY expected.number
"""


# An accepted transfer moves its amount from one activity to the other on one account: the general ledger stays at zero.
TRANSFERS = """
    SELECT transfer.number, transfer.amount, coalesce(posted.paid, 0), coalesce(posted.received, 0), posted.rest
    FROM invoicing_internaltransfer AS transfer
    LEFT JOIN LATERAL (
        SELECT sum(line.debit - line.credit) FILTER (WHERE line.activity_id = transfer.payer_id) AS paid,
               sum(line.credit - line.debit) FILTER (WHERE line.activity_id = transfer.payee_id) AS received,
               count(DISTINCT line.account_id) - 1 AS rest
        FROM invoicing_entryline AS line WHERE line.entry_id = transfer.entry_id
    ) AS posted ON true
    WHERE transfer.state = 'ACCEPTED'
      AND (posted.paid IS DISTINCT FROM transfer.amount OR posted.received IS DISTINCT FROM transfer.amount
           OR posted.rest <> 0)
    ORDER BY transfer.id
"""


def statement_faults() -> Iterator[str]:
    """The activities and months whose statement is not the ledger's, or whose turnover is not the payments'."""
    for apart in statements_apart():
        where = f"activité {apart.activity_id}, {apart.month:%m/%Y}, {apart.figure}"
        yield f"{where}\u00a0: {apart.stated} au compte, {apart.booked} dans les livres"


def payment_chain_faults() -> Iterator[str]:
    """The first event and the first closing of the payments' record that do not hold."""
    check = verify_payment_chain()
    if check.first_broken_event is not None:
        yield f"événement de paiement {check.first_broken_event}\u00a0: l’empreinte ne correspond pas"
    if check.first_broken_closing is not None:
        yield f"clôture {check.first_broken_closing}\u00a0: l’empreinte ou les totaux ne correspondent pas"


def audit_chain_faults() -> Iterator[str]:
    """The first event of the audit trail that does not hold."""
    broken = check_chain().first_broken
    if broken is not None:
        yield f"événement d’audit {broken}\u00a0: l’empreinte ne correspond pas"


CHECKS: tuple[BookCheck, ...] = (
    *LEDGER_CHECKS,
    sql_check(
        "Chaque document émis a exactement son écriture de vente",
        DOCUMENTS,
        "{0}\u00a0: {1} écriture(s), {2} au compte client pour {3} TTC",
    ),
    sql_check(
        "Les créances des clients sont leurs documents impayés, moins leurs avances",
        RECEIVABLES,
        "client {0}\u00a0: {1} dans les livres, {2} selon les documents",
    ),
    sql_check(
        "La TVA exigible et la TVA en attente sont celles des documents et de leurs paiements",
        VAT,
        "compte {0}\u00a0: {1} dans les livres, {2} selon les documents",
    ),
    sql_check(
        "Chaque mouvement de parts a son écriture de capital",
        CAPITAL,
        "mouvement {0}\u00a0: {1} au capital dans les livres, {2} selon le registre",
    ),
    sql_check(
        "Les transferts entre activités ne bougent que leurs comptes, et leur somme est nulle",
        TRANSFERS,
        "transfert {0} de {1}\u00a0: {2} versé, {3} reçu dans les livres, {4} autre(s) compte(s)",
    ),
    BookCheck("Le compte de chaque activité, mois par mois, est celui des livres", statement_faults),
    BookCheck("La chaîne des paiements est entière", payment_chain_faults),
    BookCheck("Le journal d’audit est entier", audit_chain_faults),
)


class Command(BaseCommand):
    """Prints each proof with what breaks it; exit code 1 when anything does."""

    help = "Prouve que les livres sont exacts, et que documents et encaissements s'accordent avec eux."

    def handle(self, *_args: object, **_options: object) -> None:
        """Every check, even after one fails."""
        found = sum(self._run(check) for check in CHECKS)
        if found:
            raise CommandError(f"{found} anomalie(s).")
        self.stdout.write("Les livres sont exacts.")

    def _run(self, check: BookCheck) -> int:
        faults = check.faults()
        shown = list(islice(faults, MOST_SHOWN))
        count = len(shown) + sum(1 for _ in faults)
        self.stdout.write(f"{'NON' if count else 'oui'}  {check.label}")
        for fault in shown:
            self.stdout.write(f"     - {fault}")
        if count > len(shown):
            self.stdout.write(f"     … et {count - len(shown)} autre(s)")
        return count
