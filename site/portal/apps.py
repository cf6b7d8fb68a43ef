"""Registers the top package with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
