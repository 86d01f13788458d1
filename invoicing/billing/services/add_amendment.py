"""Adding an amendment to an order of which some is invoiced already."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.billing.rules import amendment_problems
from invoicing.invoices.queries.orders import order_position
from invoicing.orders.models import Order, OrderAmendment
from invoicing.orders.queries import locked_order
from invoicing.orders.services import amend_order
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import TypedLine
from members.people.models import User


@transaction.atomic
def add_amendment(
    *, order: Order, subject: str, lines: Sequence[TypedLine[VatCode]], agreed_on: date, by: User
) -> OrderAmendment:
    """Add an amendment (avenant) to an order. Refused also: an invoice in preparation, which would no longer be what
    it says, and a reduction below what is invoiced.
    """
    locked_order(order)
    if order_position(order).in_preparation:
        raise RefusalError(
            "Cette commande a une facture en préparation\u00a0: faites-la émettre ou supprimez-la d’abord."
        )
    amendment = amend_order(order=order, subject=subject, lines=lines, agreed_on=agreed_on, by=by)
    problems = amendment_problems(order_position(order), list(amendment.lines.all()))
    if problems:
        raise RefusalError(problems)
    return amendment
