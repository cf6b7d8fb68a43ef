"""Moving one's booking to another date of the same offer: same reference, same UID, next SEQUENCE (S10, rule 6)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from booking.enums import ACTIVE_STATES, BookingState
from booking.errors import (
    ClassAlreadyBookedError,
    MoveClosedError,
    OtherOfferError,
    WrongStateError,
)
from booking.fairness import check_cap, counts_who_is_stopped, term_of
from booking.messages import tell_booking_moved
from booking.models import BookedSession, Booking, ClassPlace
from booking.operations.agreed_sessions import call_off_agreed
from booking.operations.ending import can_withdraw
from booking.places import Claimant, claim_places, give_back, lock_sessions
from booking.queue import refresh, run_queue
from booking.retention import contact_deleted_after
from booking.texting import may_text, text_moved
from core.audit.log import Actor, record
from core.worklist.operations import close_items
from workshops.enums import SessionAccess
from workshops.models import Session

MOVABLE_STATES = (BookingState.AWAITING_APPROVAL, BookingState.CONFIRMED)


@counts_who_is_stopped
@transaction.atomic
def move_booking(
    *,
    booking_id: int,
    booked_session_id: int,
    to_session_id: int,
    actor: Actor,
    now: datetime,
    by_staff: bool = False,
) -> Booking:
    """Move one booked session of a booking to another session of its offer. Moving it there twice changes nothing.

    The other sessions of a course stay as they are. The old places are free at once and go to the queue.

    Args:
        by_staff: staff may move for someone who phones, after the deadline and until the start, also to a date
            that is closed on the website.
    Raises:
        MoveClosedError: the deadline for changing it oneself has passed.
        OtherOfferError: the session is not one that this booking may have.
        WrongStateError: it is not booked (any more), or has begun.
        ClassAlreadyBookedError: a class of it has a place on the new date already.
        SchoolCapError: the new date is in another term, where the school has had its share (S22).
        SessionFullError, SessionClosedError, OtherSchoolHostsError, CharterNotCoveredError: see claim_places.
    Source: DESIGN.md rules 1, 2, 3, 6 and 8.
    """
    from_session_id = _session_of(booking_id, booked_session_id)
    sessions = lock_sessions({from_session_id, to_session_id})
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    booked = booking.booked_sessions.select_related("session").get(pk=booked_session_id)
    if booked.session_id == to_session_id:
        return booking
    target = sessions.get(to_session_id)
    if booked.session_id != from_session_id or booked.state not in MOVABLE_STATES:
        raise WrongStateError
    if booked.session.starts_at <= now:
        raise WrongStateError
    if not by_staff and not can_withdraw([booked], now=now):
        raise MoveClosedError
    if target is None or not may_go_to(booked.session, target, is_course=booking.course_id is not None):
        raise OtherOfferError
    # Nobody can be at two dates of a course at once.
    own = booking.booked_sessions.filter(state__in=ACTIVE_STATES).exclude(pk=booked.pk)
    if own.filter(session__starts_at__lt=target.ends_at, session__ends_at__gt=target.starts_at).exists():
        raise OtherOfferError
    # Who waits there comes first; what is left then, no waiting entry fits (rule 8).
    refresh(sessions, now=now)
    people = people_in(booked, target, booking)
    claimed = claim_places(
        to_session_id,
        groups=booked.groups,
        people=people,
        school_id=booking.school_id,
        now=now,
        claimant=Claimant.STAFF if by_staff else Claimant.VISITOR,
    )
    if booking.school and not by_staff and term_of(booked.session.local_date) != term_of(target.local_date):
        # Within its term the booking is counted already (S22).
        check_cap(claimed, booking.school, classes=booked.groups)
    give_back(from_session_id, groups=booked.groups, people=booked.people)
    BookedSession.objects.filter(pk=booked.pk).update(
        session_id=to_session_id,
        people=people,
        sequence=F("sequence") + 1,
        moved_at=now,
        was_moved_by_organiser=False,
    )
    _take_classes_along(booked, to_session_id)
    last_date = max(booking.booked_sessions.values_list("session__local_date", flat=True))
    booking.delete_after = contact_deleted_after(booking.kind, last_date=last_date)
    booking.save(update_fields=["delete_after"])
    run_queue([from_session_id], now=now, actor=actor)
    call_off_agreed([from_session_id], actor=actor, now=now)
    subject = f"booking:{booking.pk}"
    record(
        "booking_moved",
        subject,
        actor=actor,
        now=now,
        provider_id=target.provider_id,
        booked_session=booked.pk,
        from_session=from_session_id,
        to_session=to_session_id,
    )
    close_items(kind="affected_booking", subject=subject, resolution="moved", actor=actor, now=now)
    step = f"{booked.pk}:{booked.sequence + 1}"
    tell_booking_moved(booking, step=step, now=now)
    if by_staff and may_text(booking):
        moved = booking.booked_sessions.select_related("session").filter(
            pk=booked.pk, state=BookingState.CONFIRMED
        )
        text_moved(booking, list(moved), step=step, now=now)
    return booking


def may_go_to(booked: Session, target: Session, *, is_course: bool) -> bool:
    """Say whether a booking of one session may go to another: same offer, and meant for the same people.

    A session of a course is only booked with the others; one lesson of a course may go to a date outside it.
    """
    if target.offer_id != booked.offer_id or target.pk == booked.pk:
        return False
    if target.course_id is not None:
        return False
    if target.access == SessionAccess.OPEN:
        return True
    return (target.access, target.for_school_id) == (booked.access, booked.for_school_id)


def people_in(booked: BookedSession, target: Session, booking: Booking) -> int:
    """Return how many people a booked session counts as in another session (rule 9: adults may count there)."""
    if booked.session.adults_count == target.adults_count:
        return booked.people
    classes = booking.classes.all()
    if not classes:
        return booked.people
    return sum(item.pupils + (item.adults if target.adults_count else 0) for item in classes)


def _session_of(booking_id: int, booked_session_id: int) -> int:
    """Return where the booked session is before anything is locked; asked again under the lock."""
    found = BookedSession.objects.filter(pk=booked_session_id, booking_id=booking_id)
    session_id = found.values_list("session_id", flat=True).first()
    if session_id is None:
        raise WrongStateError
    return session_id


def _take_classes_along(booked: BookedSession, session_id: int) -> None:
    """Let the constrained rows of the classes follow. Raises ClassAlreadyBookedError for the one that is there."""
    for place in ClassPlace.objects.filter(booked_session=booked, is_active=True).select_related(
        "booked_class"
    ):
        try:
            ClassPlace.objects.filter(pk=place.pk).update(session_id=session_id)
        except IntegrityError as error:
            # The refusal leaves the operation's transaction, which rolls back as a whole.
            raise ClassAlreadyBookedError(class_name=place.booked_class.name) from error
