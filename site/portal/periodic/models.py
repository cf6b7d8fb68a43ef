"""Heartbeats of the periodic jobs: a late one is visible (O2)."""

from datetime import datetime

from django.db import models

from portal.periodic.querysets import JobRunQuerySet


class JobRun(models.Model):
    """The last run of a job. `leased_until` keeps two nodes from running it at once."""

    name = models.CharField(max_length=60, primary_key=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_succeeded_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = JobRunQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def is_after(self, moment: datetime) -> bool:
        """Whether it has succeeded since a moment."""
        return self.last_succeeded_at is not None and self.last_succeeded_at >= moment
