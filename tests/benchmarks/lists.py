"""The lists of invoices and quotes at 24 000 documents, as the server's time for one page."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.activities.models import Activity
from members.people.models import User
from tests.benchmarks.measure import Measure, median_milliseconds
from tests.benchmarks.volume import DOCUMENTS
from tests.invoicing.factories import accountant, entrepreneur_of

PAGES_MEASURED = 20
GOAL = "< 50 ms, ≤ 12 queries"


def measure(activity: Activity) -> list[Measure]:
    """The staff's list in three ways, and an entrepreneur's own."""
    staff = reverse("admin:invoicing_invoice_changelist")
    return [
        page("staff's list", staff, accountant()),
        page("staff's list, a search", f"{staff}?q=client+77", accountant()),
        page("staff's list, page 240", f"{staff}?p=240", accountant()),
        page("staff's list of quotes", reverse("admin:invoicing_quote_changelist"), accountant()),
        page(
            "staff's list of quotes, a search",
            f"{reverse('admin:invoicing_quote_changelist')}?q=client+77",
            accountant(),
        ),
        page("entrepreneur's quotes (hers: 400)", reverse("quote-list"), entrepreneur_of(activity)),
        page("entrepreneur's list (hers: 400)", reverse("invoice-list"), entrepreneur_of(activity)),
    ]


def page(name: str, address: str, user: User) -> Measure:
    """One list of documents."""
    return timed_page(f"{name} at {DOCUMENTS:,} documents", address, user, GOAL)


def timed_page(name: str, address: str, user: User, goal: str) -> Measure:
    """One address, signed in."""
    client = Client()
    client.force_login(user)

    def read() -> None:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    elapsed = median_milliseconds(read, times=PAGES_MEASURED)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read()
    return Measure(name, f"{elapsed:.0f} ms, {len(queries)} queries", goal)
