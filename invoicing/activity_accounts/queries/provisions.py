"""What the rules of provision ask to set aside for a month, and what was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from cae_backoffice.core.money import ZERO, round_cents
from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.activity_accounts.enums import ProvisionKind, StatementHeading
from invoicing.activity_accounts.models import Provision, ProvisionRule
from invoicing.activity_accounts.queries.figures import months_of
from invoicing.invoices.models import InvoiceVat
from invoicing.payments.models import AllocationVat
from members.activities.models import Activity

PERCENT = 100


@dataclass(frozen=True)
class ProvisionDue:
    """What a rule still asks of an activity for a month; negative is given back."""

    activity: Activity
    base: Decimal
    amount: Decimal


def rule_in_force(kind: str, *, on: date) -> ProvisionRule | None:
    """The rule of a kind on a day."""
    rules = ProvisionRule.objects.select_related("charge_account", "balance_account")
    return rules.filter(kind=kind, valid_from__lte=on).order_by("-valid_from").first()


def last_day(month: date) -> date:
    """The day on which a month's provisions are dated."""
    return add_months(month, 1) - ONE_DAY


def provisions_due(kind: str, *, month: date) -> list[ProvisionDue]:
    """What the rule in force asks beyond what was provided by rule already: nothing the second time.

    Paid leave is reckoned on the cost of pay of the month, doubtful receivables on what stands on 416 at its end,
    excl. VAT. Half-up to the cent.
    """
    rule = rule_in_force(kind, on=last_day(month))
    if rule is None or not rule.rate:
        return []
    provided = Provision.objects.filter(kind=kind, is_by_rule=True, provided_on__lte=last_day(month))
    if kind == ProvisionKind.PAID_LEAVE:
        bases = _cost_of_pay(month)
        done = _by_activity(provided.filter(provided_on__gte=month))
    else:
        bases = _doubtful_net(last_day(month))
        done = _by_activity(provided)
    activities = Activity.objects.in_bulk({*bases, *done})
    due = []
    for pk in sorted(activities):
        base = bases.get(pk, ZERO)
        wanted = round_cents(base * rule.rate / PERCENT)
        due.append(ProvisionDue(activities[pk], base, wanted - done.get(pk, ZERO)))
    return [one for one in due if one.amount]


def _cost_of_pay(month: date) -> dict[int, Decimal]:
    return {
        pk: -figures.amount(StatementHeading.PAY)
        for pk, months in months_of().items()
        for figures in months
        if figures.month == month and figures.amount(StatementHeading.PAY)
    }


def _doubtful_net(on: date) -> dict[int, Decimal]:
    """What is still owed, excl. VAT, on the invoices that were doubtful on a day."""
    net: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    invoiced = InvoiceVat.objects.filter(invoice__doubt__declared_on__lte=on)
    settled = AllocationVat.objects.filter(
        allocation__invoice__doubt__declared_on__lte=on, allocation__allocated_on__lte=on
    )
    for row in invoiced.values("invoice__activity").annotate(total=Sum("net")).order_by():
        net[row["invoice__activity"]] += row["total"]
    for part in settled.values("allocation__invoice__activity").annotate(total=Sum("net")).order_by():
        net[part["allocation__invoice__activity"]] -= part["total"]
    return dict(net)


def _by_activity(provisions: QuerySet[Provision]) -> dict[int, Decimal]:
    rows = provisions.order_by().values("activity").annotate(total=Sum("amount"))
    return {row["activity"]: row["total"] for row in rows}
