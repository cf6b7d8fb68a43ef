"""Registers portal.reporting with Django."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Name what the audit log keeps of goals."""
        from core.audit import registry as audit
        from portal.reporting import audit_words

        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
