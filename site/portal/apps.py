"""Registers the top package with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Say what the staff roles may do."""
        from portal import grants

        grants.register()
