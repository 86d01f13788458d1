"""Whatever happens in a year, the statement of each activity and month is the ledger, cent by cent."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.queries.figures import months_of, statements_apart
from invoicing.activity_accounts.queries.statement import figure_lines
from invoicing.payments.models import AllocationVat
from members.activities.models import Activity
from tests.invoicing.factories import open_books
from tests.invoicing.payments.years import Step, begin, close_years, live, steps
from tests.members.factories import make_cooperative


def check_statements() -> None:
    """No figure stands apart; each activity has left what its payments brought; each figure is the sum of its lines."""
    assert statements_apart() == []
    for pk, months in months_of().items():
        parts = AllocationVat.objects.filter(allocation__invoice__activity=pk, allocation__write_off=None)
        collected = sum((month.amount(StatementHeading.COLLECTED) for month in months), ZERO)
        assert collected == (parts.aggregate(total=Sum("net"))["total"] or ZERO)
        activity = Activity.objects.get(pk=pk)
        for month in months:
            for heading, amount in month.amounts.items():
                lines = figure_lines(activity, heading, month=month.month)
                assert sum((line.amount for line in lines), ZERO) == amount


def changes() -> dict[tuple[int, date], Decimal]:
    """By how much each month changed what each activity has left."""
    return {(pk, month.month): month.change for pk, months in months_of().items() for month in months if month.change}


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, on_debits=st.booleans())
def test_the_statements_of_any_year_hold_before_and_after_its_closing(steps: list[Step], on_debits: bool) -> None:  # noqa: FBT001
    with transaction.atomic():
        make_cooperative()
        open_books()
        live(begin(on_debits=on_debits), steps)
        connection.check_constraints()
        check_statements()
        before = changes()
        close_years(before=date(2027, 1, 1), on=date(2027, 1, 15))
        assert changes() == before
        assert statements_apart() == []
        transaction.set_rollback(True)
