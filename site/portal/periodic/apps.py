"""Registers portal.periodic with Django."""

from django.apps import AppConfig


class PeriodicConfig(AppConfig):
    name = "portal.periodic"
    label = "periodic"

    def ready(self) -> None:
        """Register the jobs and the retention rules."""
        from portal.periodic import registered_jobs, retention, retention_of_accounts

        registered_jobs.register_all()
        retention.register_all()
        retention_of_accounts.register_all()
