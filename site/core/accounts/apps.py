"""Registers core.accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "core.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect what follows a migration, a log-in or a change of second factor."""
        from core.accounts import signal_handlers

        signal_handlers.connect_write_roles()
