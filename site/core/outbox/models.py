"""A row a message: what to tell whom, in which state of sending (rule 5)."""

from typing import Any

from django.conf import settings
from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from core.outbox import registry
from core.outbox.errors import UnknownMailTypeError
from core.outbox.querysets import MailTextVersionQuerySet, MessageQuerySet
from core.outbox.sms import shown_number
from core.outbox.texts import Wording


class MessageState(models.TextChoices):
    """Where a message is on its way."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent: no longer relevant")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")


UNDELIVERED_STATES = (MessageState.FAILED, MessageState.BOUNCED)


class Message(models.Model):
    """One message to one address. Holds type, ids and language; the text is rendered when sending.

    `subject` and `body_*` are filled only in the demo (PORTAL_IS_DEMO), for its mailbox page.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    mail_type = models.CharField(_("type"), max_length=80)
    to_email = models.EmailField(_("to"))
    to_phone = models.CharField(_("to (mobile)"), max_length=20, blank=True)
    """Of a text message: the number. Its `to_email` then says whose it is (ADR 15)."""

    language = models.CharField(_("language"), max_length=5, default="da")
    ids = models.JSONField(_("ids"), default=dict)
    about = models.CharField(_("about"), max_length=100, blank=True, db_index=True)
    """What it tells of, as "booking:17" or "provider:3": finds the mails of an object."""

    state = models.CharField(_("state"), max_length=12, choices=MessageState, default=MessageState.QUEUED)
    queued_at = models.DateTimeField(_("queued at"))
    send_after = models.DateTimeField(_("send after"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    round = models.PositiveSmallIntegerField(_("sent again"), default=0)
    """How often a person asked to try again; the attempts count from 0 in each round."""

    retried_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    """When a person asked last: earlier reports of the mail service tell of the sending before."""

    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    delete_after = models.DateField(_("deleted after"))

    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body_text = models.TextField(_("text"), blank=True)
    body_html = models.TextField("HTML", blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(fields=["send_after"], name="message_waiting", condition=Q(state="queued")),
            models.Index(fields=["to_email"], name="message_by_address"),
            models.Index(fields=["-queued_at", "-id"], name="message_newest_first"),
            models.Index(fields=["delete_after"], name="message_to_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.mail_type} #{self.pk}"

    @display(description=_("type"))
    def type_title(self) -> str:
        """What its type is called; the bare name when the type is gone."""
        try:
            return str(registry.get(self.mail_type).title)
        except UnknownMailTypeError:
            return self.mail_type

    @display(description=_("to"))
    def recipient(self) -> str:
        """Where it goes: an address, or the number of a text message."""
        return shown_number(self.to_phone) if self.to_phone else self.to_email

    @property
    def can_retry(self) -> bool:
        """Whether it can be sent again: it did not arrive."""
        return self.state in UNDELIVERED_STATES


EVENT_WORDS: dict[str, Any] = {
    "delivered": _("Delivered"),
    "bounced": _("Came back"),
    "rejected": _("Refused by the mail service"),
    "failed": _("Failed"),
    "deferred": _("Delayed, the mail service tries again"),
    "complained": _("Marked as spam by the recipient"),
}
"""What the mail service may report. Opens and clicks are not among it."""


class Delivery(models.Model):
    """What the mail service told about a message afterwards (delivered, bounced); opens are never tracked."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(_("event"), max_length=40)
    happened_at = models.DateTimeField(_("at"))
    description = models.CharField(_("description"), max_length=300, blank=True)

    class Meta:
        ordering = ["happened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "event", "happened_at"], name="delivery_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_word} {date_format(localtime(self.happened_at), 'j. F Y H.i')}"

    @property
    def event_word(self) -> str:
        """What was reported, in words."""
        return str(EVENT_WORDS.get(self.event, self.event))


class MailTextBase(models.Model):
    """A mail's text in one language as the administration has written it."""

    mail_type = models.CharField(_("type"), max_length=80)
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"))
    why = models.CharField(_("why the recipient gets this e-mail"), max_length=500)

    class Meta:
        abstract = True

    @property
    def wording(self) -> Wording:
        """The text as a value."""
        return Wording(self.subject, self.body, self.why)


class MailTextVersion(MailTextBase):
    """One version of an edited mail; mails use the shipped text where none is in use (N7).

    A reset is a version too: the shipped text of that moment, and from then on whatever is shipped.
    """

    number = models.PositiveIntegerField(_("version"))
    is_in_use = models.BooleanField(_("in use"), default=False)
    is_reset = models.BooleanField(_("back to the standard text"), default=False)
    standard = models.JSONField(default=list)
    """Subject, body and reason of the shipped text that its writer saw: tells when the shipped text has changed."""

    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("saved by"),
    )

    objects = MailTextVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail text")
        verbose_name_plural = _("e-mail texts")
        ordering = ["mail_type", "language", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["mail_type", "language", "number"], name="mail_text_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["mail_type", "language"], condition=Q(is_in_use=True), name="mail_text_one_in_use"
            ),
            models.CheckConstraint(
                condition=~Q(is_in_use=True, is_reset=True), name="mail_text_reset_is_not_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_type} ({self.language}) {self.number}"

    @property
    def standard_seen(self) -> Wording:
        """The shipped text that its writer saw."""
        return Wording(*self.standard)


class MailTextTrial(MailTextBase):
    """What somebody has sent to themselves to look at: one a person and text, replaced by the next."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mail_type", "language", "author"], name="mail_text_trial_once"),
        ]

    def __str__(self) -> str:
        return f"{self.mail_type} ({self.language})"
