"""Addresses of the invoices' pages."""

from django.urls import path

from invoicing.invoices import views
from invoicing.invoices.views import attachments
from invoicing.invoices.views import credits as corrections

urlpatterns = [
    path("factures/nouvelle/", views.create, name="invoice-create"),
    path("factures/totaux/", views.live_totals, name="invoice-totals"),
    path("factures/brouillon/", views.autosave, name="invoice-autosave"),
    path("factures/<int:pk>/modifier/", views.edit, name="invoice-edit"),
    path("factures/<int:pk>/soumettre/", views.submit, name="invoice-submit"),
    path("factures/<int:pk>/emettre/", views.issue_own, name="invoice-issue-own"),
    path("factures/<int:pk>/retirer/", views.withdraw, name="invoice-withdraw"),
    path("factures/<int:pk>/supprimer/", views.delete, name="invoice-delete"),
    path("factures/<int:pk>/avoir/", corrections.credit, name="invoice-credit"),
    path("factures/<int:pk>/rectifier/", corrections.replace, name="invoice-replace"),
    path("factures/<int:pk>/pdf/", views.pdf, name="invoice-pdf"),
    path("factures/<int:pk>/pieces/", attachments.attach, name="invoice-attach"),
    path("pieces/<int:pk>/", attachments.file, name="attachment-file"),
    path("pieces/<int:pk>/retirer/", attachments.remove, name="attachment-remove"),
]
