"""Writing the lines and the amounts of an order."""

from collections.abc import Sequence

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.orders.models import Order, OrderAmendment, OrderLine
from invoicing.orders.queries import agreed_lines
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import TaxedNet, Totals, TypedLine, totals


def refuse_control_characters(*texts: str) -> None:
    """No text of an order holds what a document cannot print."""
    if any(control_characters(text) for text in texts):
        raise RefusalError("La commande contient un caractère de contrôle.")


def write_lines(
    *, order: Order, lines: Sequence[TypedLine[VatCode]], amendment: OrderAmendment | None, after: int
) -> None:
    """Add lines behind the `after` ones that are there."""
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            amendment=amendment,
            position=position,
            chapter=tidy(line.chapter),
            label=tidy(line.label),
            description=tidy(line.description),
            nature=line.nature,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            vat_code=line.vat_code,
            net=line.net,
        )
        for position, line in enumerate(lines, start=after + 1)
    )


def agreed_totals(order: Order) -> Totals:
    """What the lines of the order amount to, VAT once per rate."""
    return totals(
        TaxedNet(category=line.vat_code.category, rate=line.vat_code.rate, net=line.net) for line in agreed_lines(order)
    )
