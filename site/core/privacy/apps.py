"""Registers core.privacy with Django."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "core.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Add the mails, and what the core and the packages it builds on hold."""
        from core.privacy import emails, personal_data

        emails.register_mail_types()
        personal_data.register_all()
