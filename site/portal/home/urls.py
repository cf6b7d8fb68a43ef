"""Addresses of this app: what the law asks for, and the styleguide."""

from django.urls import URLPattern, URLResolver, path

from portal.home import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("was", views.accessibility_statement, name="was"),
    path("cookies/", views.CookiesView.as_view(), name="cookies"),
    path("privatliv/", views.PrivacyView.as_view(), name="privacy"),
    path("styleguide", views.StyleguideView.as_view(), name="styleguide"),
]
