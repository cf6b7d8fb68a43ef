"""Addresses of the demo; the pages are 404 outside it."""

from django.urls import path

from portal.demo import views

urlpatterns = [path("demo/", views.demo_logins, name="demo_logins")]
