"""Allocating the next number of a sequence."""

from datetime import date

from django.db import connection
from django.db.models import Max

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import NumberSequence
from members.cooperative.enums import CreditNoteNumbering
from members.cooperative.models import Cooperative

INVOICE_PREFIX = "F"
CREDIT_NOTE_PREFIX = "A"

# Locking every year of the prefix first makes clerks wait for one another even across New Year's Eve; the second
# statement then sees what the one before committed.
LOCK = "SELECT id FROM invoicing_numbersequence WHERE prefix = %s ORDER BY year FOR UPDATE"
NEXT = """
    INSERT INTO invoicing_numbersequence AS sequence (prefix, year, last_number, last_issued_on)
    SELECT %(prefix)s, %(year)s, 1, %(on)s
    WHERE NOT EXISTS (
        SELECT 1 FROM invoicing_numbersequence WHERE prefix = %(prefix)s AND last_issued_on > %(on)s
    )
    ON CONFLICT (prefix, year) DO UPDATE
        SET last_number = sequence.last_number + 1, last_issued_on = EXCLUDED.last_issued_on
        WHERE sequence.last_issued_on IS NULL OR sequence.last_issued_on <= EXCLUDED.last_issued_on
    RETURNING last_number
"""


def prefix_of(kind: str, cooperative: Cooperative) -> str:
    """The sequence a document belongs to."""
    own = cooperative.credit_note_numbering == CreditNoteNumbering.OWN_SEQUENCE
    return CREDIT_NOTE_PREFIX if kind == InvoiceKind.CREDIT_NOTE and own else INVOICE_PREFIX


def allocate_number(*, prefix: str, on: date) -> str:
    """The next number, `F2026-00001`; the sequence stays locked until the caller's transaction ends.

    Refused when a document of the sequence, whatever its year, already has a later date.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [prefix])
        cursor.execute(NEXT, {"prefix": prefix, "year": on.year, "on": on})
        row = cursor.fetchone()
    if row is None:
        last = NumberSequence.objects.filter(prefix=prefix).aggregate(day=Max("last_issued_on"))["day"]
        raise RefusalError(
            f"La date d’émission ({on:%d/%m/%Y}) précède celle du dernier document émis ({last:%d/%m/%Y})."
        )
    return f"{prefix}{on.year}-{row[0]:05d}"
