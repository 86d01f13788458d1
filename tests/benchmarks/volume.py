"""A cooperative with 24 000 documents, written in bulk: what lists read, without lines, which lists never read."""

from datetime import date, timedelta

from django.db import connection

from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.pricing.enums import PaymentTerms
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from members.activities.models import Activity
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.members.factories import make_cooperative

DOCUMENTS = 24_000
ACTIVITIES = 60
CUSTOMERS_EACH = 15
LAST_DAY = date(2026, 10, 31)
DAYS = 3 * 365


def fill() -> Activity:
    """Fill an empty database; answers an activity with its share of the documents."""
    make_cooperative()
    activities = [make_selling_activity(name=f"Activité {number}") for number in range(ACTIVITIES)]
    customers = [[make_customer(activity) for _ in range(CUSTOMERS_EACH)] for activity in activities]
    author = accountant()
    Invoice.objects.bulk_create(
        (document(number, activities, customers, author_id=author.pk) for number in range(DOCUMENTS)), batch_size=2000
    )
    Quote.objects.bulk_create(
        (quote(number, activities, customers, author_id=author.pk) for number in range(DOCUMENTS)), batch_size=2000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return activities[0]


def quote(number: int, activities: list[Activity], customers: list[list[Customer]], *, author_id: int) -> Quote:
    """The nth quote in order of sending; one in fifty is still a draft."""
    seller = number % ACTIVITIES
    offered = Quote(
        activity=activities[seller],
        customer=customers[seller][number // ACTIVITIES % CUSTOMERS_EACH],
        subject=f"Chantier n° {number}",
        net=700,
        vat=140,
        gross=840,
        created_by_id=author_id,
    )
    if number % 50:
        offered.issued_on = LAST_DAY - timedelta(days=DAYS - number * DAYS // DOCUMENTS)
        offered.valid_until = offered.issued_on + timedelta(days=30)
        offered.state = QuoteState.EXPIRED if number % 3 else QuoteState.SENT
        offered.number = f"D{offered.issued_on.year}-{number:05d}"
        offered.sent_by_id = author_id
    return offered


def document(number: int, activities: list[Activity], customers: list[list[Customer]], *, author_id: int) -> Invoice:
    """The nth document in order of issue; one in fifty is still a draft."""
    seller = number % ACTIVITIES
    invoice = Invoice(
        kind=InvoiceKind.INVOICE,
        activity=activities[seller],
        customer=customers[seller][number // ACTIVITIES % CUSTOMERS_EACH],
        subject=f"Mission n° {number}",
        payment_terms=PaymentTerms.DAYS_30,
        net=700,
        vat=140,
        gross=840,
        created_by_id=author_id,
    )
    if number % 50:
        issued_on = LAST_DAY - timedelta(days=DAYS - number * DAYS // DOCUMENTS)
        invoice.state = InvoiceState.ISSUED
        invoice.number = f"H{issued_on.year}-{number:05d}"
        invoice.issued_on = issued_on
        invoice.due_on = issued_on + timedelta(days=30)
    return invoice
