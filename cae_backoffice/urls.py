"""Every address of the site, by room."""

from django.contrib import admin
from django.urls import include, path

from cae_backoffice.core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("members.figures.urls")),
    path("", include("members.calendars.urls")),
    path("", include("invoicing.ledger.urls")),
    path("", include("invoicing.exports.urls")),
    path("", include("invoicing.contributions.urls")),
    path("", include("invoicing.activity_accounts.urls")),
    path("", include("invoicing.customers.urls")),
    path("", include("invoicing.customer_accounts.urls")),
    path("gestion/", admin.site.urls),
    path("", include("cae_backoffice.home.urls")),
    path("", include("members.people.urls")),
    path("", include("members.own_file.urls")),
    path("", include("members.assemblies.urls")),
    path("", include("invoicing.mailing.urls")),
    path("", include("invoicing.catalogue.urls")),
    path("", include("invoicing.sending.urls")),
    path("", include("invoicing.reminders.urls")),
    path("", include("invoicing.billing.urls")),
    path("", include("invoicing.invoices.urls")),
    path("", include("invoicing.recurring.urls")),
    path("", include("invoicing.transfers.urls")),
    path("", include("invoicing.quotes.urls")),
]
