"""Registers workshops with Django."""

from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"

    def ready(self) -> None:
        """Register the tasks this package makes, its mails, what its acts are called, and listen to Wagtail."""
        from core.audit import registry as audit
        from workshops import audit_words, personal_data, signal_handlers
        from workshops.draft_notices import register_draft_mails
        from workshops.work_items import register_kinds

        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
        personal_data.register_all()
        register_kinds()
        register_draft_mails()
        signal_handlers.connect()
