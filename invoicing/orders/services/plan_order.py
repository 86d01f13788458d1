"""Planning when to invoice what of an order."""

from collections.abc import Sequence

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.orders.models import Order, ScheduleStep
from invoicing.orders.queries import locked_order
from invoicing.orders.rules import Step, may_order_for, step_problems
from members.people.models import User


@transaction.atomic
def plan_order(*, order: Order, steps: Sequence[Step], by: User) -> Order:
    """Replace the schedule of an order: it is a plan, and binds no invoice.

    Refused: an activity the user does not write for, a schedule that makes no sense, an order whose rest is cancelled.
    """
    current = locked_order(order)
    if not may_order_for(by, current.activity):
        raise RefusalError("Vous n’écrivez pas de commandes pour cette activité.")
    if current.cancelled_on:
        raise RefusalError("Le reste de cette commande est annulé.")
    if reasons := list(step_problems(steps)):
        raise RefusalError(reasons)
    ScheduleStep.objects.filter(order=current).delete()
    write_steps(order=current, steps=steps)
    audit.record(by=by, action="order.planned", subject=current, changes={"étapes": len(steps)})
    return current


def write_steps(*, order: Order, steps: Sequence[Step]) -> None:
    """Give the order its schedule."""
    ScheduleStep.objects.bulk_create(
        ScheduleStep(
            order=order,
            position=position,
            kind=step.kind,
            percent=step.percent,
            amount=step.amount,
            planned_on=step.planned_on,
        )
        for position, step in enumerate(steps, start=1)
    )
