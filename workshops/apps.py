"""Registers workshops with Django."""

from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"

    def ready(self) -> None:
        """Register the tasks this package makes."""
        from workshops.work_items import register_kinds

        register_kinds()
