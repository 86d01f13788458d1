"""Whatever arrives, in whatever order: runs have taken what the documents amount to, to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import RuleState
from invoicing.contributions.models import ContributionRule
from invoicing.contributions.queries.figures import figures
from invoicing.contributions.queries.replay import replay_period
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.figures import History
from invoicing.contributions.rules.settlement import total
from invoicing.contributions.services import reverse_run
from members.activities.models import Activity
from members.contracts.enums import ContractKind
from tests.invoicing.contributions.books import APRIL, JANUARY, activity_under, adopted, billed, run
from tests.invoicing.factories import accountant
from tests.invoicing.payments.books import balance

pytestmark = pytest.mark.django_db
MONTHS = [add_months(JANUARY, rank) for rank in range(4)]
RULE = """
name = "Tranches, minimum et plafond"
[[versions]]
valid_from = 2026-01-01
decision = "AG"
[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "invoiced"
exclude_internal = true
[versions.lines.values.ALL]
tiers = [{ from = 0, to = 3000, rate = 10.25 }, { from = 3000, rate = 7 }]
monthly_minimum = 20
monthly_cap = 400
yearly_cap = 900
[[versions.lines]]
code = "assurance"
label = "Assurance"
base = "invoiced"
exclude_internal = true
values.ALL.rate = 0.333
"""
documents = st.lists(
    st.tuples(
        st.integers(0, 1),  # the activity
        st.integers(0, 3),  # the run before which it is known
        st.integers(0, 3),  # the month of its date
        st.integers(-200_000, 500_000).filter(bool).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=documents, taken_back=st.none() | st.integers(0, 3))
def test_runs_take_what_the_documents_amount_to(
    known: list[tuple[int, int, int, Decimal]], taken_back: int | None
) -> None:
    """Each document is known before some run, perhaps long after its month; a run may be taken back and made again."""
    with transaction.atomic():
        if not ContributionRule.objects.filter(state=RuleState.IN_FORCE).exists():
            adopted(RULE)
        sellers = [activity_under(), activity_under(ContractKind.CAPE, JANUARY, ends_on=date(2026, 2, 14))]
        for rank, month in enumerate(MONTHS):
            for chosen, before, dated, net in known:
                if before == rank:
                    billed(sellers[chosen], str(net), MONTHS[min(dated, rank)].replace(day=1 + dated * 6))
            done = run(month)
            if taken_back == rank:
                reverse_run(run=done, reason="Essai", by=accountant(), on=month)
                run(month)
        for seller in sellers:
            assert balance("6588", seller) == owed(seller)
        assert balance("6588") + balance("7588") == ZERO
        rule = rule_in_force()
        assert rule is not None
        replay = replay_period(current=rule, proposed=rule, first=JANUARY, last=APRIL)
        assert {one.amount for one in replay.differences} == {0}
        assert replay.current == balance("6588")
        transaction.set_rollback(True)


def owed(activity: Activity) -> Decimal:
    """What the engine alone finds on all documents known in the end."""
    rule = rule_in_force()
    assert rule is not None
    (mine,) = figures(first=JANUARY, wanted=JANUARY, month=APRIL, activities=[activity.pk])
    return total(contributions(History("", mine.began_on, mine.months), rule))
