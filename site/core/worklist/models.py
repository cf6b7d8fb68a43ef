"""Work items: what the administration must decide, so that nothing is cancelled silently (rule 3)."""

import re
from datetime import date

from django.conf import settings
from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.worklist import kinds
from core.worklist.querysets import WorkItemQuerySet

_FULL_STOP_TOO_MUCH = re.compile(r"([?!…]|\.{3}|(?<!\.)\.)\.(?=\s|$)")
"""After the end of a title or a name: "feed?.", "m.fl..", "så...."."""


class WorkItem(models.Model):
    """One decision for a person. `kind` names its text and page (core.worklist.kinds)."""

    key = models.CharField(max_length=200, unique=True)
    """What it is about, once: "affected_booking:17:suspended:2026-11-21". Making it again changes nothing."""

    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=60)
    provider_id = models.BigIntegerField(_("provider"), null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    resolution = models.CharField(_("resolution"), max_length=40, blank=True)
    wakes_on = models.DateField(_("asleep until"), null=True, blank=True)
    """The local day on which a task that was put off is back; no job has to run for it."""

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "-opened_at"], name="item_open", condition=Q(closed_at=None)),
            models.Index(fields=["subject"], name="item_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to deal with it."""
        return self.closed_at is None

    def is_asleep(self, *, on: date) -> bool:
        """Whether it is put off to a later day than this local one."""
        return self.wakes_on is not None and self.wakes_on > on

    @property
    def url(self) -> str:
        """Where it is dealt with; empty when there is no page for it."""
        return kinds.get(self.kind).url(self)

    @display(description=_("kind"))
    def kind_title(self) -> str:
        """What its kind is called."""
        return str(kinds.get(self.kind).title)

    @display(description=_("task"))
    def description(self) -> str:
        """What it says. A title or name in it may end a sentence itself: then a full stop after it is too much."""
        return _FULL_STOP_TOO_MUCH.sub(r"\1", kinds.get(self.kind).describe(self))
