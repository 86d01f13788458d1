"""The rooms' admin classes, gathered for Django."""

from invoicing.customers.admin import CustomerAdmin, DeliveryAddressAdmin
from invoicing.exports.admin import ExportedEntryAdmin, ExportJobAdmin
from invoicing.invoices.admin import InvoiceAdmin, LegalTextAdmin
from invoicing.ledger.admin import AccountAdmin, AuxiliaryAdmin, EntryAdmin, FiscalYearAdmin, PeriodAdmin
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
    "AccountAdmin",
    "AllocationAdmin",
    "AuxiliaryAdmin",
    "ChequeRemittanceAdmin",
    "CustomerAdmin",
    "DeliveryAddressAdmin",
    "EntryAdmin",
    "ExportJobAdmin",
    "ExportedEntryAdmin",
    "FiscalYearAdmin",
    "InvoiceAdmin",
    "LegalTextAdmin",
    "PaymentClosingAdmin",
    "PaymentEventAdmin",
    "PeriodAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "VatCodeAdmin",
]
