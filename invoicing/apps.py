"""Money: what the cooperative sells, and the documents that prove it."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Customers, invoices and everything that is counted in euros."""

    name = "invoicing"
    verbose_name = "Facturation"
