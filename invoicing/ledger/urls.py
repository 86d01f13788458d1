"""Addresses of the books."""

from django.urls import path

from invoicing.ledger import views

urlpatterns = [
    path("gestion/livres/journaux/", views.JournalView.as_view(), name="journal"),
    path("gestion/livres/grand-livre/", views.GeneralLedgerView.as_view(), name="general-ledger"),
    path("gestion/livres/auxiliaire/", views.AuxiliaryLedgerView.as_view(), name="auxiliary-ledger"),
    path("gestion/livres/balance/", views.TrialBalanceView.as_view(), name="trial-balance"),
    path("gestion/livres/balance-analytique/", views.AnalyticBalanceView.as_view(), name="analytic-balance"),
    path("gestion/livres/balance-agee/", views.AgedReceivablesView.as_view(), name="aged-receivables"),
    path("gestion/livres/postes-ouverts/", views.OpenItemsView.as_view(), name="open-items"),
]
