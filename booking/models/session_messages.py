"""Messages to all who have booked a session. Written only by booking.operations.messaging (L6)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workshops.models import Session


class SessionMessage(models.Model):
    """One typed text to everybody who has booked a session (ADR 13). The mails are the outbox's."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="messages_sent", verbose_name=_("session")
    )
    key = models.UUIDField(unique=True)
    """Made with the form: the same form posted twice sends once."""

    text = models.TextField(_("message"), blank=True)
    """Emptied a year after the session (rule 10)."""

    is_from_staff = models.BooleanField(_("from the administration"), default=False)
    recipients = models.PositiveIntegerField(_("recipients"))
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent by"),
    )

    class Meta:
        verbose_name = _("message to those who have booked")
        verbose_name_plural = _("messages to those who have booked")
        ordering = ["session", "-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.session} #{self.pk}"
