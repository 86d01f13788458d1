"""Background job of the documents that leave by themselves."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from cae_backoffice.core.errors import RefusalError
from invoicing.sending.queries import documents_to_send
from invoicing.sending.services import send_automatically

logger = logging.getLogger(__name__)


@app.periodic(cron="*/2 * * * *")
@app.task(name="invoicing.send_documents", queueing_lock="invoicing.send_documents")
def send_documents(_timestamp: int) -> None:
    """Send what was issued since, one transaction each; what is refused (no address) is left to a person."""
    for invoice in documents_to_send():
        try:
            by = invoice.activity.sending_preference.set_by
            send_automatically(invoice=invoice, by=by, at=timezone.now())
        except RefusalError as refusal:
            logger.info("document not sent", extra={"invoice": invoice.pk, "reasons": refusal.reasons})
