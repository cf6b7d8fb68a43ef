"""Messages in their states."""

from datetime import UTC, datetime, timedelta

import factory

from core.outbox.delivery import message_id_for
from core.outbox.models import Message, MessageState

QUEUED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class MessageFactory(factory.django.DjangoModelFactory):
    """A queued message of a type nobody registered; traits: sent, failed, bounced."""

    class Meta:
        model = Message

    class Params:
        sent = factory.Trait(state=MessageState.SENT, attempts=1, sent_at=QUEUED_AT + timedelta(minutes=1))
        failed = factory.Trait(state=MessageState.FAILED, attempts=7, last_error="SMTPServerDisconnected")
        bounced = factory.Trait(state=MessageState.BOUNCED, attempts=1, last_error="550")

    key = factory.Sequence(lambda number: f"factory:{number}")
    mail_type = "sample"
    to_email = factory.Sequence(lambda number: f"modtager{number}@skole.example")
    queued_at = QUEUED_AT
    send_after = factory.SelfAttribute("queued_at")
    message_id = factory.LazyAttribute(lambda message: message_id_for(message.key))
    delete_after = factory.LazyAttribute(lambda message: (message.queued_at + timedelta(days=90)).date())
