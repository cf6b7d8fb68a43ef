"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from portal.periodic import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("healthz/web", views.healthz_web, name="healthz_web"),
]
