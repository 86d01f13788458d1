"""Proofs: what must hold of the books, whatever was done."""

from datetime import date

from django.db import connection

BALANCES_APART = """
    SELECT coalesce(kept.month, summed.month), coalesce(kept.account_id, summed.account_id)
    FROM (SELECT month, account_id, activity_id, debit, credit FROM invoicing_monthlybalance
          WHERE debit <> 0 OR credit <> 0) AS kept
    FULL JOIN (SELECT date_trunc('month', entry_on)::date AS month, account_id, activity_id,
                      sum(debit) AS debit, sum(credit) AS credit
               FROM invoicing_entryline GROUP BY 1, 2, 3) AS summed
      ON (kept.month, kept.account_id) = (summed.month, summed.account_id)
         AND kept.activity_id IS NOT DISTINCT FROM summed.activity_id
    WHERE (kept.debit, kept.credit) IS DISTINCT FROM (summed.debit, summed.credit)
    ORDER BY 1, 2
"""


def balances_apart() -> list[tuple[date, int]]:
    """Months and accounts whose kept balance differs from the sum of their lines; empty when the books are exact."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_APART)
        return [(row[0], row[1]) for row in cursor.fetchall()]
