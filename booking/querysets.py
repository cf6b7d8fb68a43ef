"""Named reads of bookings, and what booking tells workshops about places (rule 1)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from booking.enums import ACTIVE_STATES, OPEN_REQUEST_STATES, BookingState, RequestState
from workshops.availability import ExpiredPlaces


class BookingQuerySet(models.QuerySet[Any]):
    """Reads of bookings."""

    def submitted(self) -> "BookingQuerySet":
        """Leave out forms that were never sent."""
        return self.filter(submitted_at__isnull=False)

    def of_address(self, email: str) -> "BookingQuerySet":
        """Keep what was booked with an address (rule 12: one's own)."""
        return self.filter(contact_email=email.strip().lower())

    def with_details(self) -> "BookingQuerySet":
        """Fetch what pages and mails show of a booking, in three queries whatever their number."""
        from booking.models import BookedSession

        return self.select_related("school").prefetch_related(
            "classes", models.Prefetch("booked_sessions", BookedSession.objects.with_session())
        )

    def unproven(self, *, now: datetime) -> "BookingQuerySet":
        """Keep sent bookings whose address is not proven and whose time has not run out."""
        return self.filter(state=BookingState.HELD, submitted_at__isnull=False, held_until__gt=now)


class BookedSessionQuerySet(models.QuerySet[Any]):
    """Reads of booked sessions."""

    def with_session(self) -> "BookedSessionQuerySet":
        """Fetch what pages and mails show of the session beside each."""
        return self.select_related(
            "session__venue", "session__provider", "session__offer", "session__for_school"
        )

    def expired_holds(self, *, now: datetime) -> "BookedSessionQuerySet":
        """Keep holds and offers that ran out but whose places the counters still carry."""
        return self.filter(state__in=[BookingState.HELD, BookingState.OFFERED], held_until__lte=now)

    def in_queue(self) -> "BookedSessionQuerySet":
        """Keep entries that wait with a rank, the first in line first (rule 8)."""
        return self.filter(state=BookingState.WAITING, queued_at__isnull=False).order_by("queued_at", "pk")

    def ahead_of(self, entry: Any) -> "BookedSessionQuerySet":
        """Keep the entries of the same queue that rank before one."""
        return self.ranked_before(entry.queued_at, entry.pk).filter(session_id=entry.session_id)

    def ranked_before(self, queued_at: Any, pk: Any) -> "BookedSessionQuerySet":
        """Keep the entries that rank before a rank: values, or references to an outer row."""
        before = models.Q(queued_at__lt=queued_at) | models.Q(queued_at=queued_at, pk__lt=pk)
        return self.in_queue().filter(before)

    def locked(self) -> "BookedSessionQuerySet":
        """Lock the rows in pk order."""
        return self.order_by("pk").select_for_update()


class DateRequestQuerySet(models.QuerySet[Any]):
    """Reads of requests for dates."""

    def locked(self) -> "DateRequestQuerySet":
        """Lock the rows in pk order; a request is locked before every session (one lock order)."""
        return self.order_by("pk").select_for_update()

    def sent(self) -> "DateRequestQuerySet":
        """Leave out those whose address nobody has confirmed: no one is asked yet."""
        return self.exclude(state=RequestState.UNPROVEN)

    def open(self) -> "DateRequestQuerySet":
        """Keep those that await an answer from one of the two sides."""
        return self.filter(state__in=OPEN_REQUEST_STATES)

    def of_address(self, email: str) -> "DateRequestQuerySet":
        """Keep what was asked with an address."""
        return self.filter(contact_email=email.strip().lower())

    def of_provider(self, provider_id: int) -> "DateRequestQuerySet":
        """Keep requests for a provider's offers. Urgent ones go to the team, not to a provider (V5)."""
        return self.filter(offer__provider_id=provider_id).exclude(kind="urgent")

    def of_ending_schools(self) -> "DateRequestQuerySet":
        """Keep those whose school closes by the last date in question: wished, proposed, or none named (S29)."""
        closed_on = models.F("school__closed_on")
        in_question = models.Q(wishes=None) | models.Q(wishes__date__gte=closed_on)
        proposed = models.Q(
            proposals__withdrawn_at=None, proposals__starts_at__date__gte=models.F("school__closed_on")
        )
        return self.filter(in_question | proposed, school__closed_on__isnull=False).distinct()

    def with_details(self) -> "DateRequestQuerySet":
        """Fetch what pages and mails show of a request, in three queries whatever their number."""
        from booking.models import ProposedTime

        times = ProposedTime.objects.select_related("venue", "session__venue")
        return self.select_related("offer__provider", "school", "booking").prefetch_related(
            "wishes", models.Prefetch("proposals", times)
        )


class DateNoticeQuerySet(models.QuerySet[Any]):
    """Reads of notices of dates (S25)."""

    def waiting(self) -> "DateNoticeQuerySet":
        """Keep proven addresses that have not been told."""
        return self.filter(proven_at__isnull=False, told_at=None)


def expired_places(now: datetime) -> ExpiredPlaces:
    """Return expressions over a session row: places its counters still hold for holds that have run out.

    Given to workshops.availability, whose annotation every page and the claim's explanation share, so that a
    page never shows what booking would refuse (DESIGN.md 5).
    """
    from booking.models import BookedSession

    def total(column: str) -> Coalesce:
        holds = BookedSession.objects.filter(session=OuterRef("pk")).expired_holds(now=now)
        sums = holds.order_by().values("session").annotate(total=Sum(column)).values("total")
        return Coalesce(Subquery(sums), 0)

    return ExpiredPlaces(groups=total("groups"), people=total("people"))


def booked_ids(session_ids: Collection[int]) -> set[int]:
    """Return the sessions somebody has or had a booking for: held, waiting and withdrawn included."""
    from booking.models import BookedSession

    return set(BookedSession.objects.filter(session_id__in=session_ids).values_list("session_id", flat=True))


def active_ids(session_ids: Collection[int]) -> set[int]:
    """Return the sessions somebody holds, has booked or waits for now."""
    from booking.models import BookedSession

    active = BookedSession.objects.filter(session_id__in=session_ids, state__in=ACTIVE_STATES)
    return set(active.values_list("session_id", flat=True))
