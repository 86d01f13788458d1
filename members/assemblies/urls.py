"""Addresses of an associate's own assemblies."""

from django.urls import path

from members.assemblies import views

urlpatterns = [
    path("assemblees/", views.assembly_list, name="assembly-list"),
    path("assemblees/<int:pk>/", views.assembly_detail, name="assembly-detail"),
    path("assemblees/<int:pk>/vote/", views.vote, name="assembly-vote"),
]
