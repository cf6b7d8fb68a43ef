"""Registers portal.digest with Django."""

from django.apps import AppConfig


class DigestConfig(AppConfig):
    name = "portal.digest"
    label = "digest"

    def ready(self) -> None:
        """Register the mail."""
        from portal.digest import emails

        emails.register_mail_types()
