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
from invoicing.pricing.models import VatCode

__all__ = [
    "Customer",
    "DeliveryAddress",
    "Invoice",
    "InvoiceLine",
    "InvoiceVat",
    "IssuedFile",
    "IssuedSnapshot",
    "LegalText",
    "NumberSequence",
    "VatCode",
]
