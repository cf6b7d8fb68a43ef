"""Holding places while a form is filled: 15 minutes, one hold a browser and session (DESIGN.md 5)."""

import secrets
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from booking.enums import BookingKind, BookingState, Channel
from booking.errors import (
    BookingRefusedError,
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    EveningNotFreeError,
    HoldExpiredError,
    HoldExtensionsUsedError,
    NeverFitsError,
    NoQueueError,
    NoSchoolYetError,
    NotInvitedError,
    OtherSchoolHostsError,
    SchoolCannotBookError,
    SessionClosedError,
    SessionFullError,
    WrongPartyError,
    WrongStateError,
)
from booking.fairness import check_fair_share, counts_who_is_stopped
from booking.models import BookedClass, BookedSession, Booking, ClassPlace
from booking.party import ClassSize, Contact, Party, normalise_class_name
from booking.places import (
    Claimant,
    claim_places,
    end_place,
    lock_bookable,
    lock_sessions,
    require_gate,
)
from booking.queue import refresh, run_queue
from booking.rules import (
    HOLD,
    MAX_EXTENSIONS,
    MAX_SEATS_PER_PERSON,
    can_ever_fit,
    check_address_allowed,
    check_classes_differ,
    check_group_sizes,
    check_heads,
    has_queue,
    is_evening_of_package,
)
from core.audit.log import SYSTEM, record
from core.prepared import prepared
from workshops.calendars import school_year_of
from workshops.enums import NOT_TAKING_PLACE, Audience, SessionAccess
from workshops.models import Offer, School, Session
from workshops.operations.sessions import fair_shares_of

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No 0/O, 1/I: a reference is read aloud on the phone."""


def new_reference() -> str:
    """Return a reference like "DP-7KM4XW": 30 bits, no characters that sound or look alike."""
    return "DP-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


class _MoreToLockError(Exception):
    """Sessions turned out to be concerned that are not locked: all must be locked in one statement, in pk order."""

    def __init__(self, session_ids: Iterable[int]) -> None:
        super().__init__()
        self.session_ids = set(session_ids)


@counts_who_is_stopped
def hold_places(
    *,
    session_id: int,
    party: Party,
    contact: Contact,
    submission_key: uuid.UUID,
    browser_key: str,
    now: datetime,
    is_invited: bool = False,
    by_staff: bool = False,
    wants_queue: bool = False,
    use_reserved: bool = False,
    is_agreed: bool = False,
    evening_id: int | None = None,
) -> Booking:
    """Hold places for a party while it reads its answers through.

    Posting the same form again, or another form for the same session in the same browser, changes the hold that
    is there; the places are claimed anew, all or nothing. A form that was already sent returns its booking.
    A session of a course is held with all the others of the course, or not at all (S20); a refusal carries the
    date it is about.

    Args:
        submission_key: carried by the form; makes a double post one booking.
        browser_key: unguessable key of this browser, empty for staff.
        is_invited: the visitor came by the session's invitation link (F6).
        wants_queue: where the party does not fit, start an entry for the waiting list instead: state `waiting`,
            without rank until it is sent and its address proven (S12).
        use_reserved: an urgent request may take the places kept back for it (V5).
        is_agreed: a person has agreed to this party's size when answering its request (S16): the offer's sizes of
            one group, and its question of occupations, do not stand in the way.
        evening_id: a whole parents' evening to go with a visit, all or nothing (packages).
    Raises:
        EveningNotFreeError: the evening cannot be had with this visit; carries its date.
        NoSchoolYetError: a person asked for an evening that no school has yet.
        NoQueueError, NeverFitsError: asked for the waiting list, and there is none, or it would lead nowhere.
        SessionFullError, SessionClosedError, OtherSchoolHostsError, CharterNotCoveredError: see claim_places.
        GroupTooSmallError, GroupTooLargeError, SchoolCannotBookError, ClassAlreadyBookedError, ClassTwiceError,
        WrongPartyError, NotInvitedError, AddressNotAllowedError, HeadsDoNotAddUpError, SchoolCapError,
        NewSchoolsFirstError.
    Source: DESIGN.md rules 1, 2, 8, 9 and section 5, Booking.
    """
    others = set() if evening_id is None else {evening_id}
    while True:
        try:
            with transaction.atomic():
                return _hold(
                    session_id,
                    party,
                    contact,
                    submission_key=submission_key,
                    browser_key=browser_key,
                    now=now,
                    is_invited=is_invited,
                    by_staff=by_staff,
                    wants_queue=wants_queue,
                    use_reserved=use_reserved,
                    is_agreed=is_agreed,
                    evening_id=evening_id,
                    others=others,
                )
        except _MoreToLockError as more:
            # Ends: what is named once is locked the next time.
            others |= more.session_ids


def _hold(
    session_id: int,
    party: Party,
    contact: Contact,
    *,
    submission_key: uuid.UUID,
    browser_key: str,
    now: datetime,
    is_invited: bool,
    by_staff: bool,
    wants_queue: bool,
    use_reserved: bool,
    is_agreed: bool,
    evening_id: int | None,
    others: set[int],
) -> Booking:
    # The lock comes before every read: of two posts of one form, the second sees what the first made.
    locked = lock_bookable(session_id, others=others)
    if session_id not in locked:
        raise SessionClosedError
    wanted = _booked_together(locked, locked[session_id])
    booking = _started_booking(session_id, submission_key=submission_key, browser_key=browser_key)
    if booking and booking.submitted_at:
        return booking
    # What ran out goes to those who wait. What this visitor holds stays theirs while they change it: were it let go
    # first, the same form posted again could lose its places to a larger entry in the queue.
    refresh(locked, now=now)
    gives_back = booking is not None and _let_go(booking, locked)
    booked: list[BookedSession] = []
    for session in wanted:
        with of_date(session, wanted):
            place = _claim(
                session,
                party,
                now=now,
                by_staff=by_staff,
                wants_queue=wants_queue,
                use_reserved=use_reserved,
            )
            booked.append(place)
    for place in booked:
        _check_access(place.session, party, contact.email, is_invited=is_invited, by_staff=by_staff)
    school = _check_party(booked[0].session, party, is_agreed=is_agreed, now=now)
    if school is not None and not by_staff:
        check_fair_share(booked[0].session, school, classes=len(party.classes), now=now)
    is_waiting = booked[0].state == BookingState.WAITING
    visits = list(booked)
    if evening_id is not None:
        if is_waiting:
            raise NoQueueError
        booked.append(
            _claim_evening(locked.get(evening_id), booked[0].session.offer, party, now=now, by_staff=by_staff)
        )
    if booking is None:
        booking = Booking(
            reference=new_reference(), submission_key=submission_key, browser_key=browser_key, started_at=now
        )
    else:
        booking.hold_extensions = min(booking.hold_extensions + 1, MAX_EXTENSIONS)
        booking.booked_sessions.all().delete()
        booking.classes.all().delete()
    booking.kind = party.kind
    booking.state = BookingState.WAITING if is_waiting else BookingState.HELD
    booking.channel = Channel.PHONE if by_staff else Channel.WEB
    booking.held_until = None if is_waiting else now + HOLD
    booking.ended_at = None
    booking.end_reason = ""
    booking.course_id = locked[session_id].course_id
    booking.is_invited = is_invited
    booking.heads = [head.as_data() for head in party.heads]
    _copy_contact(booking, contact)
    _copy_school(booking, school)
    booking.save()
    classes = add_classes(booking, party.classes, booked[0].session)
    for place in booked:
        place.booking = booking
        place.held_until = booking.held_until
        place.save()
    if not is_waiting:
        for place in visits:
            with of_date(place.session, wanted):
                activate_classes(booking, place, classes)
    if gives_back:
        run_queue(locked, now=now)
    return booking


def _claim_evening(
    evening: Session | None, offer: Offer, party: Party, *, now: datetime, by_staff: bool
) -> BookedSession:
    """Claim a locked evening whole for a school: one group and no people, so that parents are the people."""
    is_whole = (
        evening is not None
        and offer.evening_offer_id == evening.offer_id
        and (evening.access, evening.audience) == (SessionAccess.SCHOOL, Audience.PARENTS)
        and evening.max_groups is not None
    )
    if evening is None or not is_whole or party.school_id is None:
        raise EveningNotFreeError
    try:
        claimed = claim_places(
            evening.pk,
            groups=1,
            people=0,
            school_id=party.school_id,
            now=now,
            claimant=Claimant.STAFF if by_staff else Claimant.VISITOR,
        )
        if not claimed.offer.is_open and not by_staff:
            raise SessionClosedError
    except BookingRefusedError as error:
        refusal = EveningNotFreeError()
        refusal.session = evening
        raise refusal from error
    return BookedSession(
        session=claimed,
        groups=1,
        people=0,
        state=BookingState.HELD,
        uid=f"{uuid.uuid4()}@dannelsesportalen",
    )


def _booked_together(locked: Mapping[int, Session], session: Session) -> list[Session]:
    """Return the locked sessions to claim, in pk order: the one, or all of its course that take place (S20)."""
    if session.course_id is None:
        return [session]
    of_course = Session.objects.filter(course_id=session.course_id).exclude(state__in=NOT_TAKING_PLACE)
    ids = set(of_course.values_list("pk", flat=True)) | {session.pk}
    if ids - locked.keys():
        # It joined the course while we waited for its row.
        raise _MoreToLockError(ids)
    return [locked[pk] for pk in sorted(ids)]


def _let_go(booking: Booking, locked: Mapping[int, Session]) -> bool:
    """Give back what a started booking holds, to claim it anew; return whether it held anything."""
    held = list(booking.booked_sessions.filter(state=BookingState.HELD).order_by("session_id"))
    if missing := {place.session_id for place in held} - locked.keys():
        raise _MoreToLockError(missing)
    for place in held:
        end_place(place, state=BookingState.EXPIRED)
    return bool(held)


@contextmanager
def of_date(session: Session, wanted: Sequence[Session]) -> Iterator[None]:
    """Have a refusal of one of several dates say which."""
    try:
        yield
    except BookingRefusedError as refusal:
        if len(wanted) > 1:
            refusal.session = session
        raise


def _claim(
    session: Session, party: Party, *, now: datetime, by_staff: bool, wants_queue: bool, use_reserved: bool
) -> BookedSession:
    """Claim places in a locked session, or start waiting for them; return the row, not saved yet."""
    people = party.people(adults_count=session.adults_count)
    state = BookingState.HELD
    try:
        claimed = claim_places(
            session.pk,
            groups=party.groups,
            people=people,
            school_id=party.school_id,
            now=now,
            claimant=Claimant.STAFF if by_staff else Claimant.VISITOR,
            use_reserved=use_reserved,
        )
        if claimed.reserved < session.reserved:
            _note_reserved_used(claimed, session.reserved - claimed.reserved, now=now)
    except (SessionFullError, OtherSchoolHostsError):
        if not wants_queue:
            raise
        claimed = _queued_session(session, groups=party.groups, people=people)
        require_gate([session.pk], now=now)
        state = BookingState.WAITING
    return BookedSession(
        session=claimed,
        groups=party.groups,
        people=people,
        state=state,
        uid=f"{uuid.uuid4()}@dannelsesportalen",
    )


def _note_reserved_used(session: Session, places: int, *, now: datetime) -> None:
    """Note that places kept back were used, for the report of the effect (S22)."""
    record(
        "reserved_used",
        fair_shares_of(session.local_date),
        actor=SYSTEM,
        now=now,
        provider_id=session.provider_id,
        session=session.pk,
        places=places,
    )


@transaction.atomic
def extend_hold(*, booking_id: int, now: datetime) -> Booking:
    """Give a hold another 15 minutes, at most 3 times (WCAG 2.2.1).

    Raises:
        HoldExpiredError: it ran out already.
        HoldExtensionsUsedError: it was extended three times.
    """
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if booking.state != BookingState.HELD or booking.submitted_at:
        raise WrongStateError
    if booking.held_until is None or booking.held_until <= now:
        raise HoldExpiredError
    if booking.hold_extensions >= MAX_EXTENSIONS:
        raise HoldExtensionsUsedError
    booking.hold_extensions += 1
    booking.held_until = now + HOLD
    booking.save(update_fields=["hold_extensions", "held_until"])
    booking.booked_sessions.filter(state=BookingState.HELD).update(held_until=booking.held_until)
    return booking


@transaction.atomic
def release_hold(*, booking_id: int, now: datetime) -> None:
    """Let a hold go before its time: the visitor gave up. Doing it twice changes nothing."""
    booking = Booking.objects.get(pk=booking_id)
    sessions = lock_sessions(booking.booked_sessions.values_list("session_id", flat=True))
    unsent = Booking.objects.filter(
        pk=booking_id, state__in=[BookingState.HELD, BookingState.WAITING], submitted_at=None
    )
    if not unsent.update(state=BookingState.EXPIRED, ended_at=now, end_reason="given_up"):
        return
    for booked in booking.booked_sessions.filter(state__in=[BookingState.HELD, BookingState.WAITING]):
        end_place(booked, state=BookingState.EXPIRED)
    run_queue(sessions, now=now)


def reclaim(booking: Booking, sessions: dict[int, Session], *, now: datetime) -> None:
    """Take the places of an expired booking again, so that what was typed is not lost.

    Those who wait come first. Raises HoldExpiredError when the places are gone. Must run inside a transaction;
    the sessions must be locked.
    """
    refresh(sessions, now=now)
    for booked in booking.booked_sessions.order_by("session_id"):
        try:
            claim_places(
                booked.session_id,
                groups=booked.groups,
                people=booked.people,
                school_id=booking.school_id,
                now=now,
            )
        except CharterNotCoveredError:
            raise
        except BookingRefusedError as error:
            raise HoldExpiredError from error
        BookedSession.objects.filter(pk=booked.pk).update(state=BookingState.HELD, held_until=now + HOLD)
        ClassPlace.objects.filter(booked_session=booked).delete()
        if not is_evening_of_package(booking.kind, sessions[booked.session_id]):
            activate_classes(booking, booked, booking.classes.all())
    booking.state = BookingState.HELD
    booking.held_until = now + HOLD
    booking.ended_at = None
    booking.end_reason = ""


def _queued_session(session: Session, *, groups: int, people: int) -> Session:
    """Return a session one can wait for, or raise why not (S12)."""
    if not has_queue(session):
        raise NoQueueError
    if not can_ever_fit(session.limits, groups=groups, people=people):
        raise NeverFitsError
    return session


def _started_booking(session_id: int, *, submission_key: uuid.UUID, browser_key: str) -> Booking | None:
    """Return the booking this form or browser has already started for the session."""
    started: list[Booking]
    if browser_key:
        started = _started(session_id=session_id, submission_key=submission_key, browser_key=browser_key)
    else:
        started = list(Booking.objects.filter(submission_key=submission_key))
    found = {booking.submission_key: booking for booking in started}
    return found.get(submission_key) or next(iter(found.values()), None)


@prepared
def _started(*, session_id: int, submission_key: uuid.UUID, browser_key: str) -> QuerySet[Any]:
    by_browser = Q(
        browser_key=browser_key,
        booked_sessions__session_id=session_id,
        # A school's whole evening has nobody in it: a parent who signs up here starts a form of their own.
        booked_sessions__people__gt=0,
        state__in=[BookingState.HELD, BookingState.WAITING],
        submitted_at=None,
    )
    return Booking.objects.filter(Q(submission_key=submission_key) | by_browser)


def _check_access(session: Session, party: Party, email: str, *, is_invited: bool, by_staff: bool) -> None:
    """Raise what keeps anybody, those without an invitation or a school, or this address from this session."""
    is_schools = session.access == SessionAccess.SCHOOL and session.for_school_id is None
    if is_schools and party.kind != BookingKind.SCHOOL:
        raise NoSchoolYetError
    if not session.offer.is_open and not by_staff:
        raise SessionClosedError
    if session.access == SessionAccess.INVITATION and not (is_invited or by_staff):
        raise NotInvitedError
    if not (is_invited or by_staff):
        check_address_allowed(email, session.offer.allowed_domains)


def _check_party(session: Session, party: Party, *, is_agreed: bool, now: datetime) -> School | None:
    """Raise what forbids this party this session; return the school."""
    offer = session.offer
    if (session.audience == Audience.SCHOOL) != (party.kind == BookingKind.SCHOOL):
        raise WrongPartyError
    largest = offer.max_group_size
    if largest is None and party.kind == BookingKind.PERSON:
        largest = MAX_SEATS_PER_PERSON
    if not is_agreed:
        check_group_sizes(party, smallest=offer.min_group_size, largest=largest)
    check_classes_differ(party.classes)
    if party.kind != BookingKind.SCHOOL:
        check_heads(party, is_asked=offer.asks_occupations and not is_agreed)
        return None
    if party.school_id is None:
        raise SchoolCannotBookError(why="unit")
    school = next(iter(_school(school_id=party.school_id)), None)
    check_school_may_book(offer, school, now=now)
    if school is not None and not school.can_book(on=session.local_date):
        raise SchoolCannotBookError(why="closes")
    return school


@prepared
def _school(*, school_id: int) -> QuerySet[Any]:
    return School.objects.select_related("district").filter(pk=school_id)


def check_school_may_book(offer: Offer, school: School | None, *, now: datetime) -> None:
    """Raise SchoolCannotBookError when an offer excludes the school (S27).

    Asked when the school is chosen, so that the page says why before anything else is typed.
    """
    if school is None or not school.can_book(on=timezone.localdate(now)):
        raise SchoolCannotBookError(why="unit")
    if offer.school_types and school.school_type not in offer.school_types:
        raise SchoolCannotBookError(why="type")
    if offer.municipalities and school.municipality not in offer.municipalities:
        raise SchoolCannotBookError(why="municipality")


def _copy_contact(booking: Booking, contact: Contact) -> None:
    booking.contact_name = contact.name
    booking.contact_email = contact.email.strip().lower()
    booking.contact_phone = contact.phone
    booking.organisation = contact.organisation
    booking.needs = list(contact.needs)
    booking.interpreter_language = contact.interpreter_language
    booking.room = contact.room
    booking.entrance = contact.entrance
    booking.phone_on_day = contact.phone_on_day
    booking.sms_phone = contact.sms_phone
    booking.language = contact.language


def _copy_school(booking: Booking, school: School | None) -> None:
    """Copy the register's facts as they are today: later changes do not rewrite history (rule 11)."""
    booking.school = school
    booking.school_number = (school.institution_number or "") if school else ""
    booking.school_name = school.name if school else ""
    booking.school_type = school.school_type if school else ""
    booking.district = school.district if school else None


def add_classes(booking: Booking, sizes: Iterable[ClassSize], session: Session) -> list[BookedClass]:
    """Add the classes to a booking, with the school year of its first date."""
    year = school_year_of(session.local_date)
    return BookedClass.objects.bulk_create(
        BookedClass(
            booking=booking,
            name=size.name.strip(),
            normalised_name=normalise_class_name(size.name),
            school_year=year,
            grade=size.grade,
            pupils=size.pupils,
            adults=size.adults,
        )
        for size in sizes
    )


def activate_classes(booking: Booking, booked: BookedSession, classes: Iterable[BookedClass]) -> None:
    """Make the constrained rows that keep a class from having two places in a session, or a place and a wait.

    The session must be locked. Raises ClassAlreadyBookedError for the class that has one.
    """
    places = [
        ClassPlace(
            booked_session=booked,
            booked_class=booked_class,
            session_id=booked.session_id,
            class_key=f"{booking.school_id}:{booked_class.school_year}:{booked_class.normalised_name}",
        )
        for booked_class in classes
    ]
    if len(places) > 1:
        # Of several, the constraint would not say which: ask first, under the session's lock.
        keys = [place.class_key for place in places]
        active = ClassPlace.objects.filter(
            session_id=booked.session_id, is_active=True, class_key__in=keys
        ).values_list("class_key", flat=True)
        for place in places:
            if place.class_key in active:
                raise ClassAlreadyBookedError(class_name=place.booked_class.name)
    try:
        ClassPlace.objects.bulk_create(places)
    except IntegrityError as error:
        # The refusal leaves the operation's transaction, which rolls back as a whole: no savepoint needed.
        raise ClassAlreadyBookedError(class_name=places[0].booked_class.name) from error
