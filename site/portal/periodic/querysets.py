"""Named reads of job runs, and the lease that keeps two nodes from doing the same at once."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from portal.periodic.models import JobRun  # noqa: F401 - the type of the rows


class JobRunQuerySet(models.QuerySet["JobRun"]):
    """Job runs."""

    def claim(self, name: str, *, now: datetime, until: datetime, every: timedelta | None) -> bool:
        """Take a job until `until`; with `every`, only if it has not succeeded for that long."""
        free = self.filter(name=name).filter(Q(leased_until=None) | Q(leased_until__lte=now))
        if every is not None:
            free = free.filter(Q(last_succeeded_at=None) | Q(last_succeeded_at__lte=now - every))
        return bool(free.update(leased_until=until, last_started_at=now))
