"""What can be done to an electronic invoice, one verb per file."""

from invoicing.einvoicing.services.channel import check_channel, the_channel
from invoicing.einvoicing.services.queue import queue_document, queue_statuses
from invoicing.einvoicing.services.receive import receive_invoices, receive_statuses
from invoicing.einvoicing.services.record_collection import Collection, record_collections
from invoicing.einvoicing.services.record_status import record_status
from invoicing.einvoicing.services.send_waiting import send_waiting
from invoicing.einvoicing.services.settle_transmission import give_up_transmission, retry_transmission

__all__ = [
    "Collection",
    "check_channel",
    "give_up_transmission",
    "queue_document",
    "queue_statuses",
    "receive_invoices",
    "receive_statuses",
    "record_collections",
    "record_status",
    "retry_transmission",
    "send_waiting",
    "the_channel",
]
