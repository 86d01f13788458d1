"""Closing the payments of a period."""

from datetime import date

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from invoicing.payments.enums import ClosingKind
from invoicing.payments.models import PaymentClosing
from invoicing.payments.queries import fiscal_year_of
from invoicing.payments.rules import closing_period
from members.people.models import User

INSERT = """
    INSERT INTO invoicing_paymentclosing (kind, starts_on, ends_on, author_id) VALUES (%s, %s, %s, %s)
    ON CONFLICT (kind, starts_on) DO NOTHING RETURNING position
"""


@transaction.atomic
def close_payments(*, kind: str, day: date, by: User) -> PaymentClosing:
    """Close for ever the day, month or fiscal year that holds `day`: no payment is dated in it any more.

    The database reckons the totals and chains the closing (CGI 286-I-3° bis). Refused: twice, outside any fiscal year.
    """
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Vous ne tenez pas les comptes de la coopérative.")
    period = closing_period(kind, day, fiscal_year=fiscal_year_of(day))
    if period is None:
        raise RefusalError(f"Aucun exercice ne contient le {day:%d/%m/%Y}.")
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [ClosingKind(kind).value, period.starts_on, period.ends_on, by.pk])
        row = cursor.fetchone()
    if row is None:
        raise RefusalError("Cette période est déjà clôturée.")
    closing = PaymentClosing.objects.get(pk=row[0])
    changes = {"total": closing.total, "running_total": closing.running_total, "events": closing.event_count}
    audit.record(by=by, action="paymentclosing.closed", subject=closing, changes=changes)
    return closing
