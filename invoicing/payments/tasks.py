"""Background jobs of payments."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from invoicing.invoices.models import Invoice
from invoicing.invoices.services.freeze import SETTLE_TASK
from invoicing.payments.services import settle_corrective
from members.people.models import User


@app.task(name=SETTLE_TASK, retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def settle_corrective_invoice(corrective_id: int, user_id: int) -> None:
    """Let a corrective invoice take over what was paid of the one it replaced, on its own date, in the name of the
    person who issued it. Harmless when it runs twice.
    """
    corrective = Invoice.objects.get(pk=corrective_id)
    assert corrective.issued_on is not None  # noqa: S101  the job comes from its issue
    settle_corrective(corrective=corrective, by=User.objects.get(pk=user_id), on=corrective.issued_on)
