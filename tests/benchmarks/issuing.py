"""Issuing approved invoices of ten lines: number, frozen copy, ledger, trail and the job of the PDF, each committed."""

from functools import partial
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_invoice
from members.activities.models import Activity
from members.people.models import User
from tests.benchmarks.measure import Measure, milliseconds
from tests.invoicing.factories import DAY, accountant, make_approved, make_line

ISSUED = 100
LINES = [("Conseil", "2", "350", "FR20"), ("Dossier", "1", "123.456", "FR10")] * 5


def approved(activity: Activity) -> Invoice:
    """An approved invoice of ten lines at two rates."""
    lines = [make_line(label, quantity, price, code) for label, quantity, price, code in LINES]
    return make_approved(activity, lines=lines)


def issue(invoice: Invoice, *, by: User) -> Invoice:
    """One clerk, one document after the other."""
    return issue_invoice(invoice=invoice, by=by, on=DAY)


def measure(activity: Activity) -> list[Measure]:
    """A hundred documents after one that warms the caches, and the queries of one more."""
    clerk = accountant()
    issue(approved(activity), by=clerk)
    invoices = [approved(activity) for _ in range(ISSUED)]
    times = [milliseconds(partial(issue, invoice, by=clerk)) for invoice in invoices]
    last = approved(activity)
    with CaptureQueriesContext(connection) as queries:
        issue(last, by=clerk)
    return [
        Measure("issuing, ten lines", f"{median(times):.1f} ms, {len(queries)} queries", "< 20 ms"),
        Measure("issuing, ten lines", f"{1000 * ISSUED / sum(times):.0f} per second"),
    ]
