"""The construction jobs under way on the demo's day: ordered, a deposit invoiced, for some a first progress too."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.billing import Billing
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.sales import imagine_sale, previous_working_day
from invoicing.billing.rules import whole_at
from invoicing.billing.services import draft_deposit, draft_progress
from invoicing.invoices.queries.orders import order_position
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order
from invoicing.orders.rules import OrderContent, Step
from invoicing.orders.services import place_order
from members.activities.enums import Sector

JOBS = 4
JOB_SIZE = 4
"""How many usual invoices a job is worth."""
DEPOSIT, PROGRESS = Decimal(30), Decimal(40)
SCHEDULE = (
    Step(StepKind.DEPOSIT, percent=DEPOSIT),
    Step(StepKind.PROGRESS, percent=PROGRESS),
    Step(StepKind.FINAL),
)


def start_jobs(
    billing: Billing, ventures: Sequence[Venture], clients: Sequence[Sequence[Client]], today: date
) -> list[Order]:
    """One job of each of the first builders that sell that day; every other one has its first progress invoice."""
    on = previous_working_day(today)
    builders = [
        venture
        for venture in ventures
        if venture.idea.trade.sector == Sector.CONSTRUCTION
        and any(period.contains(on) for period in venture.selling_periods(on))
    ]
    orders = []
    for rank, venture in enumerate(builders[:JOBS]):
        order = _ordered(billing, venture, clients[venture.number], on)
        author = venture.author(on)
        billing.issue(draft_deposit(order=order, percent=DEPOSIT, by=author), author, on)
        if rank % 2:
            advance = whole_at(order_position(order), PROGRESS)
            billing.issue(draft_progress(order=order, advance=advance, by=author), author, on)
        orders.append(order)
    return orders


def _ordered(billing: Billing, venture: Venture, clients: Sequence[Client], on: date) -> Order:
    aim = venture.idea.trade.invoice * JOB_SIZE
    sale = imagine_sale(venture, clients, on, billing.chance, aim=aim)
    content = OrderContent(
        activity=venture.activity,
        customer=sale.client.customer,
        subject=sale.subject,
        ordered_on=on,
        payment_terms=sale.payment_terms,
        lines=billing.lines_of(sale),
        steps=(
            Step(StepKind.DEPOSIT, percent=DEPOSIT),
            Step(StepKind.PROGRESS, percent=PROGRESS),
            Step(StepKind.FINAL),
        ),
    )
    return place_order(content=content, by=venture.author(on))
