"""Whether the counters on sessions are the sum of the rows they count (ADR 2 and 6)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from booking.enums import TAKING_STATES
from booking.models import BookedSession
from workshops.models import Session

COUNTERS = ("groups_taken", "people_taken", "waiting")


@dataclass(frozen=True)
class WrongCounter:
    """A counter that its rows contradict."""

    session_id: int
    counter: str
    says: int
    rows: int


def wrong_counters() -> list[WrongCounter]:
    """Return every counter of places or of the queue that is not the sum of its rows; one query.

    Asked on a portal in use, too: one statement sees one moment.
    """
    of_session = BookedSession.objects.filter(session=OuterRef("pk"))
    taking = of_session.filter(state__in=TAKING_STATES)
    counted = Session.objects.annotate(
        rows_groups_taken=_total(taking, Sum("groups")),
        rows_people_taken=_total(taking, Sum("people")),
        rows_waiting=_total(of_session.in_queue(), Count("pk")),
    )
    differs = Q()
    for name in COUNTERS:
        differs |= ~Q(**{name: F(f"rows_{name}")})
    found = []
    for session in counted.filter(differs).order_by("pk"):
        for name in COUNTERS:
            says, rows = getattr(session, name), getattr(session, f"rows_{name}")
            if says != rows:
                found.append(WrongCounter(session.pk, name, says=says, rows=rows))
    return found


def _total(rows: QuerySet[Any], total: Aggregate) -> Coalesce:
    sums = rows.order_by().values("session").annotate(total=total).values("total")
    return Coalesce(Subquery(sums, output_field=IntegerField()), 0)
