"""Named reads of offers, sessions and schools."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from charter.gate import open_gate
from workshops.availability import with_free_places
from workshops.calendars import local_date_of
from workshops.enums import NOT_TAKING_PLACE, UPCOMING_STATES, SessionAccess, SessionState
from workshops.rules import Slot
from workshops.schools import fold

LETTERS_TO_SEARCH_INSIDE = 4


def _gate(today: date) -> Case:
    return Case(When(open_gate(today=today), then=Value(True)), default=Value(False))


class SessionQuerySet(models.QuerySet[Any]):
    """Reads of sessions."""

    def locked(self) -> "SessionQuerySet":
        """Lock the rows in pk order (STYLE: one lock order); on SQLite the transaction itself is the lock."""
        return self.order_by("pk").select_for_update()

    def gate_open(self, *, today: date) -> "SessionQuerySet":
        """Keep sessions whose provider passes the charter gate (rule 2)."""
        return self.filter(open_gate(today=today))

    def gate_shut(self, *, today: date) -> "SessionQuerySet":
        """Keep sessions whose provider does not pass the charter gate (rule 2)."""
        # Not "no key of those that pass": PostgreSQL may read those anew for every row.
        return self.alias(gate_is_open=_gate(today)).filter(gate_is_open=False)

    def taking_bookings(self, *, now: datetime) -> "SessionQuerySet":
        """Keep sessions that are open and inside their booking window. Says nothing of gate or places."""
        # EXISTS, not a join: SQLite would begin with the few offers and read all their dates, where the first
        # few dates are wanted.
        offers = self.model._meta.get_field("offer").related_model.objects
        return self.filter(
            Q(booking_opens_at=None) | Q(booking_opens_at__lte=now),
            Exists(offers.filter(pk=OuterRef("offer_id"), is_open=True)),
            state=SessionState.OPEN,
            booking_closes_at__gt=now,
        )

    def with_free_places(self, *, now: datetime) -> "SessionQuerySet":
        """Annotate `free_groups` and `free_people`; None where there is no such limit."""
        return with_free_places(self, now=now)

    def with_gate(self, *, today: date) -> "SessionQuerySet":
        """Annotate `gate_is_open`, so that a list can say why a date cannot be booked (P8)."""
        return self.annotate(gate_is_open=_gate(today))

    def with_booking_facts(self, *, now: datetime) -> "SessionQuerySet":
        """Annotate all that `rules.why_not_bookable` asks; `Session.booking_facts` packs it."""
        return self.select_related("offer").with_gate(today=local_date_of(now)).with_free_places(now=now)

    def bookable(self, *, now: datetime) -> "SessionQuerySet":
        """Keep sessions that a visitor can book now: gate, booking window and at least one free place.

        A date of a course only when all its dates are so: it is booked as one (S20).
        """
        of_courses = self.model.objects.filter(course__isnull=False)
        free = of_courses.bookable_alone(now=now).values("pk")
        broken = of_courses.exclude(state__in=NOT_TAKING_PLACE).exclude(pk__in=free).order_by()
        whole = Q(course=None) | ~Q(course__in=broken.values("course"))
        return self.bookable_alone(now=now).filter(whole)

    def bookable_alone(self, *, now: datetime) -> "SessionQuerySet":
        """Keep sessions that could be booked now, whatever may be said of the other dates of their course."""
        return (
            self.gate_open(today=local_date_of(now))
            .taking_bookings(now=now)
            .with_free_places(now=now)
            # Free is None just where there is no such limit; asking the row's own columns is cheaper, and tells
            # most: what has run out is looked up only where the counters say full.
            .filter(
                Q(max_groups=None)
                | Q(max_groups__gt=F("groups_taken") + F("reserved"))
                | Q(free_groups__gt=0),
                Q(max_people=None)
                | Q(max_people__gt=F("people_taken") + F("reserved"))
                | Q(free_people__gt=0),
            )
        )

    def one_a_course(self) -> "SessionQuerySet":
        """Keep single dates and of each course its first date, for a list in which a course is one row (S20).

        A course with a date that is still a draft is not shown at all.
        """
        course = self.model.objects.filter(course_id=OuterRef("course_id")).order_by("starts_at", "pk")
        first = course.exclude(state__in=NOT_TAKING_PLACE).values("pk")[:1]
        hidden = self.model.objects.filter(course__isnull=False, state=SessionState.DRAFT).order_by()
        return self.filter(Q(course=None) | (Q(pk=Subquery(first)) & ~Q(course__in=hidden.values("course"))))

    def of_courses(self, course_ids: Collection[int], *, now: datetime) -> "SessionQuerySet":
        """Keep the dates of courses that take place, with what says whether they can be booked, soonest first."""
        dates = self.filter(course_id__in=course_ids).exclude(state__in=NOT_TAKING_PLACE)
        return dates.with_booking_facts(now=now).order_by("starts_at", "pk")

    def upcoming(self, *, now: datetime) -> "SessionQuerySet":
        """Keep announced sessions that have not begun, soonest first."""
        return self.filter(state__in=UPCOMING_STATES, starts_at__gt=now).order_by("starts_at", "pk")

    def that_may_clash(self, slots: Sequence[Slot], *, travel: timedelta) -> "SessionQuerySet":
        """Keep sessions near the slots' times with a venue, a named facilitator's provider or an offer of theirs.

        What really clashes is for `rules.clash_between`; one query, however many slots.
        """
        venues = {slot.venue_id for slot in slots if slot.venue_id is not None}
        providers = {slot.provider_id for slot in slots if slot.facilitators}
        first = min(slot.starts_at for slot in slots) - travel
        last = max(slot.ends_at for slot in slots) + travel
        return self.filter(
            Q(offer__in={slot.offer_id for slot in slots})
            | Q(venue__in=venues)
            | (Q(provider__in=providers) & ~Q(facilitator="")),
            starts_at__lt=last,
            ends_at__gt=first,
        ).exclude(state__in=NOT_TAKING_PLACE)

    def public(self) -> "SessionQuerySet":
        """Keep sessions open to all; leave out evenings for one school's parents or by invitation (F6)."""
        return self.filter(access=SessionAccess.OPEN)

    def for_offer(self, offer_id: int) -> "SessionQuerySet":
        """Keep one offer's sessions."""
        return self.filter(offer_id=offer_id)


class OfferQuerySet(models.QuerySet[Any]):
    """Reads of offers."""


class SchoolQuerySet(models.QuerySet[Any]):
    """Reads of schools."""

    def bookable(self, *, on: date) -> "SchoolQuerySet":
        """Keep schools that can book on a day: no umbrella units, not closed by then."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on), is_bookable=True)

    def locked(self) -> "SchoolQuerySet":
        """Lock the rows in pk order; rows that refer to them may still be written."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def ended(self, *, on: date) -> "SchoolQuerySet":
        """Keep schools that have closed or merged by a day."""
        return self.filter(closed_on__lte=on)

    def search(self, text: str, *, limit: int = 20) -> "SchoolQuerySet":
        """Return the schools that fit what somebody has typed so far, the likeliest first, in one query.

        Every word must be found: as the beginning of a word, or, from four letters, anywhere. So
        "nørrebro park", "norrebro", "nps", "1010" and "jagtvej 34" all find Nørrebro Park Skole.
        """
        folded = fold(text)
        words = folded.split()
        if not words:
            return self.none()
        found = self
        for word in words:
            found = found.filter(
                search_text__contains=word if len(word) >= LETTERS_TO_SEARCH_INSIDE else f" {word}"
            )
        rank = Case(
            When(institution_number=folded, then=Value(0)),
            When(search_text__startswith=f" {folded} ", then=Value(1)),
            When(search_text__startswith=f" {folded}", then=Value(2)),
            When(search_text__contains=f" {folded}", then=Value(3)),
            default=Value(4),
        )
        return found.order_by(rank, "name", "pk")[:limit]
