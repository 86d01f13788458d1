"""Addresses of the orders' pages."""

from django.urls import path

from invoicing.billing import views

urlpatterns = [
    path("commandes/", views.orders, name="order-list"),
    path("commandes/devis/<int:pk>/", views.convert, name="quote-order"),
    path("commandes/<int:pk>/", views.detail, name="order-detail"),
    path("commandes/<int:pk>/acompte/", views.ask_deposit, name="order-deposit"),
    path("commandes/<int:pk>/situation/", views.progress, name="order-progress"),
    path("commandes/<int:pk>/solde/", views.ask_final, name="order-final"),
    path("commandes/<int:pk>/annuler/", views.cancel, name="order-cancel"),
]
