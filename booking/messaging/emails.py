"""The mail that carries a message to one who has booked, read from the database when it is sent (rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy

from booking import links, wording
from booking.mail_types import register_mail
from booking.messaging.reading import BOOKED
from booking.models import BookedSession, SessionMessage
from core.cms.frame import current_frame
from core.outbox.registry import Content
from workshops.enums import SessionState

_PLACEHOLDERS = ("reference", "sender", "title", "dates", "message", "manage_url")


def register_message_mails() -> None:
    """Register the mails of this module (called when Django is ready)."""
    for kind, audience, title in (
        ("booking", "school", gettext_lazy("Message to those who have booked (booking)")),
        ("sign_up", "person", gettext_lazy("Message to those who have booked (sign-up)")),
    ):
        register_mail(f"{kind}_session_message", audience, title, _PLACEHOLDERS, _build)


def _build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Nothing to somebody who has left meanwhile, has another address, or whose date is cancelled."""
    message = (
        SessionMessage.objects.select_related("session__provider", "session__venue")
        .filter(pk=ids["message"])
        .first()
    )
    if message is None or not message.text or message.session.state == SessionState.CANCELLED:
        return None
    item = (
        BookedSession.objects.filter(session=message.session_id, booking=ids["booking"], state__in=BOOKED)
        .select_related("booking")
        .first()
    )
    if item is None or item.booking.contact_email != ids["to"] or item.booking.proven_at is None:
        return None
    session = message.session
    with translation.override(language):
        values = {
            "reference": item.booking.reference,
            "sender": current_frame(language).authority if message.is_from_staff else session.provider.name,
            "title": session.title_in(language),
            "dates": wording.when_text(session),
            "message": message.text,
            "manage_url": links.manage_url(item.booking),
        }
    return Content(placeholders=values, delete_on=item.booking.delete_after)
