"""What every activity did, month by month and contract by contract: one statement for all of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection, transaction

from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.contributions.enums import ContractType
from invoicing.contributions.rules.figures import ActivityMonth, ProductTurnover, Stay

BONDS = """
    held AS (
        SELECT convention.activity_id,
            coalesce(range_agg(both_days) FILTER (WHERE kind = 'CAPE'), '{}') AS cape,
            coalesce(range_agg(both_days) FILTER (WHERE kind = 'CESA'), '{}') AS cesa,
            coalesce(range_agg(both_days * daterange(admission.admitted_on, admission.ended_on, '[]'))
                     FILTER (WHERE admission.id IS NOT NULL), '{}') AS associe
        FROM members_splitconvention AS convention
        JOIN members_splitshare AS share ON share.convention_id = convention.id
        JOIN members_contract AS contract ON contract.person_id = share.person_id AND contract.kind IN ('CAPE', 'CESA')
        LEFT JOIN members_admission AS admission ON admission.person_id = share.person_id
        CROSS JOIN LATERAL (SELECT daterange(convention.starts_on, convention.ends_on, '[]')
                                   * daterange(contract.starts_on, contract.ends_on, '[]') AS both_days) AS days
        WHERE %(activities)s::bigint[] IS NULL OR convention.activity_id = ANY(%(activities)s)
        GROUP BY convention.activity_id
    ),
    islands AS (
        SELECT activity_id, contract, lower(island) AS starts_on, upper(island) AS ended_before,
            CASE WHEN lag(1) OVER previous IS NULL THEN '-infinity' ELSE lower(island) END AS counts_from,
            coalesce(lead(lower(island)) OVER previous, 'infinity') AS counts_until,
            min(lower(island)) OVER (PARTITION BY activity_id) AS began_on
        FROM held
        CROSS JOIN LATERAL (VALUES ('ASSOCIE', associe), ('CESA', cesa - associe), ('CAPE', cape - associe - cesa))
            AS bond (contract, days)
        CROSS JOIN LATERAL unnest(days) AS island
        WHERE lower(island) <= %(last)s
        WINDOW previous AS (PARTITION BY activity_id ORDER BY lower(island))
    )
"""
"""Under which bond an activity stands on each day. Of several people the furthest bond counts: associé, CESA, CAPE.

What happens outside every contract counts under the one before it, else under the first.
"""

MOVES = """
    moves AS (
        SELECT invoice.activity_id, coalesce(original.issued_on, invoice.issued_on) AS day,
            invoice.net AS invoiced, 0.00 AS collected, 0.00 AS purchases, 0.00 AS internal
        FROM invoicing_invoice AS invoice
        LEFT JOIN invoicing_invoice AS original ON original.id = invoice.corrects_id
        WHERE invoice.state = 'ISSUED'
            AND coalesce(original.issued_on, invoice.issued_on) BETWEEN %(first)s AND %(last)s
            AND (%(activities)s::bigint[] IS NULL OR invoice.activity_id = ANY(%(activities)s))
        UNION ALL
        SELECT invoice.activity_id, allocation.allocated_on, 0.00, part.net, 0.00, 0.00
        FROM invoicing_allocation AS allocation
        JOIN invoicing_allocationvat AS part ON part.allocation_id = allocation.id
        JOIN invoicing_invoice AS invoice ON invoice.id = allocation.invoice_id
        WHERE allocation.write_off_id IS NULL AND allocation.allocated_on BETWEEN %(first)s AND %(last)s
            AND (%(activities)s::bigint[] IS NULL OR invoice.activity_id = ANY(%(activities)s))
        UNION ALL
        SELECT line.activity_id, line.entry_on, 0.00, 0.00, line.debit - line.credit, 0.00
        FROM invoicing_marginaccount AS margin
        JOIN invoicing_entryline AS line ON line.account_id = margin.account_id
            AND daterange(margin.starts_on, margin.ends_on, '[]') @> line.entry_on
        JOIN invoicing_entry AS entry ON entry.id = line.entry_id AND entry.state = 'VALIDATED'
        WHERE line.activity_id IS NOT NULL AND line.entry_on BETWEEN %(first)s AND %(last)s
            AND (%(activities)s::bigint[] IS NULL OR line.activity_id = ANY(%(activities)s))
        UNION ALL
        SELECT activity_id, day, amount, amount, 0.00, amount
        FROM (SELECT coalesce(taken_back.payee_id, transfer.payee_id) AS activity_id,
                  coalesce(taken_back.accepted_on, transfer.accepted_on) AS day,
                  CASE WHEN taken_back.id IS NULL THEN transfer.amount ELSE -transfer.amount END AS amount
              FROM invoicing_internaltransfer AS transfer
              LEFT JOIN invoicing_internaltransfer AS taken_back ON taken_back.id = transfer.reverses_id
              WHERE transfer.state = 'ACCEPTED') AS received
        WHERE day BETWEEN %(first)s AND %(last)s
            AND (%(activities)s::bigint[] IS NULL OR activity_id = ANY(%(activities)s))
    )
"""
"""Invoiced: issued documents by date, credit notes on the date of their invoice; a deposit invoice counts when it is
issued, and the final invoice for its net without the deposits that it takes off. Collected: what was allocated, by
date, losses left out. Purchases: validated lines of the flagged accounts. Internal: what other activities of the
cooperative gave by accepted transfers, invoiced and collected that day; a reversal on the day of what it takes back.
"""

SALES = """
    sold AS (
        SELECT line.invoice_id, code.category, code.rate, product.contribution_code AS product, sum(line.net) AS net
        FROM invoicing_product AS product
        JOIN invoicing_invoiceline AS line ON line.product_id = product.id
        JOIN invoicing_vatcode AS code ON code.id = line.vat_code_id
        WHERE product.contribution_code <> ''
            AND (%(activities)s::bigint[] IS NULL OR product.activity_id = ANY(%(activities)s))
        GROUP BY 1, 2, 3, 4
    ),
    wholes AS (
        SELECT line.invoice_id, code.category, code.rate, sum(line.net) AS whole
        FROM (SELECT DISTINCT invoice_id FROM sold) AS documents
        JOIN invoicing_invoiceline AS line ON line.invoice_id = documents.invoice_id
        JOIN invoicing_vatcode AS code ON code.id = line.vat_code_id
        GROUP BY 1, 2, 3
    ),
    parts AS (
        SELECT invoice.activity_id, invoice.id AS invoice_id, coalesce(original.issued_on, invoice.issued_on) AS day,
            category, rate, product, nullif(whole, 0) AS whole, vat_row.net AS invoiced,
            sum(sold.net) OVER shelf AS upto, sum(sold.net) OVER shelf - sold.net AS before
        FROM sold
        JOIN wholes USING (invoice_id, category, rate)
        JOIN invoicing_invoicevat AS vat_row USING (invoice_id, category, rate)
        JOIN invoicing_invoice AS invoice ON invoice.id = invoice_id AND invoice.state = 'ISSUED'
        LEFT JOIN invoicing_invoice AS original ON original.id = invoice.corrects_id
        WINDOW shelf AS (PARTITION BY invoice_id, category, rate ORDER BY product)
    ),
    reached AS (
        SELECT parts.*, allocation.allocated_on, allocation.id AS allocation_id,
            sum(share.net) OVER (PARTITION BY parts.invoice_id, parts.category, parts.rate, product
                                 ORDER BY allocation.allocated_on, allocation.id) AS collected
        FROM parts
        JOIN invoicing_allocation AS allocation ON allocation.invoice_id = parts.invoice_id
            AND allocation.write_off_id IS NULL
        JOIN invoicing_allocationvat AS share ON share.allocation_id = allocation.id
            AND share.category = parts.category AND share.rate = parts.rate
    ),
    sales AS (
        SELECT activity_id, day, product,
            round(invoiced * upto / whole, 2) - round(invoiced * before / whole, 2) AS invoiced, 0.00 AS collected
        FROM parts WHERE whole IS NOT NULL AND day BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT activity_id, allocated_on, product, 0.00, amount - lag(amount, 1, 0.00) OVER (
            PARTITION BY invoice_id, category, rate, product ORDER BY allocated_on, allocation_id)
        FROM (SELECT reached.*, round(collected * upto / whole, 2) - round(collected * before / whole, 2) AS amount
              FROM reached WHERE whole IS NOT NULL) AS amounts
    )
"""
"""The turnover of products with a code of the contribution rules: their part of each VAT row's net and of what was
collected of it. What is collected bit by bit is rounded on what is reached so far, and products of one row one after
the other, so that the parts sum to the whole.
"""

FIGURES = "".join(
    (
        "WITH ",
        BONDS,
        ",",
        MOVES,
        ",",
        SALES,
        """,
    months AS (
        SELECT month::date, (month + interval '1 month')::date AS next_month
        FROM generate_series(%(first)s::date, %(last)s::date, interval '1 month') AS month
    ),
    stays AS (
        SELECT islands.activity_id, months.month, contract, islands.starts_on,
            least(ended_before, next_month) - greatest(islands.starts_on, month) AS days
        FROM islands JOIN months ON islands.starts_on < next_month AND coalesce(ended_before > month, true)
    ),
    moved AS (
        SELECT moves.activity_id, date_trunc('month', day)::date AS month, contract, islands.starts_on,
            sum(invoiced) AS invoiced, sum(collected) AS collected, sum(purchases) AS purchases,
            sum(internal) AS internal
        FROM moves JOIN islands ON islands.activity_id = moves.activity_id
            AND day >= counts_from AND day < counts_until
        GROUP BY 1, 2, 3, 4
        HAVING sum(invoiced) <> 0 OR sum(collected) <> 0 OR sum(purchases) <> 0 OR sum(internal) <> 0
    ),
    shelved AS (
        SELECT activity_id, month, contract, starts_on,
            jsonb_agg(jsonb_build_array(product, invoiced::text, collected::text) ORDER BY product) AS products
        FROM (SELECT sales.activity_id, date_trunc('month', day)::date AS month, contract, islands.starts_on, product,
                  sum(invoiced) AS invoiced, sum(collected) AS collected
              FROM sales JOIN islands ON islands.activity_id = sales.activity_id
                  AND day >= counts_from AND day < counts_until
              WHERE day BETWEEN %(first)s AND %(last)s
              GROUP BY 1, 2, 3, 4, 5
              HAVING sum(invoiced) <> 0 OR sum(collected) <> 0) AS products
        GROUP BY 1, 2, 3, 4
    ),
    figures AS MATERIALIZED (
        SELECT activity_id, month, contract, starts_on, coalesce(days, 0) AS days, coalesce(invoiced, 0.00) AS invoiced,
            coalesce(collected, 0.00) AS collected, coalesce(purchases, 0.00) AS purchases,
            coalesce(internal, 0.00) AS internal, products
        FROM stays FULL JOIN moved USING (activity_id, month, contract, starts_on)
        FULL JOIN shelved USING (activity_id, month, contract, starts_on)
    ),
    printed AS (
        SELECT activity_id,
            coalesce(sum(print) FILTER (WHERE month < %(month)s), 0)::text AS before,
            sum(print)::text AS now
        FROM (SELECT activity_id, month, hashtextextended(concat_ws('|', month, contract, starts_on, days, invoiced,
                                                                    collected, purchases, internal,
                                                                    products), 0
                                                          )::numeric AS print
              FROM figures) AS prints
        GROUP BY activity_id
    )
    SELECT printed.activity_id, began_on, before || '/' || began_on, now || '/' || began_on, month, contract,
        figures.starts_on, days, invoiced, collected, purchases, internal, products::text
    FROM printed
    JOIN (SELECT DISTINCT activity_id, began_on FROM islands) AS begun USING (activity_id)
    LEFT JOIN figures ON figures.activity_id = printed.activity_id AND figures.month >= %(wanted)s
    ORDER BY printed.activity_id, month, figures.starts_on
""",
    )
)

NOBODYS = "".join(
    (
        "WITH ",
        BONDS,
        ",",
        MOVES,
        """
    SELECT activity_id FROM moves WHERE day >= %(month)s EXCEPT SELECT activity_id FROM islands
""",
    )
)


class ActivityFigures(NamedTuple):
    """The months of an activity that were asked for, and fingerprints of all its months: before the last one, and with
    it. `began_on` is its first day under contract.
    """

    activity_id: int
    began_on: date
    before: str
    now: str
    months: list[ActivityMonth]


class _Row(NamedTuple):
    activity_id: int
    began_on: date
    before: str
    now: str
    month: date | None
    contract: str
    starts_on: date
    days: int
    invoiced: Decimal
    collected: Decimal
    purchases: Decimal
    internal: Decimal
    products: str | None


def figures(
    *, first: date, wanted: date, month: date, activities: Sequence[int] | None = None
) -> list[ActivityFigures]:
    """The figures of the months from `wanted` to `month` of every activity that ever had a contract (or of these).

    `first` is where the history starts: fingerprints reach back to it.
    """
    rows = [_Row(*row) for row in all_rows(FIGURES, _values(first, month, activities) | {"wanted": wanted})]
    return [_figures_of(list(mine)) for _, mine in groupby(rows, key=lambda row: row.activity_id)]


def activities_without_contract(*, month: date) -> list[int]:
    """Activities that did something in the month and never had a CAPE or a CESA: no rule tells what they owe."""
    return sorted(pk for (pk,) in all_rows(NOBODYS, _values(month, month, None)))


def all_rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that reads a whole table or more.

    Statistics lag behind tables that a run has just filled, and nested loops chosen on them take minutes: they are off.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
    return rows


def last_day(month: date) -> date:
    """The last day of the month of that first day."""
    return add_months(month, 1) - ONE_DAY


def _values(first: date, month: date, activities: Sequence[int] | None) -> dict[str, Any]:
    return {"first": first, "month": month, "last": last_day(month), "activities": activities}


def _figures_of(rows: list[_Row]) -> ActivityFigures:
    head = rows[0]
    months = [
        ActivityMonth(month, tuple(_stay(row) for row in mine))
        for month, mine in groupby(rows, key=lambda row: row.month)
        if month is not None
    ]
    return ActivityFigures(head.activity_id, head.began_on, head.before, head.now, months)


def _stay(row: _Row) -> Stay:
    return Stay(
        ContractType(row.contract),
        row.starts_on,
        row.days,
        row.invoiced,
        row.collected,
        row.purchases,
        internal=row.internal,
        products=tuple(
            ProductTurnover(product, Decimal(invoiced), Decimal(collected))
            for product, invoiced, collected in json.loads(row.products or "[]")
        ),
    )
