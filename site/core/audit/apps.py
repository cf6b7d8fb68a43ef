"""Registers core.audit with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "core.audit"
    label = "audit"

    def ready(self) -> None:
        """Name the acts of the core."""
        from core.audit import registry, words

        registry.register(actions=words.ACTIONS, subjects=words.SUBJECTS)
