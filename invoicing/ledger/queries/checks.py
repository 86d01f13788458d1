"""Proofs: what must hold of the books, whatever was done. Each streams the records that break it.

The command `check_books` runs them all; rooms above the ledger add theirs to its list (see the command).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

BATCH = 2000

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

UNBALANCED = """
    SELECT entry.id, entry.voucher_number, coalesce(sum(line.debit), 0), coalesce(sum(line.credit), 0), count(line.id)
    FROM invoicing_entry AS entry LEFT JOIN invoicing_entryline AS line ON line.entry_id = entry.id
    GROUP BY entry.id
    HAVING coalesce(sum(line.debit), 0) <> coalesce(sum(line.credit), 0) OR count(line.id) < 2
    ORDER BY entry.id
"""

KEPT_APART = f"""
    SELECT to_char(apart.month, 'MM/YYYY'), account.number
    FROM ({BALANCES_APART}) AS apart (month, account_id)
    JOIN invoicing_account AS account ON account.id = apart.account_id
"""  # noqa: S608  two constants

# A number that does not follow the one before, the first that is not 1, and a counter that is not the last number.
NUMBERS = """
    SELECT to_char(year.starts_on, 'DD/MM/YYYY'), entries.number, entries.before
    FROM (SELECT fiscal_year_id, number, lag(number, 1, 0) OVER (PARTITION BY fiscal_year_id ORDER BY number) AS before
          FROM invoicing_entry WHERE number IS NOT NULL) AS entries
    JOIN invoicing_fiscalyear AS year ON year.id = entries.fiscal_year_id
    WHERE entries.number <> entries.before + 1
    UNION ALL
    SELECT to_char(year.starts_on, 'DD/MM/YYYY'), year.last_entry_number, coalesce(max(entry.number), 0)
    FROM invoicing_fiscalyear AS year LEFT JOIN invoicing_entry AS entry ON entry.fiscal_year_id = year.id
    GROUP BY year.id HAVING year.last_entry_number <> coalesce(max(entry.number), 0)
"""

MATCHINGS = """
    SELECT account.number, matching.letter, sum(line.debit) - sum(line.credit),
           count(*) FILTER (WHERE line.account_id <> matching.account_id), count(DISTINCT line.auxiliary_id)
    FROM invoicing_matching AS matching
    JOIN invoicing_account AS account ON account.id = matching.account_id
    JOIN invoicing_entryline AS line ON line.matching_id = matching.id
    GROUP BY account.number, matching.id
    HAVING sum(line.debit) <> sum(line.credit) OR count(DISTINCT line.auxiliary_id) > 1
        OR count(*) FILTER (WHERE line.account_id <> matching.account_id) > 0
    ORDER BY account.number, matching.id
"""

PERIODS = """
    SELECT entry.id, entry.voucher_number, to_char(entry.entry_on, 'DD/MM/YYYY')
    FROM invoicing_entry AS entry
    JOIN invoicing_fiscalyear AS year ON year.id = entry.fiscal_year_id
    LEFT JOIN invoicing_period AS period
      ON period.fiscal_year_id = year.id AND entry.entry_on BETWEEN period.starts_on AND period.ends_on
    WHERE period.id IS NULL OR entry.entry_on NOT BETWEEN year.starts_on AND year.ends_on
       OR (entry.state = 'DRAFT' AND period.state = 'CLOSED')
    ORDER BY entry.id
"""

DATES = """
    SELECT line.id, entry.voucher_number FROM invoicing_entryline AS line
    JOIN invoicing_entry AS entry ON entry.id = line.entry_id
    WHERE line.entry_on <> entry.entry_on ORDER BY line.id
"""

TRIAL = """
    SELECT to_char(year.starts_on, 'DD/MM/YYYY'), sum(line.debit), sum(line.credit)
    FROM invoicing_entryline AS line
    JOIN invoicing_entry AS entry ON entry.id = line.entry_id
    JOIN invoicing_fiscalyear AS year ON year.id = entry.fiscal_year_id
    GROUP BY year.id HAVING sum(line.debit) <> sum(line.credit)
"""

# What a closed year leaves: its accounts of classes 1 to 5, and its result, are those of the opening entry.
OPENINGS = """
    WITH ended AS (
        SELECT following.id AS year_id, following.starts_on,
               CASE WHEN account.number < '6' THEN account.number ELSE '12' END AS number,
               sum(line.debit - line.credit) AS balance
        FROM invoicing_fiscalyear AS year
        JOIN invoicing_fiscalyear AS following ON following.starts_on = year.ends_on + 1
        JOIN invoicing_entry AS entry ON entry.fiscal_year_id = year.id
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id
        WHERE year.closed_on IS NOT NULL GROUP BY 1, 2, 3
    ), opened AS (
        SELECT entry.fiscal_year_id AS year_id, account.number, sum(line.debit - line.credit) AS balance
        FROM invoicing_entry AS entry
        JOIN invoicing_journal AS journal ON journal.id = entry.journal_id AND journal.code = 'AN'
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id
        GROUP BY 1, 2
    ), compared AS (
        SELECT year_id, CASE WHEN number IN ('120', '129') THEN '12' ELSE number END AS number, sum(balance) AS balance
        FROM (SELECT year_id, number, balance FROM ended
              UNION ALL
              SELECT opened.year_id, opened.number, -opened.balance FROM opened
              WHERE opened.year_id IN (SELECT year_id FROM ended)) AS both_sides
        GROUP BY 1, 2
    )
    SELECT to_char(year.starts_on, 'DD/MM/YYYY'), compared.number, compared.balance
    FROM compared JOIN invoicing_fiscalyear AS year ON year.id = compared.year_id
    WHERE compared.balance <> 0 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class BookCheck:
    """One thing that must hold: in words, and the records that break it, as French sentences."""

    label: str
    faults: Callable[[], Iterator[str]]


def sql_check(label: str, sql: str, sentence: str) -> BookCheck:
    """A check whose query finds the faults; `sentence` says one, with the query's columns as {0}, {1}…"""
    return BookCheck(label, lambda: (sentence.format(*row) for row in stream(sql)))


def stream(sql: str) -> Iterator[Sequence[object]]:
    """The rows of a query, through a cursor of the server: faults may be many."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def balances_apart() -> list[tuple[date, int]]:
    """Months and accounts whose kept balance differs from the sum of their lines; empty when the books are exact."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES_APART)
        return [(row[0], row[1]) for row in cursor.fetchall()]


LEDGER_CHECKS: tuple[BookCheck, ...] = (
    sql_check(
        "Chaque écriture est équilibrée",
        UNBALANCED,
        "écriture {0} (pièce {1})\u00a0: débit {2}, crédit {3}, {4} ligne(s)",
    ),
    sql_check(
        "Les soldes mensuels sont la somme des lignes",
        KEPT_APART,
        "compte {1}, mois {0}\u00a0: le solde conservé diffère",
    ),
    sql_check(
        "Les numéros d’écriture se suivent sans trou dans chaque exercice",
        NUMBERS,
        "exercice du {0}\u00a0: le numéro {1} suit {2}",
    ),
    sql_check(
        "Chaque lettrage se solde, sur un seul compte et un seul auxiliaire",
        MATCHINGS,
        "compte {0}, lettre {1}\u00a0: écart {2}, {3} ligne(s) d’un autre compte, {4} auxiliaire(s)",
    ),
    sql_check(
        "Chaque écriture est dans une période de son exercice",
        PERIODS,
        "écriture {0} (pièce {1}) du {2}\u00a0: hors période",
    ),
    sql_check("Chaque ligne porte la date de son écriture", DATES, "ligne {0} (pièce {1})\u00a0: autre date"),
    sql_check(
        "La balance générale de chaque exercice est nulle", TRIAL, "exercice du {0}\u00a0: débit {1}, crédit {2}"
    ),
    sql_check(
        "Les à-nouveaux reprennent les soldes des exercices clôturés",
        OPENINGS,
        "exercice du {0}, compte {1}\u00a0: écart {2}",
    ),
)
