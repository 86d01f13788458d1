"""Turning an accepted quote into an order."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.rules import kept_customer
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order
from invoicing.orders.rules import OrderContent, Step
from invoicing.orders.services.place_order import place_order
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import TypedLine
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote, QuoteLine
from invoicing.quotes.queries.quotes import accepted_lines, locked_quote
from members.people.models import User


@transaction.atomic
def order_of_quote(*, quote: Quote, on: date, by: User) -> Order:
    """Place the order of an accepted quote: its lines with the options chosen, its deposit and its retention.

    Refused: a quote that is not accepted, one that has its order already, and what keeps an order from being placed.
    """
    current = locked_quote(quote)
    if current.state != QuoteState.ACCEPTED or current.customer is None:
        raise RefusalError(f"{current} n’est pas accepté\u00a0: seul un devis accepté devient une commande.")
    existing = Order.objects.filter(quote=current).first()
    if existing:
        raise RefusalError(f"{current} est déjà la {str(existing).lower()}.")
    content = OrderContent(
        activity=current.activity,
        customer=kept_customer(current.customer),
        delivery_address=current.delivery_address,
        subject=current.subject or str(current),
        ordered_on=on,
        payment_terms=current.payment_terms,
        retention_percent=current.retention_percent,
        lines=[_agreed(line) for line in accepted_lines(current)],
        steps=_schedule(current.deposit_percent),
        quote=current,
    )
    return place_order(content=content, by=by)


def _schedule(deposit_percent: Decimal) -> list[Step]:
    deposit = [Step(StepKind.DEPOSIT, percent=deposit_percent)] if deposit_percent else []
    return [*deposit, Step(StepKind.FINAL)]


def _agreed(line: QuoteLine) -> TypedLine[VatCode]:
    return TypedLine(
        label=line.label,
        description=line.description,
        chapter=line.chapter,
        nature=line.nature,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_code=line.vat_code,
    )
