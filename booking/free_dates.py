"""The next dates of an offer that a booking of a certain size could have instead (L7, S10)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from booking import wording
from booking.enums import ACTIVE_STATES
from booking.models import BookedSession, Booking
from booking.places import bookable_by_staff
from core.links.tokens import absolute_url
from workshops.models import Session
from workshops.querysets import SessionQuerySet


def dates_for(
    booked: BookedSession, booking: Booking, *, now: datetime, by_staff: bool = False
) -> SessionQuerySet:
    """Return the other dates of the offer where a booked session fits now, soonest first.

    Single dates only: the days of a course are booked together. Another school's visit is not among them.

    Args:
        by_staff: also dates that are closed on the website.
    """
    bookable = bookable_by_staff(now=now) if by_staff else Session.objects.bookable(now=now)
    dates: SessionQuerySet = (
        bookable.for_offer(booked.session.offer_id)
        .filter(
            Q(max_groups=None) | Q(free_groups__gte=booked.groups),
            Q(max_people=None) | Q(free_people__gte=booked.people),
            Q(host_school=None) | Q(host_school=booking.school_id),
            course=None,
        )
        .filter(
            Q(access="open") | Q(access=booked.session.access, for_school=booked.session.for_school_id),
        )
        .exclude(pk=booked.session_id)
        .order_by("starts_at", "pk")
        .select_related("venue")
    )
    return dates.filter(starts_at__gt=now).exclude(_at_the_time_of_others(booking, booked))


def _at_the_time_of_others(booking: Booking, booked: BookedSession) -> Q:
    """Say of a date that one of the booking's other days is held at the same time."""
    overlaps = Q(pk__in=[])
    for item in booking.booked_sessions.all():
        if item.pk != booked.pk and item.state in ACTIVE_STATES:
            overlaps |= Q(starts_at__lt=item.session.ends_at, ends_at__gt=item.session.starts_at)
    return overlaps


def dates_as_links(dates: SessionQuerySet, *, limit: int = 5) -> str:
    """Return dates as lines of a mail, each with the address where it can be booked."""
    return "\n".join(
        f"{wording.when_text(session)}: {absolute_url(reverse('booking_form', args=[session.pk]))}"
        for session in dates[:limit]
    )
