"""Addresses of the figures."""

from django.urls import path

from members.figures import views

urlpatterns = [
    path("gestion/membres-en-chiffres/", views.MemberFiguresView.as_view(), name="member-figures"),
    path("gestion/presence-apres-entree/", views.SurvivalView.as_view(), name="member-survival"),
]
