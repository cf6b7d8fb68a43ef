"""Registers workshops with Django."""

from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"

    def ready(self) -> None:
        """Register the tasks this package makes, and what its acts are called."""
        from core.audit import registry as audit
        from workshops import audit_words, personal_data
        from workshops.work_items import register_kinds

        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
        personal_data.register_all()
        register_kinds()
