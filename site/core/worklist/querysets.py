"""Named reads of the work list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

if TYPE_CHECKING:
    from core.worklist.models import WorkItem  # noqa: F401 - the type of the rows


@dataclass(frozen=True)
class KindCounts:
    """How many open tasks of a kind there are. What sleeps is counted as that alone."""

    open: int = 0
    late: int = 0
    asleep: int = 0
    oldest: datetime | None = None
    """When the oldest that is awake was opened."""

    mine: int = 0
    free: int = 0
    """Awake and a person's own, awake and nobody's; counted where a person was named."""


_FREE = Q(assignee=None) | Q(assignee__is_active=False)


def _is_awake(on: date) -> Q:
    return Q(wakes_on=None) | Q(wakes_on__lte=on)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """Work items."""

    def open(self) -> "WorkItemQuerySet":
        """Those nobody has dealt with."""
        return self.filter(closed_at=None)

    def closed(self) -> "WorkItemQuerySet":
        """Those dealt with."""
        return self.exclude(closed_at=None)

    def awake(self, *, now: datetime) -> "WorkItemQuerySet":
        """Open ones that somebody should deal with now."""
        return self.open().filter(_is_awake(timezone.localdate(now)))

    def asleep(self, *, now: datetime) -> "WorkItemQuerySet":
        """Open ones that are put off to a later day."""
        return self.open().filter(wakes_on__gt=timezone.localdate(now))

    def of_kind(self, *kinds: str) -> "WorkItemQuerySet":
        """Those of these kinds."""
        return self.filter(kind__in=kinds)

    def given_to(self, user_id: int) -> "WorkItemQuerySet":
        """Those a person has."""
        return self.filter(assignee=user_id)

    def free(self) -> "WorkItemQuerySet":
        """Those nobody has, or only somebody whose account is closed."""
        return self.filter(_FREE)

    def about(self, subject: str) -> "WorkItemQuerySet":
        """Those about an object, as "booking:17"."""
        return self.filter(subject=subject)

    def overdue(self, *, now: datetime) -> "WorkItemQuerySet":
        """Open ones whose time has passed."""
        return self.open().filter(due_at__lt=now)

    def oldest_first(self) -> "WorkItemQuerySet":
        """In the order in which they should be dealt with, with who has them."""
        return self.order_by("opened_at", "pk").select_related("assignee")

    def oldest_of_each_kind(self, number: int) -> "WorkItemQuerySet":
        """Keep the oldest few of every kind, in one query."""
        place = Window(RowNumber(), partition_by=F("kind"), order_by=[F("opened_at"), F("pk")])
        return self.annotate(place=place).filter(place__lte=number).oldest_first()

    def counts_by_kind(self, *, now: datetime, user_id: int | None = None) -> dict[str, KindCounts]:
        """Return the counts of each kind with open tasks, in one query."""
        awake = _is_awake(timezone.localdate(now))
        rows: Any = (
            self.open()
            .order_by()
            .values("kind")
            .annotate(
                awake=Count("pk", filter=awake),
                late=Count("pk", filter=awake & Q(due_at__lt=now)),
                items=Count("pk"),
                oldest=Min("opened_at", filter=awake),
            )
        )
        if user_id is not None:
            mine = Count("pk", filter=awake & Q(assignee=user_id))
            rows = rows.annotate(mine=mine, free=Count("pk", filter=awake & _FREE))
        return {
            row["kind"]: KindCounts(
                open=row["awake"],
                late=row["late"],
                asleep=row["items"] - row["awake"],
                oldest=row["oldest"],
                mine=row.get("mine", 0),
                free=row.get("free", 0),
            )
            for row in rows
        }
