"""Numbers of receipts, remittances and refunds, and ids known before their row is written."""

from datetime import date

from django.db import connection, models

NEXT = """
    INSERT INTO invoicing_paymentsequence AS sequence (prefix, year, last_number) VALUES (%s, %s, 1)
    ON CONFLICT (prefix, year) DO UPDATE SET last_number = sequence.last_number + 1
    RETURNING last_number
"""
RECEIPT, REMITTANCE, REFUND = "E", "R", "RB"
DIGITS = {RECEIPT: 5, REMITTANCE: 4, REFUND: 4}


def allocate_number(*, prefix: str, on: date) -> str:
    """The next number of the year, `R2026-0001`; the sequence stays locked until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [prefix, on.year])
        (number,) = cursor.fetchone()
    return f"{prefix}{on.year}-{number:0{DIGITS[prefix]}d}"


def reserved_id(model: type[models.Model]) -> int:
    """The id that the next row will bear: its entry names it, and the row, which never changes, names its entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        (number,) = cursor.fetchone()
    return int(number)
