"""Single bookings with all that pages and mails show of them: the reads of every step, prepared."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from booking.enums import ACTIVE_STATES, BookingState
from booking.models import BookedClass, BookedSession, Booking
from booking.rules import visits_first
from core.prepared import attach, prepared
from workshops.calendars import has_own_plan


def booked_of(booking: Booking) -> list[BookedSession]:
    """Return the booked sessions in the order they are held; a day that fell out of a living booking is not one.

    The evening of a package comes after the visit it belongs to, whenever it is held.
    """
    every = sorted(booking.booked_sessions.all(), key=lambda booked: visits_first(booked.session))
    return [booked for booked in every if booked.state in ACTIVE_STATES] or every


def booking_with_details(booking_id: int) -> Booking | None:
    """Return a booking as `with_details()` does, or None."""
    return _first(_booking(booking_id=booking_id))


def started_in(browser_key: str, session_id: int, *, with_details: bool) -> Booking | None:
    """Return what a browser is filling in for a session; a hold that ran out too, so that nothing is lost."""
    return _first(_started(browser_key=browser_key, session_id=session_id), with_details=with_details)


def sent_from(browser_key: str, session_id: int) -> Booking | None:
    """Return what a browser has sent for a session, the latest."""
    return _first(_sent(browser_key=browser_key, session_id=session_id))


def _first(found: list[Booking], *, with_details: bool = True) -> Booking | None:
    if found and with_details:
        ids = [booking.pk for booking in found]
        attach(found, "classes", _classes(booking_ids=ids), by="booking")
        attach(found, "booked_sessions", _booked_sessions(booking_ids=ids), by="booking")
    return found[0] if found else None


@prepared
def _booking(*, booking_id: int) -> QuerySet[Any]:
    return Booking.objects.filter(pk=booking_id).select_related("school")


def _of_browser(browser_key: str, session_id: int) -> QuerySet[Any]:
    # A school's whole evening has nobody in it: its page at this address is the parents' own.
    mine = Booking.objects.filter(
        browser_key=browser_key, booked_sessions__session_id=session_id, booked_sessions__people__gt=0
    )
    return mine.order_by("-started_at", "-pk").select_related("school")


@prepared
def _started(*, browser_key: str, session_id: int) -> QuerySet[Any]:
    unsent = _of_browser(browser_key, session_id).filter(
        state__in=[BookingState.HELD, BookingState.WAITING, BookingState.EXPIRED], submitted_at=None
    )
    unsent = unsent.exclude(end_reason="given_up").annotate(school_has_own_plan=has_own_plan("school_id"))
    return unsent[:1]


@prepared
def _sent(*, browser_key: str, session_id: int) -> QuerySet[Any]:
    return _of_browser(browser_key, session_id).filter(submitted_at__isnull=False)[:1]


@prepared
def _classes(*, booking_ids: Collection[int]) -> QuerySet[BookedClass]:
    return BookedClass.objects.filter(booking_id__in=booking_ids)


@prepared
def _booked_sessions(*, booking_ids: Collection[int]) -> QuerySet[BookedSession]:
    return BookedSession.objects.with_session().filter(booking_id__in=booking_ids)
