"""Registers portal.home with Django."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "portal.home"
    label = "home"

    def ready(self) -> None:
        """Register the yearly reminder."""
        from portal.home import reminders

        reminders.register_all()
