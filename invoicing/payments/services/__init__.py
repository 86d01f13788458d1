"""What is done with payments, one verb per file.

Every act takes its locks in one order, so that two clerks never wait for each other in a circle: receipts by pk,
documents by pk, the sequence of its number, the customers' auxiliary accounts, then the ledger (one entry at most), the
chained event, the matching letters, the audit trail.
"""

from invoicing.payments.services.allocate_receipt import allocate_receipt
from invoicing.payments.services.bounce_receipt import bounce_receipt
from invoicing.payments.services.close_payments import close_payments
from invoicing.payments.services.declare_doubtful import declare_doubtful
from invoicing.payments.services.offset_credit_note import offset_credit_note
from invoicing.payments.services.record_receipt import record_receipt
from invoicing.payments.services.refund_customer import refund_customer
from invoicing.payments.services.remit_cheques import remit_cheques
from invoicing.payments.services.settle_corrective import settle_corrective
from invoicing.payments.services.store_slip import store_slip
from invoicing.payments.services.write_off import write_off

__all__ = [
    "allocate_receipt",
    "bounce_receipt",
    "close_payments",
    "declare_doubtful",
    "offset_credit_note",
    "record_receipt",
    "refund_customer",
    "remit_cheques",
    "settle_corrective",
    "store_slip",
    "write_off",
]
