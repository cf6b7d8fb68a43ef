"""Which dates wait for a provider's signature and who has booked them, for the charter package to show (C7)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet

from booking.enums import TAKING_STATES
from booking.models import BookedSession
from charter.stakes import Stake, WaitingDate
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES
from workshops.models import Session
from workshops.querysets import SessionQuerySet


class BookingStakes:
    """Registered with charter.stakes."""

    def shut_out(self, provider_ids: Collection[int], now: datetime) -> dict[int, Stake]:
        """Count dates ahead that the gate shuts out, and the bookings on them: two queries."""
        return _counted(_shut_out(provider_ids, now))

    def open_from(self, provider_ids: Collection[int], day: date, now: datetime) -> dict[int, Stake]:
        """Count dates from a day on that pass the gate, and the bookings on them: two queries."""
        sessions = _ahead(provider_ids, now).filter(local_date__gte=day)
        return _counted(sessions.gate_open(today=local_date_of(now)))

    def waiting_dates(self, provider_id: int, now: datetime, limit: int) -> Sequence[WaitingDate]:
        """Return the soonest dates that wait, with their bookings: two queries."""
        sessions = list(_shut_out([provider_id], now).order_by("starts_at", "pk")[:limit])
        booked = dict(
            _booked()
            .filter(session__in=[session.pk for session in sessions])
            .order_by()
            .values_list("session_id")
            .annotate(Count("booking_id", distinct=True))
        )
        return [
            WaitingDate(
                starts_at=session.starts_at,
                title=session.title_in("da"),
                title_en=session.title_in("en"),
                bookings=booked.get(session.pk, 0),
            )
            for session in sessions
        ]


def _ahead(provider_ids: Collection[int], now: datetime) -> SessionQuerySet:
    found: SessionQuerySet = Session.objects.filter(
        provider_id__in=list(provider_ids), starts_at__gt=now, state__in=UPCOMING_STATES
    )
    return found


def _shut_out(provider_ids: Collection[int], now: datetime) -> SessionQuerySet:
    return _ahead(provider_ids, now).gate_shut(today=local_date_of(now))


def _booked() -> QuerySet[BookedSession]:
    return BookedSession.objects.filter(state__in=TAKING_STATES, booking__submitted_at__isnull=False)


def _counted(sessions: SessionQuerySet) -> dict[int, Stake]:
    dates = sessions.order_by().values("provider_id").annotate(dates=Count("pk"), first=Min("local_date"))
    booked = dict(
        _booked()
        .filter(session__in=sessions.order_by().values("pk"))
        .order_by()
        .values_list("session__provider_id")
        .annotate(Count("booking_id", distinct=True))
    )
    return {
        row["provider_id"]: Stake(
            dates=row["dates"],
            bookings=booked.get(row["provider_id"], 0),
            first_day=row["first"],
        )
        for row in dates
    }
