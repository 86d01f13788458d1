"""Addresses of the recurring invoices' pages."""

from django.urls import path

from invoicing.recurring import views

urlpatterns = [
    path("factures/recurrentes/", views.recurring_invoices, name="recurring-list"),
    path("factures/<int:pk>/recurrente/", views.create, name="recurring-create"),
    path("factures/recurrentes/<int:pk>/", views.detail, name="recurring-detail"),
    path("factures/recurrentes/<int:pk>/modifier/", views.edit, name="recurring-edit"),
    path("factures/recurrentes/<int:pk>/suspendre/", views.pause, name="recurring-pause"),
    path("factures/recurrentes/<int:pk>/reprendre/", views.resume, name="recurring-resume"),
    path("factures/recurrentes/echeances/<int:pk>/preparer/", views.again, name="recurring-again"),
]
