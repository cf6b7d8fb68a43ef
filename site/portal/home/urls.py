"""Addresses of this app: what the law asks for, and the styleguide."""

from django.urls import URLPattern, URLResolver, path

from portal.home import views

urlpatterns: list[URLPattern | URLResolver] = [
    # The law names the address: www.<domain>/was, without a slash (DOMAIN.md 4.1).
    path("was", views.AccessibilityView.as_view(), name="was"),
    path("cookies/", views.CookiesView.as_view(), name="cookies"),
    path("privatliv/", views.PrivacyView.as_view(), name="privacy"),
    path("styleguide", views.StyleguideView.as_view(), name="styleguide"),
]

root_urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
"""Files at fixed addresses, the same in every language."""
