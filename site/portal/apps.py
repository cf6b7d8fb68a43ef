"""Registers the top package with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Say what the staff roles may do, and what the top packages hold of persons."""
        from portal import grants, personal_data

        grants.register()
        personal_data.register_all()
