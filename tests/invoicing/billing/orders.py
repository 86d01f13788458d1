"""Orders and their invoices for tests: written through the services, with sensible values."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.billing.rules import Advance, whole_at
from invoicing.billing.services import draft_deposit, draft_final, draft_progress
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.invoices.queries.orders import order_position
from invoicing.invoices.rules.orders import OrderPosition
from invoicing.invoices.services import approve_invoice, issue_invoice, submit_invoice
from invoicing.orders.models import Order
from invoicing.orders.rules import OrderContent
from invoicing.orders.services import place_order
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import TypedLine
from members.activities.models import Activity
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_customer,
    make_line,
    make_selling_activity,
    open_books,
)
from tests.members.factories import make_cooperative

ORDERED_ON = date(2026, 10, 1)
RELEASE_ON = date(2027, 11, 30)


def make_order(
    activity: Activity | None = None,
    *,
    lines: Sequence[TypedLine[VatCode]] | None = None,
    **fields: Any,  # noqa: ANN401
) -> Order:
    """An order of 1 000 € at 20 % and 500 € at 10 %, of a professional customer of a new activity."""
    if not Cooperative.objects.exists():
        make_cooperative()
    open_books()
    activity = activity or make_selling_activity()
    agreed = [make_line("Pose", "10", "100"), make_line("Isolation", "5", "100", "FR10")] if lines is None else lines
    content = OrderContent(
        activity=activity,
        lines=agreed,
        **{"customer": make_customer(activity) if "customer" not in fields else None, "subject": "Chantier"}
        | {"ordered_on": ORDERED_ON}
        | fields,
    )
    return place_order(content=content, by=accountant())


def issued(draft: Invoice, on: date = DAY) -> Invoice:
    """The draft, submitted, approved and issued by the accountant."""
    submit_invoice(invoice=draft, by=accountant(), on=on)
    approve_invoice(invoice=draft, by=accountant(), on=on)
    return issue_invoice(invoice=draft, by=accountant(), on=on)


def deposit(order: Order, percent: str, on: date = DAY) -> Invoice:
    """A deposit in percent, issued."""
    return issued(draft_deposit(order=order, percent=Decimal(percent), by=accountant()), on)


def progress(order: Order, percent: str, on: date = DAY) -> Invoice:
    """The whole order at this percentage, issued."""
    advance = whole_at(order_position(order), Decimal(percent))
    return issued(draft_progress(order=order, advance=advance, retention_due_on=RELEASE_ON, by=accountant()), on)


def progress_of(order: Order, on: date = DAY, **advance: Any) -> Invoice:  # noqa: ANN401
    """Some lines' progress, issued."""
    draft = draft_progress(order=order, advance=Advance(**advance), retention_due_on=RELEASE_ON, by=accountant())
    return issued(draft, on)


def final(order: Order, on: date = DAY) -> Invoice:
    """The final invoice, issued."""
    return issued(draft_final(order=order, retention_due_on=RELEASE_ON, by=accountant()), on)


def position(order: Order) -> OrderPosition:
    """Where the order stands by now."""
    return order_position(Order.objects.get(pk=order.pk))


def vat_rows(invoice: Invoice) -> dict[str, tuple[Decimal, Decimal]]:
    """Net and VAT of an issued document by rate."""
    rows = InvoiceVat.objects.filter(invoice=invoice).order_by("-rate")
    return {f"{row.rate.normalize():f}": (row.net, row.vat) for row in rows}
