"""The rooms' models, gathered for Django."""

from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.exports.models import ExportedEntry, ExportJob
from invoicing.invoices.models import (
    Invoice,
    InvoiceLine,
    InvoiceVat,
    IssuedFile,
    IssuedSnapshot,
    LegalText,
    NumberSequence,
)
from invoicing.ledger.models import (
    Account,
    Auxiliary,
    Entry,
    EntryLine,
    FiscalYear,
    Journal,
    Matching,
    MonthlyBalance,
    Period,
)
from invoicing.payments.models import (
    Allocation,
    AllocationVat,
    Bounce,
    ChequeRemittance,
    PaymentClosing,
    PaymentEvent,
    PaymentSequence,
    Receipt,
    Refund,
    RemittanceSlip,
)
from invoicing.pricing.models import VatCode

__all__ = [
    "Account",
    "Allocation",
    "AllocationVat",
    "Auxiliary",
    "Bounce",
    "ChequeRemittance",
    "Customer",
    "DeliveryAddress",
    "Entry",
    "EntryLine",
    "ExportJob",
    "ExportedEntry",
    "FiscalYear",
    "Invoice",
    "InvoiceLine",
    "InvoiceVat",
    "IssuedFile",
    "IssuedSnapshot",
    "Journal",
    "LegalText",
    "Matching",
    "MonthlyBalance",
    "NumberSequence",
    "PaymentClosing",
    "PaymentEvent",
    "PaymentSequence",
    "Period",
    "Receipt",
    "Refund",
    "RemittanceSlip",
    "VatCode",
]
