"""The rooms' admin classes, gathered for Django."""

from invoicing.customers.admin import CustomerAdmin, DeliveryAddressAdmin
from invoicing.invoices.admin import InvoiceAdmin, LegalTextAdmin
from invoicing.payments.admin import (
    AllocationAdmin,
    ChequeRemittanceAdmin,
    PaymentClosingAdmin,
    PaymentEventAdmin,
    ReceiptAdmin,
    RefundAdmin,
)
from invoicing.pricing.admin import VatCodeAdmin

__all__ = [
    "AllocationAdmin",
    "ChequeRemittanceAdmin",
    "CustomerAdmin",
    "DeliveryAddressAdmin",
    "InvoiceAdmin",
    "LegalTextAdmin",
    "PaymentClosingAdmin",
    "PaymentEventAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "VatCodeAdmin",
]
