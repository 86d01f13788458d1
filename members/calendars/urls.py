"""Addresses of the calendar."""

from django.urls import path

from members.calendars import views

urlpatterns = [
    path("gestion/agenda/", views.calendar_page, name="calendar"),
    path("agenda/<secret:secret>.ics", views.calendar_feed, name="calendar-feed"),
]
