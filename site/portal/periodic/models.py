"""Heartbeats of the periodic jobs: a late one is visible (O2)."""

from django.db import models


class JobRun(models.Model):
    """The last run of a job. `leased_until` keeps two nodes from running it at once."""

    name = models.CharField(max_length=60, primary_key=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_succeeded_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
