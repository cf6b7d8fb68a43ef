"""Bookings, reports, requests for dates, notices and feeds. Written only by booking.operations (rule 1)."""

from booking.models.bookings import SESSION_MOVED, Attendance, BookedClass, BookedSession, Booking, ClassPlace
from booking.models.feeds import Feed
from booking.models.reports import DoorTick, SessionReport
from booking.models.requests import DateNotice, DateRequest, ProposedTime, WishedDate
from booking.models.session_messages import SessionMessage

__all__ = [
    "SESSION_MOVED",
    "Attendance",
    "BookedClass",
    "BookedSession",
    "Booking",
    "ClassPlace",
    "DateNotice",
    "DateRequest",
    "DoorTick",
    "Feed",
    "ProposedTime",
    "SessionMessage",
    "SessionReport",
    "WishedDate",
]
