"""Registers portal.reporting with Django."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "portal.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Name what the audit log keeps of goals, and the task that a changed report becomes."""
        from core.audit import registry as audit
        from core.worklist import kinds
        from portal.reporting import audit_words
        from portal.reporting.yearly import checking

        audit.register(actions=audit_words.ACTIONS, subjects=audit_words.SUBJECTS)
        kinds.register(checking.KIND)
