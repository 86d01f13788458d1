"""The shared kernel."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    """Money, periods, access and the audit trail: what every room may use, and that knows no room."""

    name = "cae_backoffice.core"
    label = "core"
    verbose_name = "Traçabilité"


class BackofficeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the back office's own site."""

    default_site = "cae_backoffice.core.sites.BackofficeSite"
