"""Addresses of the documents with their payment, and of reminders."""

from django.urls import path

from invoicing.reminders import views

urlpatterns = [
    path("factures/", views.invoices, name="invoice-list"),
    path("factures/<int:pk>/", views.detail, name="invoice-detail"),
    path("factures/<int:pk>/pause/", views.pause, name="invoice-pause"),
    path("relances/<int:pk>/envoyer/", views.send, name="reminder-send"),
    path("relances/<int:pk>/arreter/", views.stop, name="reminder-stop"),
    path("relances/pauses/<int:pk>/lever/", views.lift, name="reminderpause-lift"),
]
