"""What the mail service reports (django-anymail's tracking events)."""

from typing import Any

from anymail.signals import EventType
from django.utils import timezone

from core.outbox.delivery import METADATA_KEY
from core.outbox.operations import record_delivery

_STORED = {
    EventType.DELIVERED,
    EventType.BOUNCED,
    EventType.REJECTED,
    EventType.FAILED,
    EventType.DEFERRED,
    EventType.COMPLAINED,
}
"""Opens and clicks are not among them: nobody is watched reading (N4)."""


def store_delivery(sender: Any, event: Any, esp_name: str = "", **kwargs: Any) -> None:
    """Store delivery and bounce events; ignore all others."""
    if event.event_type not in _STORED:
        return
    message_id = (event.metadata or {}).get(METADATA_KEY) or event.message_id or ""
    record_delivery(
        message_id=message_id,
        event=str(event.event_type),
        happened_at=event.timestamp,
        description=str(event.reject_reason or ""),
        now=timezone.now(),
    )
