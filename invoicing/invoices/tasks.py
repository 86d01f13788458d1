"""Background jobs of documents."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from invoicing.invoices.models import Invoice
from invoicing.invoices.services import store_pdf
from invoicing.invoices.services.freeze import RENDER_TASK
from members.people.models import User


@app.task(name=RENDER_TASK, retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def render_invoice_pdf(invoice_id: int, user_id: int) -> None:
    """Render and store the PDF of an issued document, in the name of the person who issued it.

    Retried after 2, 4, 8… seconds, in all for more than an hour; harmless when it runs twice.
    """
    store_pdf(invoice=Invoice.objects.get(pk=invoice_id), by=User.objects.get(pk=user_id))
