"""Addresses of a member's own file."""

from django.urls import path

from members.own_file import views

urlpatterns = [
    path("mon-dossier/", views.own_file_page, name="own-file"),
    path("mon-dossier/coordonnees/", views.contact_details, name="own-contact"),
    path("mon-dossier/attestation-de-parts/", views.own_certificate, name="own-certificate"),
]
