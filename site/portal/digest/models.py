"""Who wants a digest of open tasks, and which was the last one dealt with."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.digest.enums import Cadence


class DigestChoice(models.Model):
    """One person's choice. No row: no digest."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    cadence = models.CharField(_("open tasks by e-mail"), max_length=10, choices=Cadence, default=Cadence.OFF)
    last_period = models.CharField(max_length=10, blank=True)
    """The day or week dealt with last, whether or not anything was open: "2026-11-20", "2026-W47"."""

    def __str__(self) -> str:
        return f"{self.user_id}: {self.cadence}"
