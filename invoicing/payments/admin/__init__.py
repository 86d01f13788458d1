"""The staff's pages of payments."""

from invoicing.payments.admin.outgoing import AllocationAdmin, RefundAdmin
from invoicing.payments.admin.receipts import ReceiptAdmin
from invoicing.payments.admin.record import ChequeRemittanceAdmin, PaymentClosingAdmin, PaymentEventAdmin

__all__ = [
    "AllocationAdmin",
    "ChequeRemittanceAdmin",
    "PaymentClosingAdmin",
    "PaymentEventAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
]
