"""Packages: a visit to a class together with a whole parents' evening at the school (DESIGN.md 5)."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from booking.models import Booking
from booking.reading import booked_of
from booking.rules import is_evening_of_package
from core.links.tokens import absolute_url
from workshops.enums import Audience, PlaceKind, SessionAccess
from workshops.models import Offer, Session


def whole_evenings(offer: Offer, *, now: datetime, chosen: int | None = None) -> list[Session]:
    """Return the evenings that a school can have whole with a visit of an offer, soonest first.

    Args:
        chosen: an evening that the visitor has chosen, and may hold already: it stays in the list.
    """
    if offer.evening_offer_id is None:
        return []
    evenings = Session.objects.for_offer(offer.evening_offer_id).filter(
        access=SessionAccess.SCHOOL,
        audience=Audience.PARENTS,
        place_kind=PlaceKind.AT_SCHOOL,
        max_groups__isnull=False,
    )
    free = evenings.filter(for_school=None).bookable(now=now).values("pk")
    wanted = evenings.filter(Q(pk__in=free) | Q(pk=chosen)) if chosen else evenings.filter(pk__in=free)
    return list(wanted.upcoming(now=now).select_related("provider"))


def is_waiting_for_a_school(session: Session) -> bool:
    """Say whether an evening is for one school's parents, and no school has it yet."""
    is_for_parents = session.access == SessionAccess.SCHOOL and session.audience != Audience.SCHOOL
    return is_for_parents and session.for_school_id is None


def evening_of(booking: Booking) -> Session | None:
    """Return the whole evening a school has with its visit, if any."""
    for booked in booked_of(booking):
        if is_evening_of_package(booking.kind, booked.session):
            session: Session = booked.session
            return session
    return None


def sign_up_url(evening: Session) -> str:
    """Return the address where the parents of an evening's school sign up; the school passes it on."""
    return absolute_url(reverse("booking_form", args=[evening.pk]))


def evening_lines(booking: Booking) -> list[str]:
    """Return what a school with an evening needs to know: where its parents sign up."""
    evening = evening_of(booking)
    if evening is None:
        return []
    return [_("The parents sign up for the evening here: %(url)s") % {"url": sign_up_url(evening)}]
