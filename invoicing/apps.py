"""Money: what the cooperative sells, and the documents that prove it."""

from django.apps import AppConfig
from django.core.checks import register


class InvoicingConfig(AppConfig):
    """Customers, invoices and everything that is counted in euros."""

    name = "invoicing"
    verbose_name = "Facturation"

    def ready(self) -> None:
        """Let `manage.py check` look at the settings of the platform."""
        from invoicing.einvoicing.services import check_channel  # noqa: PLC0415  models are not there before

        register(check_channel)
