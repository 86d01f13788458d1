"""The shared kernel."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """Money, periods, access and the audit trail: what every room may use, and that knows no room."""

    name = "cae_backoffice.core"
    label = "core"
    verbose_name = "Traçabilité"


class BackofficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the back office's own site."""

    default_site = "cae_backoffice.core.sites.BackofficeSite"

    def ready(self) -> None:
        """Find the admin modules, and that of the messages, which stands above core.admin and core.acts."""
        super().ready()
        autodiscover_modules("mail_admin")
