"""Who did what, to what, when. Entries are added, never edited."""

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import registry


class Entry(models.Model):
    """One act. `subject` is "booking:17"; `data` holds facts without personal data."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    actor_kind = models.CharField(_("kind of actor"), max_length=20, default="system")
    """user, link (a personal link), visitor or system."""

    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(_("subject"), max_length=60)
    provider_id = models.BigIntegerField(_("provider"), null=True, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject"], name="entry_by_subject"),
            models.Index(fields=["-at", "-id"], name="entry_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"

    @admin.display(description=_("Action"), ordering="action")
    def action_name(self) -> str:
        """Return what was done, in words."""
        return registry.action_name(self.action)

    @admin.display(description=_("Concerns"))
    def subject_name(self) -> str:
        """Return what it was done to, in words."""
        return registry.subject_name(self.subject)
