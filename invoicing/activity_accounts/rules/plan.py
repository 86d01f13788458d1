"""A pay over some months held against what the activity has left. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.activity_accounts.enums import PayStart
from invoicing.activity_accounts.rules.pay import (
    EmployerSettings,
    PayEstimate,
    PayParameters,
    estimate_from_gross,
    estimate_from_net,
    smoothed,
)


@dataclass(frozen=True)
class PayPlan:
    """A monthly estimate, what it takes in all, and what the account lacks (negative) or keeps after it, in euros."""

    estimate: PayEstimate
    months: int
    available: Decimal

    @property
    def needed(self) -> Decimal:
        """The employer's cost of all the months."""
        return self.estimate.cost * self.months

    @property
    def employer_charges(self) -> Decimal:
        """The employer's contributions of a month after the general reduction."""
        return self.estimate.employer_contributions - self.estimate.reduction

    @property
    def after(self) -> Decimal:
        """What is left of the available amount."""
        return self.available - self.needed

    @property
    def lacking(self) -> Decimal:
        """What the account lacks; negative when it has enough."""
        return -self.after


def pay_plan(
    start: PayStart,
    amount: Decimal,
    *,
    months: int,
    available: Decimal,
    parameters: PayParameters,
    employer: EmployerSettings,
) -> PayPlan:
    """The plan that starts from an amount to spend over all the months, or from a monthly net or gross pay."""
    if start == PayStart.BUDGET:
        estimate = smoothed(amount, months=months, parameters=parameters, employer=employer)
    elif start == PayStart.NET:
        estimate = estimate_from_net(amount, parameters=parameters, employer=employer)
    else:
        estimate = estimate_from_gross(amount, parameters=parameters, employer=employer)
    return PayPlan(estimate, months, available)
