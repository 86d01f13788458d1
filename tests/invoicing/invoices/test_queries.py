"""Lists, revenue and gaps."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cae_backoffice.core.access import Role
from cae_backoffice.core.money import ZERO
from invoicing.invoices.models import NumberSequence
from invoicing.invoices.queries import (
    MonthRevenue,
    awaiting_approval,
    invoice_list,
    issued_in_month,
    revenue_by_month,
    sequence_gaps,
)
from invoicing.invoices.services import issue_credit_note
from members.activities.models import Activity
from tests.invoicing.factories import (
    DAY,
    accountant,
    entrepreneur_of,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


def test_everyone_sees_their_own_documents() -> None:
    """The accountant all, an entrepreneur those of the activities they carry, the others none."""
    mine, other = make_draft(), make_draft()
    assert set(invoice_list(accountant())) == {mine, other}
    assert list(invoice_list(entrepreneur_of(mine.activity))) == [mine]
    for role in (Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR):
        assert list(invoice_list(make_user(role))) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(count: int) -> None:
    """Whatever its length: number, customer, activity and PDF."""
    for _ in range(count):
        make_issued()
    user = accountant()
    with CaptureQueriesContext(connection) as queries:
        rows = [(i.number, i.customer and i.customer.name, i.activity.name, hasattr(i, "file")) for i in
                invoice_list(user)]  # fmt: skip
    assert (len(rows), len(queries)) == (count, 1)


def test_what_awaits_approval_comes_in_order() -> None:
    """The one that waits longest first."""
    first, second = make_submitted(), make_submitted()
    make_draft()
    make_issued()
    assert list(awaiting_approval(accountant())) == [first, second]


def test_what_was_issued_in_a_month() -> None:
    """Both ends of the month, not its neighbours."""
    activity = make_selling_activity()
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    issued = [make_issued(activity, on=day) for day in days]
    assert list(issued_in_month(accountant(), date(2026, 11, 17))) == [issued[2], issued[1]]


def test_revenue_by_month_deducts_credit_notes_and_fills_zeros() -> None:
    """Twelve months, one query, excl. VAT; drafts and other years do not count."""
    activity, other = make_selling_activity(), make_selling_activity()
    make_issued(activity, on=date(2025, 12, 31))
    make_issued(activity, on=date(2026, 1, 1))
    wrong = make_issued(activity, on=date(2026, 3, 2), lines=[make_line(quantity="1")])
    make_issued(activity, on=date(2026, 3, 3))
    make_issued(other, on=date(2026, 3, 4))
    issue_credit_note(invoice=wrong, reason="Erreur", by=accountant(), on=date(2026, 4, 1))
    make_issued(activity, on=date(2026, 12, 31))
    make_issued(activity, on=date(2027, 1, 1))
    make_draft(activity)
    with CaptureQueriesContext(connection) as queries:
        revenue = revenue_by_month(Activity.objects.filter(pk=activity.pk), 2026)
    assert len(queries) == 1
    expected = {1: "700.00", 3: "1050.00", 4: "-350.00", 12: "700.00"}
    assert revenue == [
        MonthRevenue(month=date(2026, month, 1), net=Decimal(expected.get(month, "0.00"))) for month in range(1, 13)
    ]
    assert sum((month.net for month in revenue_by_month([activity, other], 2026)), ZERO) == Decimal("2800.00")
    assert revenue_by_month([], 2026) == [MonthRevenue(month=row.month, net=ZERO) for row in revenue]


def test_gaps_are_found_wherever_they_are() -> None:
    """At the start, in the middle, at the end, and in a whole sequence without document."""
    activity = make_selling_activity()
    make_issued(activity)
    assert sequence_gaps() == []
    NumberSequence.objects.update(last_number=3)
    make_issued(activity)
    NumberSequence.objects.update(last_number=5)
    NumberSequence.objects.create(prefix="A", year=2026, last_number=1, last_issued_on=DAY)
    assert sequence_gaps() == ["A2026-00001", "F2026-00002", "F2026-00003", "F2026-00005"]
    NumberSequence.objects.all().delete()
    assert sequence_gaps() == ["F2026-00002", "F2026-00003"]
