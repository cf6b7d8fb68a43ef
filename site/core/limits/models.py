"""Counters of attempts, one row a scope, key and time window."""

from django.db import models


class Counter(models.Model):
    """How often something was tried in a window. `key` is a keyed hash, never an address itself."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    window_starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key", "window_starts_at"], name="counter_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.count}"
