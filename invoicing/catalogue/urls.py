"""Addresses of the catalogue's pages."""

from django.urls import path

from invoicing.catalogue import views

urlpatterns = [
    path("catalogue/", views.products, name="product-list"),
    path("catalogue/chercher/", views.search, name="product-search"),
    path("catalogue/nouveau/", views.create, name="product-create"),
    path("catalogue/<int:pk>/modifier/", views.edit, name="product-edit"),
    path("catalogue/<int:pk>/archiver/", views.archive, name="product-archive"),
    path("catalogue/<int:pk>/restaurer/", views.restore, name="product-restore"),
]
