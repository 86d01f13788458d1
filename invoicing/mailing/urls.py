"""Addresses of the pages of the messages' words."""

from django.urls import path

from invoicing.mailing import views

urlpatterns = [
    path("messages-types/", views.template_list, name="mail-template-list"),
    path("messages-types/<int:activity>/<str:kind>/", views.edit, name="mail-template-edit"),
    path("messages-types/<int:activity>/<str:kind>/reprendre/", views.drop, name="mail-template-drop"),
]
