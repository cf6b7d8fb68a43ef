"""Sending one message to all who have booked a session (L6)."""

import uuid
from datetime import datetime

from django.db import transaction

from booking.messages import mail_kind
from booking.messaging.errors import MessagesClosedError, NobodyToTellError
from booking.messaging.reading import can_be_written_to, recipients_of
from booking.models import SessionMessage
from core.audit import log
from core.audit.log import Actor
from core.limits.limits import hit
from core.outbox.operations import Draft, queue_messages
from workshops.models import Session


def send_session_message(
    *, session_id: int, text: str, key: uuid.UUID, is_from_staff: bool, actor: Actor, now: datetime
) -> SessionMessage:
    """Write to everybody with a confirmed booking and a proven address. The same key again changes nothing.

    Args:
        key: made with the form, so that a double click sends once.
    Raises:
        MessagesClosedError: the session is cancelled, a draft, or over for too long.
        NobodyToTellError: nobody would get it.
        LimitExceededError: too many messages to this session, or by this person, within an hour.
    Source: DESIGN.md 5 (Links): no typed text to an unproven address; rule 5.
    """
    known = SessionMessage.objects.filter(key=key).first()
    if known is not None:
        return known
    hit("session_message", session_id, now=now)
    hit("session_message_user", actor.user_id, now=now)
    with transaction.atomic():
        # The session's row decides between two posts of the same form.
        session = Session.objects.locked().get(pk=session_id)
        known = SessionMessage.objects.filter(key=key).first()
        if known is not None:
            return known
        if not can_be_written_to(session, now=now):
            raise MessagesClosedError
        bookings = recipients_of(session_id).bookings
        if not bookings:
            raise NobodyToTellError
        message = SessionMessage.objects.create(
            session=session,
            key=key,
            text=text,
            is_from_staff=is_from_staff,
            recipients=len(bookings),
            sent_at=now,
            sent_by_id=actor.user_id,
        )
        queue_messages(
            [
                Draft(
                    mail_type=f"{mail_kind(booking)}_session_message",
                    to=booking.contact_email,
                    ids={"booking": booking.pk, "message": message.pk, "to": booking.contact_email},
                    language=booking.language,
                    key=f"session_message:{message.pk}:{booking.pk}",
                    about=f"booking:{booking.pk}",
                )
                for booking in bookings
            ],
            now=now,
        )
        # The log says that and to how many, not what: the text is the message's own (rule 10).
        log.record(
            "session_message_sent",
            f"session:{session.pk}",
            actor=actor,
            now=now,
            provider_id=session.provider_id,
            message=message.pk,
            recipients=len(bookings),
        )
        return message


__all__ = ["send_session_message"]
