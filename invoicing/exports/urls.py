"""Addresses of the VAT return."""

from django.urls import path

from invoicing.exports import views

urlpatterns = [
    path("gestion/livres/tva/", views.VatReturnView.as_view(), name="vat-return"),
    path("gestion/livres/tva/detail/", views.VatDetailView.as_view(), name="vat-return-detail"),
]
