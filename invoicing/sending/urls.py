"""Addresses of sending documents."""

from django.urls import path

from cae_backoffice.core import tokens  # noqa: F401  registers the converter of secrets
from invoicing.sending import views

urlpatterns = [
    path("factures/<int:pk>/envoyer/", views.send, name="invoice-send"),
    path("factures/<int:pk>/envoi-automatique/", views.choose, name="invoice-send-choose"),
    path("envois/<int:pk>/renvoyer/", views.resend, name="documentsending-resend"),
    path("envois/<int:pk>/fermer/", views.revoke, name="documentsending-revoke"),
    path("documents/<secret:secret>/", views.open_link, name="document-download"),
]
