"""Registers core.outbox with Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "core.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Check mail types at start-up, listen to the mail service, and name the tasks of failed mails."""
        from anymail.signals import tracking

        from core.outbox import checks, work_items  # noqa: F401 - importing registers the checks
        from core.outbox.signal_handlers import store_delivery
        from core.worklist.kinds import register

        tracking.connect(store_delivery, dispatch_uid="core.outbox.store_delivery")
        for kind in work_items.KINDS:
            register(kind)
