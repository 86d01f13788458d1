"""Recording what a customer ordered."""

from datetime import date

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.orders.models import Order
from invoicing.orders.rules import OrderContent, content_problems, may_order_for
from invoicing.orders.services.lines import refuse_control_characters, write_lines
from invoicing.orders.services.plan_order import write_steps
from invoicing.pricing.rules import total_problems, typed_totals
from members.people.models import User

NEXT = """
    INSERT INTO invoicing_ordersequence AS sequence (year, last_number) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last_number = sequence.last_number + 1
    RETURNING last_number
"""


@transaction.atomic
def place_order(*, content: OrderContent, by: User) -> Order:
    """Number an order of the year in which it was placed, and write it with its lines and schedule.

    Refused: an activity the user does not write for, figures that no line can hold, a total that is not above zero, a
    schedule that makes no sense.
    """
    if not may_order_for(by, content.activity):
        raise RefusalError("Vous n’écrivez pas de commandes pour cette activité.")
    reasons = list(content_problems(content))
    if not reasons:
        amounts = typed_totals(content.lines)
        reasons = total_problems(amounts)
        if amounts.gross <= 0:
            reasons.append("Le total d’une commande est supérieur à zéro.")
    if reasons:
        raise RefusalError(reasons)
    texts = [text for line in content.lines for text in (tidy(line.label), tidy(line.description), tidy(line.chapter))]
    refuse_control_characters(tidy(content.subject), tidy(content.purchase_order), *texts)
    order = Order.objects.create(
        activity=content.activity,
        customer=content.customer,
        delivery_address=content.delivery_address,
        quote=content.quote,
        number=_next_number(content.ordered_on),
        subject=tidy(content.subject),
        ordered_on=content.ordered_on,
        purchase_order=tidy(content.purchase_order),
        payment_terms=content.payment_terms,
        retention_percent=content.retention_percent,
        net=amounts.net,
        vat=amounts.vat,
        gross=amounts.gross,
        created_by=by,
    )
    write_lines(order=order, lines=content.lines, amendment=None, after=0)
    write_steps(order=order, steps=content.steps)
    changes = {"number": [None, order.number], "gross": [None, order.gross], "lignes": len(content.lines)}
    audit.record(by=by, action="order.placed", subject=order, changes=changes)
    return order


def _next_number(on: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [on.year])
        return f"C{on.year}-{cursor.fetchone()[0]:05d}"
