"""The rooms' models, gathered for Django."""

from invoicing.customers.models import Customer, DeliveryAddress
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
from invoicing.pricing.models import VatCode

__all__ = [
    "Account",
    "Auxiliary",
    "Customer",
    "DeliveryAddress",
    "Entry",
    "EntryLine",
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
    "Period",
    "VatCode",
]
