"""Addresses of the customers' pages."""

from django.urls import path

from invoicing.customers import views

urlpatterns = [
    path("clients/", views.customers, name="customer-list"),
    path("clients/nouveau/", views.create, name="customer-create"),
    path("clients/<int:pk>/modifier/", views.edit, name="customer-edit"),
    path("clients/<int:pk>/archiver/", views.archive, name="customer-archive"),
    path("clients/<int:pk>/adresses/nouvelle/", views.add_address, name="address-create"),
    path("clients/adresses/<int:pk>/modifier/", views.edit_address, name="address-edit"),
]
