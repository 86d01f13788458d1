"""The unalterable record of payments."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from invoicing.payments.enums import PaymentEventKind
from members.people.models import User

INSERT = """
    INSERT INTO invoicing_paymentevent (kind, happened_on, amount, details, author_id)
    VALUES (%s, %s, %s, %s::jsonb, %s)
"""


def record_event(*, kind: PaymentEventKind, on: date, amount: Decimal, details: Mapping[str, object], by: User) -> None:
    """Append one event inside the caller's transaction; the database chains it. Writers wait for one another from here.

    `amount` is negative for money that leaves; `details` holds the ids of what the act wrote.
    """
    text = json.dumps(details, cls=DjangoJSONEncoder, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [kind.value, on, amount, text, by.pk])
