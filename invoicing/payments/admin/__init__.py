"""The staff's pages of payments."""

from invoicing.payments.admin.losses import DoubtfulReceivableAdmin, WriteOffAdmin
from invoicing.payments.admin.outgoing import AllocationAdmin, RefundAdmin
from invoicing.payments.admin.receipts import ReceiptAdmin
from invoicing.payments.admin.record import ChequeRemittanceAdmin, PaymentClosingAdmin, PaymentEventAdmin

__all__ = [
    "AllocationAdmin",
    "ChequeRemittanceAdmin",
    "DoubtfulReceivableAdmin",
    "PaymentClosingAdmin",
    "PaymentEventAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "WriteOffAdmin",
]
