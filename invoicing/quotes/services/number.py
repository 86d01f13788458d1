"""Allocating the next number of the year's quotes."""

from datetime import date

from django.db import connection

NEXT = """
    INSERT INTO invoicing_quotesequence AS sequence (year, last_number) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last_number = sequence.last_number + 1
    RETURNING last_number
"""


def next_quote_number(*, on: date) -> str:
    """The next number, `D2026-00001`; the year's row stays locked until the caller's transaction ends.

    No law wants quotes numbered without gap or in the order of their dates: a past day is not refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [on.year])
        return f"D{on.year}-{cursor.fetchone()[0]:05d}"
