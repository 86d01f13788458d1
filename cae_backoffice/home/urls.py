"""Addresses of the home pages."""

from django.urls import path

from cae_backoffice.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("mon-activite/", views.entrepreneur_home, name="entrepreneur-home"),
    path("theme.css", views.theme, name="theme"),
]
