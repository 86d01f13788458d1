"""Addresses of the transfers' pages."""

from django.urls import path

from invoicing.transfers import views

urlpatterns = [
    path("transferts/", views.transfers, name="transfer-list"),
    path("transferts/nouveau/", views.create, name="transfer-create"),
    path("transferts/<int:pk>/", views.detail, name="transfer-detail"),
    path("transferts/<int:pk>/accepter/", views.accept, name="transfer-accept"),
    path("transferts/<int:pk>/refuser/", views.refuse, name="transfer-refuse"),
    path("transferts/<int:pk>/retirer/", views.cancel, name="transfer-cancel"),
    path("transferts/<int:pk>/bordereau/", views.voucher, name="transfer-voucher"),
]
