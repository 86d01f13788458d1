"""Lists of orders with what remains to invoice of them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from cae_backoffice.core.money import ZERO
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries.orders import OF_DEPOSITS, invoiced_net
from invoicing.orders.enums import OrderState
from invoicing.orders.models import Order
from invoicing.orders.queries import own_orders
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.quotes import own_quotes
from members.people.models import User

AMOUNT: DecimalField = DecimalField(  # type: ignore[type-arg]
    max_digits=14, decimal_places=2
)


@dataclass(frozen=True)
class SelectionTotals:
    """How many orders a list holds, what they sum to and what remains to invoice of them, excl. VAT."""

    orders: int
    net: Decimal
    left: Decimal


def with_progress(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with `invoiced` excl. VAT, what is `left`, the share invoiced in `percent`, and the derived `state`."""
    deposits = (
        InvoiceLine.objects.filter(OF_DEPOSITS | Q(deducts__isnull=False))
        .filter(invoice__order=OuterRef("pk"), invoice__state=InvoiceState.ISSUED)
        .order_by()
        .values("invoice__order")
        .annotate(total=Sum("net"))
        .values("total")
    )
    return (
        orders.annotate(invoiced=invoiced_net(), open_deposits=Coalesce(Subquery(deposits), ZERO, output_field=AMOUNT))
        .annotate(
            state=Case(
                When(cancelled_on__isnull=False, then=Value(OrderState.CANCELLED.value)),
                When(invoiced=F("net"), open_deposits=0, then=Value(OrderState.COMPLETED.value)),
                default=Value(OrderState.OPEN.value),
            ),
            left=Case(
                When(cancelled_on__isnull=False, then=Value(ZERO)),
                default=F("net") - F("invoiced"),
                output_field=AMOUNT,
            ),
        )
        .order_by("-ordered_on", "-pk")
    )


def own_orders_with_progress(user: User) -> QuerySet[Order]:
    """Those of the activities that someone carries."""
    return with_progress(own_orders(user))


def in_state(orders: QuerySet[Order], state: str) -> QuerySet[Order]:
    """Orders with their progress, narrowed to a derived state; an unknown one narrows nothing."""
    return orders.filter(Q(state=state)) if state in OrderState.values else orders


def selection_totals(orders: QuerySet[Order]) -> SelectionTotals:
    """What a list of orders with their progress sums to."""
    sums = orders.order_by().aggregate(count=Count("pk"), total=Sum("net"), rest=Sum("left"))
    return SelectionTotals(orders=sums["count"], net=sums["total"] or ZERO, left=sums["rest"] or ZERO)


def documents_of(order: Order) -> QuerySet[Invoice]:
    """The invoices and credit notes of an order, the earliest first."""
    return Invoice.objects.filter(order=order).select_related("customer").order_by("pk")


def quotes_to_order(user: User) -> QuerySet[Quote]:
    """One's accepted quotes that are no order yet."""
    return own_quotes(user).filter(state=QuoteState.ACCEPTED, order=None)
