"""Addresses of the list of customers, of their accounts, and of the customers' own pages."""

from django.urls import path

from invoicing.customer_accounts import views

urlpatterns = [
    path("clients/", views.customers, name="customer-list"),
    path("clients/<int:pk>/", views.account, name="customer-account"),
    path("clients/<int:pk>/lien/", views.give, name="customer-link"),
    path("clients/<int:pk>/lien/retirer/", views.revoke, name="customer-link-revoke"),
    path("clients/<int:pk>/fusionner/", views.merge, name="customer-merge"),
    path("espace-client/<secret:secret>/", views.portal, name="portal"),
    path("espace-client/<secret:secret>/<int:pk>.pdf", views.portal_pdf, name="portal-pdf"),
    path("espace-client/<secret:secret>/devis/<int:pk>/", views.portal_quote, name="portal-quote"),
]
