"""Addresses of contributions."""

from django.urls import path

from invoicing.contributions import views

urlpatterns = [
    path("gestion/contributions/apercu/", views.PreviewView.as_view(), name="contribution-preview"),
    path("gestion/contributions/essai/", views.ReplayView.as_view(), name="contribution-replay"),
    path("contributions/", views.statement_list, name="contributionstatement-list"),
    path("contributions/<int:pk>/", views.statement_detail, name="contributionstatement-detail"),
    path("contributions/<int:pk>/pdf/", views.statement_pdf, name="contributionstatement-pdf"),
]
