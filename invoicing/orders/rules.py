"""What is written of an order, and who may write it. Pure, but for the activities that one carries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from cae_backoffice.core.access import Right, has_right
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.orders.enums import StepKind
from invoicing.pricing.enums import PaymentTerms
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import HUNDRED, MAX_LINES, TypedLine, line_problems
from invoicing.quotes.models import Quote
from members.activities.models import Activity
from members.people.models import User

MAX_RETENTION = Decimal(5)
"""Percent: loi 71-584 of 16 July 1971, art. 1."""
MAX_STEPS = 40


@dataclass(frozen=True)
class Step:
    """A step of the schedule: percents from 0 to 100, an amount excl. VAT in euros."""

    kind: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    planned_on: date | None = None


@dataclass(frozen=True)
class OrderContent:
    """Everything that is agreed when an order is placed."""

    activity: Activity
    customer: Customer
    subject: str
    ordered_on: date
    lines: Sequence[TypedLine[VatCode]]
    delivery_address: DeliveryAddress | None = None
    purchase_order: str = ""
    payment_terms: str = PaymentTerms.DAYS_30
    retention_percent: Decimal = Decimal(0)
    steps: Sequence[Step] = ()
    quote: Quote | None = None


def may_order_for(user: User, activity: Activity) -> bool:
    """Whether the user writes orders of this activity: the staff for all, an entrepreneur for those they carry."""
    if not has_right(user, Right.DRAFT_INVOICES):
        return False
    return has_right(user, Right.VIEW_ALL_INVOICES) or Activity.objects.carried_by(user.pk).contains(activity)


def content_problems(content: OrderContent) -> Iterator[str]:
    """Why an order cannot be placed with this, in French sentences."""
    if not content.subject.strip():
        yield "Indiquez l’objet de la commande."
    if content.customer.activity_id != content.activity.pk:
        yield f"Le client «\u00a0{content.customer}\u00a0» est celui d’une autre activité."
    if content.delivery_address and content.delivery_address.customer_id != content.customer.pk:
        yield "L’adresse de livraison est celle d’un autre client."
    if not 0 <= content.retention_percent <= MAX_RETENTION:
        yield f"Une retenue de garantie est comprise entre 0 et {MAX_RETENTION}\u00a0% (loi 71-584)."
    yield from lines_problems(content.lines)
    yield from step_problems(content.steps)


def lines_problems(lines: Sequence[TypedLine[VatCode]]) -> Iterator[str]:
    """Why these lines cannot be agreed on."""
    if not lines:
        yield "Ajoutez au moins une ligne."
    if len(lines) > MAX_LINES:
        yield f"Une commande a au plus {MAX_LINES} lignes."
    for position, line in enumerate(lines, start=1):
        if not line.label.strip():
            yield f"Ligne\u00a0{position}\u00a0: la désignation manque."
        for problem in line_problems(
            quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
        ):
            yield f"Ligne\u00a0{position}\u00a0: {problem}"


def step_problems(steps: Sequence[Step]) -> Iterator[str]:
    """Why these steps make no schedule: progress only grows, the final invoice comes last."""
    if len(steps) > MAX_STEPS:
        yield f"Un échéancier a au plus {MAX_STEPS} étapes."
    kinds = [step.kind for step in steps]
    if StepKind.FINAL in kinds[:-1]:
        yield "Le solde est la dernière étape de l’échéancier."
    reached = [step.percent for step in steps if step.kind == StepKind.PROGRESS and step.percent is not None]
    if any(later <= earlier for earlier, later in pairwise(reached)):
        yield "L’avancement prévu augmente d’une situation à l’autre."
    for rank, step in enumerate(steps, start=1):
        if problem := _part_problem(step):
            yield f"Étape\u00a0{rank}\u00a0: {problem}"


def _part_problem(step: Step) -> str:
    parts = [part for part in (step.percent, step.amount) if part is not None]
    if step.kind == StepKind.FINAL:
        return "le solde n’a ni pourcentage ni montant." if parts else ""
    if step.kind == StepKind.PROGRESS and step.percent is None:
        return "indiquez l’avancement."
    if len(parts) != 1:
        return "indiquez un pourcentage ou un montant."
    if parts[0] <= 0:
        return "une part est supérieure à zéro."
    return "une part ne dépasse pas 100\u00a0%." if step.percent is not None and step.percent > HUNDRED else ""
