"""Named reads of the outbox, and the claim that guards sending."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from core.outbox.models import MailTextVersion, Message  # noqa: F401 - the type of the rows


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def due(self, *, now: datetime) -> "MessageQuerySet":
        """Those to send now: waiting, their time has come, and no worker has them."""
        return self.filter(state="queued", send_after__lte=now).filter(
            Q(leased_until=None) | Q(leased_until__lte=now)
        )

    def claim(self, message_id: int, *, now: datetime, until: datetime) -> bool:
        """Take one message for this worker until `until`. False when another was faster (rule 5)."""
        return bool(
            self.due(now=now).filter(pk=message_id).update(leased_until=until, attempts=F("attempts") + 1)
        )

    def about(self, subject: str) -> "MessageQuerySet":
        """Those that tell of an object, as "booking:17"."""
        return self.filter(about=subject)

    def undelivered(self) -> "MessageQuerySet":
        """Those that did not arrive."""
        return self.filter(state__in=["failed", "bounced"])

    def with_text(self) -> "MessageQuerySet":
        """Those whose text was kept: only in the demo."""
        return self.exclude(body_text="")

    def to_delete(self, *, now: datetime) -> "MessageQuerySet":
        """Those whose retention has ended (rule 10)."""
        return self.filter(delete_after__lt=timezone.localdate(now))


class MailTextVersionQuerySet(models.QuerySet["MailTextVersion"]):
    """Versions of mail texts."""

    def of(self, mail_type: str, language: str) -> "MailTextVersionQuerySet":
        """Those of one mail in one language."""
        return self.filter(mail_type=mail_type, language=language)

    def in_use(self) -> "MailTextVersionQuerySet":
        """Those that mails use; at most one a mail and language."""
        return self.filter(is_in_use=True)
