"""Changing a booking: size, classes, contact, needs, room. Claimed as a difference, all or nothing (S10)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from booking.enums import ACTIVE_STATES, BookingKind, BookingState
from booking.errors import (
    BookingChangedError,
    ChangeNeedsApprovalError,
    ClassRemovalClosedError,
    WrongPartyError,
    WrongStateError,
)
from booking.fairness import check_cap, counts_who_is_stopped
from booking.messages import tell_change
from booking.models import BookedClass, BookedSession, Booking
from booking.operations.ending import can_withdraw
from booking.operations.holding import activate_classes, add_classes, of_date
from booking.operations.submitting import ask_for_approval
from booking.party import ClassSize, Contact, Party, normalise_class_name
from booking.places import Claimant, change_places, lock_sessions_of
from booking.queue import enter_queue, refresh, run_queue
from booking.rules import (
    MAX_SEATS_PER_PERSON,
    approval_reasons,
    check_classes_differ,
    check_group_sizes,
    check_heads,
    main_session,
)
from core.audit.log import Actor, record
from workshops.enums import Approval, Audience
from workshops.models import Offer, Session

CHANGEABLE_STATES = (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.WAITING)
"""An offer from the waiting list is answered first, and an address is proven first."""


@dataclass(frozen=True)
class _Classes:
    """How the classes asked for differ from those booked."""

    added: list[ClassSize]
    removed: list[BookedClass]
    changed: list[tuple[BookedClass, ClassSize]]

    @property
    def is_any(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def is_fewer(self) -> bool:
        return len(self.removed) > len(self.added)

    @property
    def resized(self) -> list[ClassSize]:
        """Classes whose size or existence is new: only they are held to the offer's sizes of today."""
        return self.added + [size for item, size in self.changed if size.pupils != item.pupils]

    @property
    def grades_to_judge(self) -> list[int]:
        return [size.grade for size in self.added] + [
            size.grade for item, size in self.changed if size.grade != item.grade
        ]


@counts_who_is_stopped
@transaction.atomic
def change_booking(
    *,
    booking_id: int,
    party: Party,
    contact: Contact,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    accepts_approval: bool = False,
    by_staff: bool = False,
) -> Booking:
    """Change a booking to what it should be; the same change asked for twice is made once.

    What is more is claimed with the conditions of a new booking, the gate included; what is less is given back at
    once and the queue runs. Nothing changes when it is refused. The e-mail address is not changed here
    (booking.operations.handing_over).

    Args:
        party: all classes, or seats, as they should be.
        seen: `changes` of the booking when the form was shown; another value means that it changed meanwhile.
        accepts_approval: the visitor knows that the change puts a confirmed booking back to approval.
        by_staff: staff may grow it and take classes off until the start.
    Raises:
        SessionFullError, SessionClosedError, CharterNotCoveredError: see claim_places; only when it grows.
        GroupTooSmallError, GroupTooLargeError, ClassTwiceError, ClassAlreadyBookedError: as for a new booking.
        SchoolCapError: more classes than the offer gives a school in a term (S22).
        ClassRemovalClosedError: a whole class can be taken off until the deadline for withdrawing.
        ChangeNeedsApprovalError: not accepted yet; carries the reasons.
        BookingChangedError: changed by somebody else since it was seen.
        WrongPartyError, WrongStateError: another kind or school; ended, unproven, offered, or begun.
    Source: DESIGN.md rules 1, 2, 6, 8, 9 and section 5, Booking.
    """
    sessions = lock_sessions_of(booking_id)
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    booked_sessions = list(
        booking.booked_sessions.filter(state__in=ACTIVE_STATES)
        .select_related("session__offer")
        .order_by("session_id")
    )
    if not booked_sessions:
        raise WrongStateError
    if party.kind != booking.kind or party.school_id != booking.school_id:
        raise WrongPartyError
    classes = _compare(list(booking.classes.order_by("pk")), party.classes)
    contact_changes = _contact_changes(booking, contact, party)
    deltas = _deltas(booked_sessions, party)
    is_resized = any(delta != (0, 0) for delta in deltas.values())
    if not (classes.is_any or contact_changes or is_resized):
        # Before its state is asked: an entry of the waiting list that was made smaller may be offered a place now.
        return booking
    if not is_changeable(booking) or min(booked.session.starts_at for booked in booked_sessions) <= now:
        raise WrongStateError
    if seen is not None and seen != booking.changes:
        raise BookingChangedError
    first = main_session(booked.session for booked in booked_sessions)
    offer = Offer.objects.select_related("provider").get(pk=first.offer_id)
    _check(booking, booked_sessions, offer, party, classes, is_resized=is_resized, now=now, by_staff=by_staff)
    reasons = _approval_reasons(booking, offer, classes, deltas)
    goes_to_approval = bool(reasons) and booking.state == BookingState.CONFIRMED
    if goes_to_approval and not accepts_approval:
        raise ChangeNeedsApprovalError(reasons=reasons)
    _take_and_give(booking, booked_sessions, sessions, deltas, now=now, by_staff=by_staff)
    _write_classes(booking, booked_sessions, classes)
    for name, value in contact_changes.items():
        setattr(booking, name, value)
    booking.changes += 1
    booking.changed_at = now
    booking.booked_sessions.filter(pk__in=[booked.pk for booked in booked_sessions]).update(
        sequence=F("sequence") + 1
    )
    if goes_to_approval:
        ask_for_approval(booking, offer, sessions, reasons=reasons, now=now)
    elif booking.state == BookingState.AWAITING_APPROVAL:
        booking.approval_reasons = list(dict.fromkeys([*booking.approval_reasons, *reasons]))
    booking.save()
    record(
        "booking_changed",
        f"booking:{booking.pk}",
        actor=actor,
        now=now,
        provider_id=offer.provider_id,
        sizes={str(session_id): list(delta) for session_id, delta in deltas.items() if delta != (0, 0)},
        fields=sorted(contact_changes),
        by_staff=by_staff,
    )
    tell_change(booking, offer=offer, now=now)
    gives_back = any(groups < 0 or people < 0 for groups, people in deltas.values())
    if gives_back or (is_resized and booking.state == BookingState.WAITING):
        run_queue(sessions, now=now)
        booking.refresh_from_db()
    return booking


def is_changeable(booking: Booking) -> bool:
    """Whether a booking is in a state that can be changed; the start ends it too."""
    return booking.state in CHANGEABLE_STATES and booking.proven_at is not None


def _compare(booked: list[BookedClass], wanted: tuple[ClassSize, ...]) -> _Classes:
    check_classes_differ(wanted)
    by_name = {item.normalised_name: item for item in booked}
    added, changed = [], []
    for size in wanted:
        item = by_name.pop(normalise_class_name(size.name), None)
        if item is None:
            added.append(size)
        elif ClassSize(item.name, item.grade, item.pupils, item.adults) != size:
            changed.append((item, size))
    return _Classes(added=added, removed=list(by_name.values()), changed=changed)


def _contact_changes(booking: Booking, contact: Contact, party: Party) -> dict[str, object]:
    wanted: dict[str, object] = {
        "contact_name": contact.name,
        "contact_phone": contact.phone,
        "organisation": contact.organisation,
        "room": contact.room,
        "entrance": contact.entrance,
        "phone_on_day": contact.phone_on_day,
        "sms_phone": contact.sms_phone,
        "needs": list(contact.needs),
        "interpreter_language": contact.interpreter_language,
        "heads": [head.as_data() for head in party.heads],
    }
    return {name: value for name, value in wanted.items() if getattr(booking, name) != value}


def _deltas(booked_sessions: list[BookedSession], party: Party) -> dict[int, tuple[int, int]]:
    """Return (groups, people) more or less for each session; a package's evening counts the school once."""
    deltas = {}
    for booked in booked_sessions:
        session = booked.session
        if party.kind == BookingKind.SCHOOL and session.audience != Audience.SCHOOL:
            deltas[session.pk] = (0, 0)
            continue
        people = party.people(adults_count=session.adults_count)
        deltas[session.pk] = (party.groups - booked.groups, people - booked.people)
    return deltas


def _check(
    booking: Booking,
    booked_sessions: list[BookedSession],
    offer: Offer,
    party: Party,
    classes: _Classes,
    *,
    is_resized: bool,
    now: datetime,
    by_staff: bool,
) -> None:
    """Raise what forbids the change, before anything is taken."""
    largest = offer.max_group_size
    if largest is None and booking.kind == BookingKind.PERSON:
        largest = MAX_SEATS_PER_PERSON
    judged = Party(kind=party.kind, classes=tuple(classes.resized), seats=party.seats)
    if judged.classes or (booking.kind != BookingKind.SCHOOL and is_resized):
        check_group_sizes(judged, smallest=offer.min_group_size, largest=largest)
    if booking.kind != BookingKind.SCHOOL:
        check_heads(party, is_asked=offer.asks_occupations)
    is_held_to_deadline = not by_staff and booking.state != BookingState.WAITING
    if classes.is_fewer and is_held_to_deadline and not can_withdraw(booked_sessions, now=now):
        raise ClassRemovalClosedError
    more = len(classes.added) - len(classes.removed)
    if more > 0 and booking.school is not None and not by_staff:
        check_cap(main_session(booked.session for booked in booked_sessions), booking.school, classes=more)


def _approval_reasons(
    booking: Booking, offer: Offer, classes: _Classes, deltas: dict[int, tuple[int, int]]
) -> list[str]:
    """Return which of the reasons for a person's yes the change brings; school and address were judged before.

    The yes was to these classes, whose numbers follow the class list; a new class asks again, and so do more seats.
    """
    is_school = booking.kind == BookingKind.SCHOOL
    grows = bool(classes.added) if is_school else any(people > 0 for _groups, people in deltas.values())
    return approval_reasons(
        offer_asks=grows and offer.approval != Approval.NONE,
        is_known_domain=True,
        grades=classes.grades_to_judge,
        grade_from=offer.grade_from if is_school else None,
        grade_to=offer.grade_to if is_school else None,
        district=None,
        districts=[],
    )


def _take_and_give(
    booking: Booking,
    booked_sessions: list[BookedSession],
    sessions: dict[int, Session],
    deltas: dict[int, tuple[int, int]],
    *,
    now: datetime,
    by_staff: bool,
) -> None:
    """Claim what is more and give back what is less; in the queue, only the rank may move (DESIGN.md 5)."""
    grows = any(groups > 0 or people > 0 for groups, people in deltas.values())
    takes = booking.state != BookingState.WAITING
    if grows and takes:
        # Those who wait come first: what is left fits none of them (rule 8).
        refresh(sessions, now=now)
    for booked in booked_sessions:
        groups, people = deltas[booked.session_id]
        if (groups, people) == (0, 0):
            continue
        if takes:
            with of_date(booked.session, list(sessions.values())):
                change_places(
                    booked.session_id,
                    groups=groups,
                    people=people,
                    school_id=booking.school_id,
                    now=now,
                    claimant=Claimant.STAFF if by_staff else Claimant.VISITOR,
                )
        BookedSession.objects.filter(pk=booked.pk).update(
            groups=booked.groups + groups, people=booked.people + people
        )
        if not takes and (groups > 0 or people > 0) and booked.queued_at is not None:
            enter_queue(booked, now=now)


def _write_classes(booking: Booking, booked_sessions: list[BookedSession], classes: _Classes) -> None:
    for item in classes.removed:
        item.delete()
    for item, size in classes.changed:
        item.name, item.grade, item.pupils, item.adults = size.name, size.grade, size.pupils, size.adults
        item.save(update_fields=["name", "grade", "pupils", "adults"])
    if not classes.added:
        return
    at_school = [booked for booked in booked_sessions if booked.session.audience == Audience.SCHOOL]
    made = add_classes(booking, classes.added, at_school[0].session)
    for booked in at_school:
        with of_date(booked.session, [item.session for item in at_school]):
            activate_classes(booking, booked, made)
