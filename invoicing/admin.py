"""The rooms' admin classes, gathered for Django."""

from invoicing.customers.admin import CustomerAdmin, DeliveryAddressAdmin
from invoicing.invoices.admin import InvoiceAdmin, LegalTextAdmin
from invoicing.pricing.admin import VatCodeAdmin

__all__ = ["CustomerAdmin", "DeliveryAddressAdmin", "InvoiceAdmin", "LegalTextAdmin", "VatCodeAdmin"]
