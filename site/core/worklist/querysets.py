"""Named reads of the work list."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

if TYPE_CHECKING:
    from core.worklist.models import WorkItem  # noqa: F401 - the type of the rows


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """Work items."""

    def open(self) -> "WorkItemQuerySet":
        """Those nobody has dealt with."""
        return self.filter(closed_at=None)

    def closed(self) -> "WorkItemQuerySet":
        """Those dealt with."""
        return self.exclude(closed_at=None)

    def of_kind(self, *kinds: str) -> "WorkItemQuerySet":
        """Those of these kinds."""
        return self.filter(kind__in=kinds)

    def about(self, subject: str) -> "WorkItemQuerySet":
        """Those about an object, as "booking:17"."""
        return self.filter(subject=subject)

    def overdue(self, *, now: datetime) -> "WorkItemQuerySet":
        """Open ones whose time has passed."""
        return self.open().filter(due_at__lt=now)

    def counts_by_kind(self, *, now: datetime) -> dict[str, tuple[int, int]]:
        """Return open and overdue counts of each kind, in one query."""
        rows = (
            self.open()
            .order_by()
            .values("kind")
            .annotate(items=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
        )
        return {row["kind"]: (row["items"], row["late"]) for row in rows}
