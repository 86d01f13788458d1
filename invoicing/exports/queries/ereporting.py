"""What is reported to the State instead of invoiced through platforms (flux 10): sales and payments, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from invoicing.exports.enums import OperationCategory
from invoicing.exports.queries.vat import VAT_MOVED

# The circuit of a document is frozen in its copy; a copy written before the reform tells consumers by their kind. The
# cancellation inside a corrective invoice goes the way of that invoice.
TREATMENT = """
    coalesce(nullif(snapshot.content ->> 'treatment', ''),
             CASE snapshot.content -> 'buyer' ->> 'kind' WHEN 'CONSUMER' THEN 'B2C' ELSE 'B2B' END)
"""
SNAPSHOT = "invoicing_issuedsnapshot AS snapshot ON snapshot.invoice_id = coalesce(invoice.within_id, invoice.id)"
# Each VAT row of a document, cut into its goods and its services: the lines of goods at their own sum, services the
# rest with every discount on the document. The parts of a row sum to it.
SALES = f"""
    WITH cut AS (
        SELECT invoice.id, invoice.issued_on, {TREATMENT} AS treatment, row.category, row.rate, row.net, row.vat,
               CASE WHEN lines.goods = lines.lines AND lines.lines > 0 THEN row.net
                    ELSE coalesce(lines.goods_net, 0) END AS goods_net,
               CASE WHEN lines.goods = lines.lines AND lines.lines > 0 THEN row.vat
                    ELSE round(coalesce(lines.goods_net, 0) * row.rate / 100, 2) END AS goods_vat
        FROM invoicing_invoice AS invoice
        JOIN {SNAPSHOT}
        JOIN invoicing_invoicevat AS row ON row.invoice_id = invoice.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS lines, count(*) FILTER (WHERE line.nature = 'GOODS') AS goods,
                   sum(line.net) FILTER (WHERE line.nature = 'GOODS') AS goods_net
            FROM invoicing_invoiceline AS line JOIN invoicing_vatcode AS code ON code.id = line.vat_code_id
            WHERE line.invoice_id = invoice.id AND code.category = row.category AND code.rate = row.rate
        ) AS lines
        WHERE invoice.state = 'ISSUED' AND invoice.issued_on BETWEEN %(starts_on)s AND %(ends_on)s
    ), part AS (
        SELECT id, issued_on, treatment, rate, goods_net AS net, goods_vat AS vat,
               CASE WHEN rate = 0 THEN 'TNT1' ELSE 'TLB1' END AS operation
        FROM cut
        UNION ALL
        SELECT id, issued_on, treatment, rate, net - goods_net, vat - goods_vat,
               CASE WHEN rate = 0 THEN 'TNT1' ELSE 'TPS1' END
        FROM cut
    )
    SELECT issued_on, treatment, operation, rate, count(DISTINCT id), sum(net), sum(vat)
    FROM part WHERE treatment IN ('B2C', 'B2BINT') AND (net <> 0 OR vat <> 0)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2 DESC, 3, 4 DESC
"""  # noqa: S608  only parts of SQL of this module
PAYMENTS = f"""
    {VAT_MOVED}
    SELECT counted.moved_on, {TREATMENT}, counted.rate, count(DISTINCT allocation.id), sum(counted.base),
           sum(counted.vat)
    FROM counted
    JOIN invoicing_allocation AS allocation ON allocation.id = counted.allocation_id
    JOIN invoicing_invoice AS invoice ON invoice.id = counted.invoice_id
    JOIN {SNAPSHOT}
    WHERE counted.timing = 'PAYMENT' AND allocation.credit_note_id IS NULL AND {TREATMENT} IN ('B2C', 'B2BINT')
    GROUP BY 1, 2, 3 ORDER BY 1, 2 DESC, 3 DESC
"""  # noqa: S608  only parts of SQL of this module


@dataclass(frozen=True)
class ReportedSales:
    """The sales of a day at a rate, of one category of operations: how many documents, and what they sum to.

    `treatment` is B2C for consumers, B2BINT for companies of other countries. Credit notes are deducted.
    """

    day: date
    treatment: str
    operation: OperationCategory
    rate: Decimal
    documents: int
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class ReportedPayments:
    """What was received in a day at a rate for services whose VAT is due on payment, less what was given back."""

    day: date
    treatment: str
    rate: Decimal
    payments: int
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """Incl. VAT, as it is reported."""
        return self.net + self.vat


def reported_sales(*, starts_on: date, ends_on: date) -> list[ReportedSales]:
    """The sales to report of a period, both days included, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(SALES, {"starts_on": starts_on, "ends_on": ends_on})
        return [
            ReportedSales(day, treatment, OperationCategory(operation), *sums)
            for day, treatment, operation, *sums in cursor.fetchall()
        ]


def reported_payments(*, starts_on: date, ends_on: date) -> list[ReportedPayments]:
    """The payments to report of a period, both days included, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(PAYMENTS, {"starts_on": starts_on, "ends_on": ends_on, "activity": None})
        return [ReportedPayments(*row) for row in cursor.fetchall()]
