"""Links a person asked for to see their own data, and the log of what the retention job deleted."""

from django.contrib import admin
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class DataRequest(models.Model):
    """Somebody wants to see what is held about an address: the link goes there, and works for an hour.

    Made for known and unknown addresses alike (rule 12). Permissions on this model say who may search for a person
    in the administration (view) and erase one (change).
    """

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5, default="da")
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("works until"))
    link_generation = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("request for one’s own data")
        verbose_name_plural = _("requests for one’s own data")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class RetentionRun(models.Model):
    """One run of the retention job: how many rows went by each rule, never which (D1)."""

    at = models.DateTimeField(_("at"))
    counts = models.JSONField(_("deleted"), default=dict)
    """{rule: number}, rules without any left out."""

    failures = models.JSONField(_("failed"), default=list)
    """[{"part": name of the deletion, "error": name of the exception}]"""

    class Meta:
        verbose_name = _("run of the deletion")
        verbose_name_plural = _("runs of the deletion")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return date_format(localtime(self.at), "j. F Y H.i")

    @property
    @admin.display(description=_("deleted in all"))
    def total(self) -> int:
        """How many rows went."""
        return sum(self.counts.values())
