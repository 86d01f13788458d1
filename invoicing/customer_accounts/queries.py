"""What customers owe and paid, their documents and open quotes; with those of records merged into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from cae_backoffice.core.tokens import live_link
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.payments.queries import documents_with_paid, outstanding_invoices
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from members.activities.models import Activity
from members.people.models import User

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class CustomerAccount:
    """A customer's issued documents and what they come to on a day, in euros incl. VAT.

    `open` wait for money, or are credit notes to be deducted; `settled` are those of the last twelve months. Both are
    invoices annotated as by `documents_of`.
    """

    on: date
    invoiced: Decimal
    paid: Decimal
    open: Sequence[Any]
    settled: Sequence[Any]

    @property
    def due(self) -> Decimal:
        """What is owed, credit notes deducted; negative when the cooperative owes."""
        return sum((document.remaining for document in self.open), ZERO)

    @property
    def late(self) -> Decimal:
        """What is owed on invoices whose due date is past."""
        owed = (document for document in self.open if document.due_on and document.due_on < self.on)
        return sum((max(document.remaining, ZERO) for document in owed), ZERO)


def documents_of(customer: Customer) -> QuerySet[Invoice]:
    """The issued documents of a customer and of those merged into it, the latest first, with `paid` and `remaining`."""
    of_customer = Q(customer=customer) | Q(customer__merged_into=customer)
    issued = Invoice.objects.filter(of_customer, state=InvoiceState.ISSUED)
    return documents_with_paid(issued).select_related("file", "within").order_by("-issued_on", "-pk")


def owing(customers: QuerySet[Customer], user: User, *, on: date) -> QuerySet[Customer]:
    """Those of someone's own customers who owe something on a document, under their record or one merged into it."""
    carried = Activity.objects.carried_by(user.pk)
    due = outstanding_invoices(user, on=on).filter(activity__in=carried).order_by()
    owners = due.annotate(owner=Coalesce("customer__merged_into", "customer")).values("owner")
    return customers.filter(pk__in=owners)


def open_quotes(customer: Customer, *, on: date) -> QuerySet[Quote]:
    """The quotes that a customer, or a record merged into it, may still accept that day, the first to end first."""
    of_customer = Q(customer=customer) | Q(customer__merged_into=customer)
    quotes = Quote.objects.filter(of_customer, state=QuoteState.SENT, valid_until__gte=on)
    return quotes.order_by("valid_until", "pk")


def customer_account(customer: Customer, *, on: date) -> CustomerAccount:
    """The account of a customer on a day; the retention that it still keeps is not owed yet."""
    documents: list[Any] = list(documents_of(customer))
    open_ones = [document for document in documents if document.remaining]
    since = add_months(on, -MONTHS_SHOWN)
    return CustomerAccount(
        on=on,
        invoiced=sum((document.gross for document in documents), ZERO),
        paid=sum((document.paid for document in documents), ZERO),
        open=sorted(open_ones, key=lambda document: (document.due_on or on, document.pk)),
        settled=[d for d in documents if not d.remaining and d.number and d.issued_on and d.issued_on >= since],
    )


def shown_document(customer: Customer, pk: int, *, on: date) -> Invoice | None:
    """A document that this customer's page lists; None for any other, be it the customer's own but older."""
    account = customer_account(customer, on=on)
    return next((document for document in (*account.open, *account.settled) if document.pk == pk), None)


def link_of_secret(secret: str, at: datetime) -> CustomerLink | None:
    """The link that this secret opens now, with its customer."""
    links = CustomerLink.objects.select_related("customer__activity", "given_by").filter(customer__merged_into=None)
    return live_link(links, secret=secret, at=at)


def standing_link(customer: Customer) -> CustomerLink | None:
    """The customer's link that was not revoked; it may have expired."""
    return CustomerLink.objects.filter(customer=customer, revoked_at=None).select_related("given_by").first()
