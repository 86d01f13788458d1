"""The sheet of a long draft: its totals while one types, and its saving by itself, as the server's time."""

from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import draft_print
from members.activities.models import Activity
from tests.benchmarks.measure import Measure, median_milliseconds
from tests.invoicing.factories import entrepreneur_of, make_draft, make_line, vat

LINES = 200
TIMES = 20
GOAL = "< 100 ms"
ENCODED = "application/x-www-form-urlencoded"


def measure(activity: Activity) -> list[Measure]:
    """Beside 24 000 documents, in the activity that wrote 400 of them."""
    user = entrepreneur_of(activity)
    draft = make_draft(activity, by=user, lines=[make_line() for _ in range(LINES)])
    client = Client()
    client.force_login(user)
    typed = _typed(draft)

    def totals() -> None:
        answer = client.post(reverse("invoice-totals"), urlencode(typed), content_type=ENCODED)
        assert "140\u202f000,00" in answer.text, answer.status_code

    def autosave() -> None:
        sent = urlencode(typed | {"seen": draft_print(draft)})
        answer = client.post(reverse("invoice-autosave"), sent, content_type=ENCODED)
        assert "data-saved" in answer.text, answer.text

    return [
        Measure(f"totals of a draft of {LINES} lines", f"{median_milliseconds(totals, times=TIMES):.0f} ms", GOAL),
        Measure(
            f"a draft of {LINES} lines saved by itself", f"{median_milliseconds(autosave, times=TIMES):.0f} ms", ""
        ),
    ]


def _typed(draft: Invoice) -> dict[str, str]:
    sheet = {
        "invoice": str(draft.pk),
        "activity": str(draft.activity_id),
        "customer": str(draft.customer_id),
        "payment_terms": "D30",
        "lines-TOTAL_FORMS": str(LINES),
        "lines-INITIAL_FORMS": "0",
    }
    code = str(vat().pk)
    for rank in range(LINES):
        sheet |= {
            f"lines-{rank}-label": f"Ligne {rank}",
            f"lines-{rank}-quantity": "2",
            f"lines-{rank}-unit": "DAY",
            f"lines-{rank}-unit_price": "350",
            f"lines-{rank}-nature": "SERVICES",
            f"lines-{rank}-vat_code": code,
        }
    return sheet
