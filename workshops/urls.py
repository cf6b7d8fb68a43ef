"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from workshops import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("kalender/alle.ics", views.all_sessions_feed, name="all_sessions_feed"),
    path("kalender/tilbud/<int:offer_id>.ics", views.offer_feed, name="offer_feed"),
]
