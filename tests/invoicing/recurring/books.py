"""What the tests of recurring invoices share."""

from datetime import date
from typing import Any

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftLine
from invoicing.recurring.enums import Frequency
from invoicing.recurring.models import RecurringInvoice
from invoicing.recurring.rules import Schedule
from invoicing.recurring.services import RecurringContent, make_recurring
from members.people.models import User
from tests.invoicing.factories import make_line

MONTHLY = Schedule(Frequency.MONTHLY, 31, date(2026, 11, 1))


def monthly(
    *,
    schedule: Schedule = MONTHLY,
    lines: list[DraftLine] | None = None,
    **fields: Any,  # noqa: ANN401
) -> RecurringContent:
    """A subscription of 90 € on the last day of each month, from November 2026 on."""
    usual = lines or [make_line("Hébergement {mois}", "1", "90")]
    return RecurringContent(schedule=schedule, lines=usual, **{"subject": "Hébergement {période}"} | fields)


def recurring_of(invoice: Invoice, *, by: User, **fields: Any) -> RecurringInvoice:  # noqa: ANN401
    """This invoice, coming back."""
    return make_recurring(invoice=invoice, content=monthly(**fields), by=by)
