"""What a mail looks like with a text, on the newest real message of its type or on invented values (N7)."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation

from core.outbox.models import Message
from core.outbox.operations import TRIAL_ABOUT
from core.outbox.placeholders import is_secret, sample_content, sample_value
from core.outbox.registry import Content, MailType
from core.outbox.rendering import Rendered, render, render_sms
from core.outbox.texts import Wording

log = logging.getLogger(__name__)

_TRIED = 5
"""How many messages are looked at: the newest may no longer have anything to say."""

_LONG_PART = re.compile(r"/[\w~.:=-]{24,}")
"""A part of an address long enough to be a personal link."""


@dataclass(frozen=True)
class Preview:
    """A mail as its reader would see it."""

    rendered: Rendered
    message: Message | None
    """The message whose values it shows; None where they are invented."""

    attachments: tuple[str, ...] = ()


def preview(
    mail_type: MailType, language: str, wording: Wording, *, may_see_messages: bool, now: datetime
) -> Preview:
    """Show a text on the newest message of its type, else on invented values. Links and codes are invented always.

    Args:
        may_see_messages: whoever looks may see what is mailed to others.
    """
    message, content = _newest(mail_type, language, now=now) if may_see_messages else (None, None)
    text = wording.parsed(language)
    until = message.delete_after if message else timezone.localdate(now) + timedelta(mail_type.retention_days)
    shown = content or sample_content(mail_type)
    if mail_type.is_sms:
        rendered = render_sms(mail_type, shown, language=language, text=text)
    else:
        rendered = render(mail_type, shown, language=language, delete_on=until, text=text)
    names = tuple(attachment.filename for attachment in content.attachments) if content else ()
    return Preview(rendered, message, names)


def _newest(mail_type: MailType, language: str, *, now: datetime) -> tuple[Message | None, Content | None]:
    sent = Message.objects.filter(mail_type=mail_type.name).exclude(about__startswith=f"{TRIAL_ABOUT}:")
    for message in sent.order_by("-queued_at", "-pk")[:_TRIED]:
        try:
            with translation.override(language):
                content = mail_type.build(message.ids, language, now)
        except Exception:
            # What it told of may be gone since; a preview never depends on that.
            log.info("Message %s (%s) has no preview.", message.pk, mail_type.name)
            continue
        if content is not None:
            values = {name: _harmless(name, str(value)) for name, value in content.placeholders.items()}
            return message, replace(content, placeholders=values)
    return None, None


def _harmless(name: str, value: str) -> str:
    """Return a value without what would open something for whoever looks."""
    if not value.strip():
        return value
    if is_secret(name):
        return sample_value(name)
    own = re.escape(settings.PORTAL_BASE_URL)
    return re.sub(rf"{own}/\S*", lambda found: _LONG_PART.sub("/eksempel", found.group(0)), value)
