"""Addresses of the VAT return and of what is reported to the State."""

from django.urls import path

from invoicing.exports import views

urlpatterns = [
    path("gestion/livres/tva/", views.VatReturnView.as_view(), name="vat-return"),
    path("gestion/livres/e-reporting/ventes/", views.ReportedSalesView.as_view(), name="reported-sales"),
    path("gestion/livres/e-reporting/paiements/", views.ReportedPaymentsView.as_view(), name="reported-payments"),
    path("gestion/livres/tva/detail/", views.VatDetailView.as_view(), name="vat-return-detail"),
    path("gestion/chiffres-cles/", views.KeyFiguresView.as_view(), name="key-figures"),
    path("gestion/chiffres-cles/<int:year>.json", views.key_figures_file, name="key-figures-file"),
]
