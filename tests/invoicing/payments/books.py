"""What the payments' tests share: receipts with sensible values, and entries as one reads them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import Entry, EntryLine
from invoicing.payments.models import Allocation, PaymentEvent, Receipt
from invoicing.payments.services import record_receipt
from invoicing.pricing.enums import SupplyNature
from members.activities.models import Activity
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, open_books

PAID_ON = date(2026, 11, 20)
GOODS = SupplyNature.GOODS


def invoice_of(customer: Customer, net: str = "100", code: str = "FR20", **line: Any) -> Invoice:  # noqa: ANN401
    """An invoice of one line, issued on 2 November 2026."""
    return make_issued(customer.activity, customer=customer, lines=[make_line("Travail", "1", net, code, **line)])


def receive(
    customer: Customer | None,
    amount: str,
    *allocations: tuple[Invoice, str],
    method: str = "TRANSFER",
    on: date = PAID_ON,
    **fields: Any,  # noqa: ANN401
) -> Receipt:
    """A transfer received on 20 November 2026, recorded by the accountant."""
    open_books()
    return record_receipt(
        **{"payer": "Dupont SARL"} | fields,
        method=method,
        received_on=on,
        amount=Decimal(amount),
        customer=customer,
        allocations=[(invoice, Decimal(part)) for invoice, part in allocations],
        by=accountant(),
    )


def lines_of(entry: Entry | None) -> list[tuple[str, str, Decimal]]:
    """The entry as account, activity's code and amount (a credit is negative), in order."""
    assert entry is not None
    lines = entry.lines.select_related("account", "activity").order_by("position")
    return [
        (line.account.number, line.activity.code if line.activity else "", line.debit - line.credit) for line in lines
    ]


def expected(*lines: tuple[str, Activity | None, str]) -> list[tuple[str, str, Decimal]]:
    """The same, as a test writes it."""
    return [(account, activity.code if activity else "", Decimal(amount)) for account, activity, amount in lines]


def balance(account: str, activity: Activity | None = None) -> Decimal:
    """The balance of an account, of one activity where one is given."""
    lines = EntryLine.objects.filter(account__number=account)
    if activity:
        lines = lines.filter(activity=activity)
    return sum((line.debit - line.credit for line in lines), Decimal(0))


def letters(account: str = "411") -> list[str]:
    """The letter of each line of an account, in order of writing; empty where there is none."""
    lines = EntryLine.objects.filter(account__number=account).select_related("matching").order_by("pk")
    return [line.matching.letter if line.matching else "" for line in lines]


def written() -> tuple[int, ...]:
    """How many rows of each kind stand: what a refusal must leave as it was."""
    return tuple(model._default_manager.count() for model in (Receipt, Allocation, PaymentEvent, Entry, EntryLine))


def check_deferred() -> None:
    """Run the deferred triggers now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def due_vat(allocation: Allocation) -> Sequence[tuple[Decimal, Decimal]]:
    """The rates of an allocation with the VAT that it made due."""
    return list(allocation.vat_rows.order_by("-rate").values_list("rate", "due_vat"))


def allocations_of(document: Invoice) -> QuerySet[Allocation]:
    """What settles a document, in order of writing."""
    return Allocation.objects.filter(invoice=document).order_by("pk")


def two_customers(activity: Activity) -> tuple[Customer, Customer]:
    """Two customers of an activity."""
    return make_customer(activity), make_customer(activity)
