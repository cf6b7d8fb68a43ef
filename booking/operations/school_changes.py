"""When a school closes or merges: what it has booked or asked for from that day on becomes tasks (S29, rule 3)."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from booking.enums import LIVE_STATES
from booking.models import BookedSession, DateRequest
from booking.operations.coverage import open_affected_tasks
from booking.operations.requesting import SCHOOL_ENDS
from core.worklist.operations import open_item


class BookingSchoolObserver:
    """Registered with workshops.observers."""

    def schools_end(self, school_ids: Sequence[int], *, now: datetime) -> int:
        """Open the tasks of some schools; return how many bookings are touched."""
        _ask_about_requests(now=now, school_ids=school_ids)
        return _open_tasks(now=now, school_ids=school_ids)


def watch_closing_schools(now: datetime) -> int:
    """Open the tasks of every school that closes; return how many bookings are touched.

    A job runs it: a booking under way while its school was closed is found by it. A task that a person has
    closed does not come back.
    """
    _ask_about_requests(now=now)
    return _open_tasks(now=now)


def _open_tasks(*, now: datetime, school_ids: Sequence[int] | None = None) -> int:
    ended = BookedSession.objects.filter(
        session__starts_at__gt=now,
        session__local_date__gte=F("booking__school__closed_on"),
        state__in=LIVE_STATES,
        booking__submitted_at__isnull=False,
    )
    if school_ids is not None:
        ended = ended.filter(booking__school__in=school_ids)
    total = 0
    for booked in ended.select_related("booking__school__merged_into", "session").order_by("pk"):
        school = booked.booking.school
        if school is None:  # never: the filter asks for its closing day
            continue
        heir = school.merged_into
        total += open_affected_tasks(
            [booked],
            cause="school_closed" if heir is None else "school_merged",
            key=f"school:{school.closed_on:%Y-%m-%d}",
            school=school.name,
            heir="" if heir is None else heir.name,
            now=now,
        )
    return total


def _ask_about_requests(*, now: datetime, school_ids: Sequence[int] | None = None) -> None:
    """Make a task of each open request of a school that is gone by then: does it still stand, and whose is it?"""
    requests = DateRequest.objects.open().of_ending_schools()
    if school_ids is not None:
        requests = requests.filter(school__in=school_ids)
    for request in requests.select_related("school__merged_into", "offer").order_by("pk"):
        school = request.school
        if school is None:  # never: the filter asks for its closing day
            continue
        heir = school.merged_into
        open_item(
            key=f"{SCHOOL_ENDS}:{request.pk}:{school.closed_on:%Y-%m-%d}",
            kind=SCHOOL_ENDS,
            subject=f"request:{request.pk}",
            provider_id=request.offer.provider_id if request.offer else None,
            data={
                "reference": request.reference,
                "school": school.name,
                "heir": "" if heir is None else heir.name,
                "closes": f"{school.closed_on:%Y-%m-%d}",
            },
            due_at=now,
            now=now,
        )
