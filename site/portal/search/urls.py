"""Address of the search page."""

from django.urls import URLPattern, URLResolver, path

from portal.search.views import search

urlpatterns: list[URLPattern | URLResolver] = [path("soeg/", search, name="search")]
