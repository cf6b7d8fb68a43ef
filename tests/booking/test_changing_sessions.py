"""Sessions that are moved, cancelled or resized: nothing silent, everybody told once (rules 1, 2, 3, 6, 8, L7)."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from booking import visitor
from booking.affected import affected_by
from booking.enums import BookingState, ForBooked, SessionCancelReason
from booking.errors import ChangedMeanwhileError, CharterNotCoveredError, HoldExpiredError, SessionClosedError
from booking.history import history_of
from booking.models import BookedSession, Booking
from booking.operations import (
    cancel_session,
    change_session_limits,
    expire_overdue,
    move_session,
    prove_address,
    submit_booking,
    withdraw_booking,
)
from booking.operations.changing_sessions import (
    cancel_token,
    limits_token,
    move_token,
    sessions_to_change,
)
from booking.reminders import queue_reminders
from booking.session_pages import limits_preview
from booking.wording import position_text
from charter.enums import MemberRole
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from tests.booking.ical_checks import mail_entries
from tests.factories.booking import a_class, a_contact, book, hold, known_school, queue_up
from tests.factories.charter import ProviderFactory, ProviderMemberFactory, SignatureFactory
from tests.factories.workshops import OfferFactory, ScheduleFactory, SessionFactory, VenueFactory
from workshops.calendars import LOCAL_ZONE
from workshops.enums import Approval, SessionState
from workshops.errors import (
    LimitBelowTakenError,
    SessionClashError,
    SessionStartedError,
    SessionStateError,
    UnitFrozenError,
)
from workshops.models import Course, Session
from workshops.operations import materialise_schedule
from workshops.operations.moving import NewTime
from workshops.rules import Limits, booking_deadlines

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def later(session, *, days=1, at=time(13), **more):
    """A new time so many days after the session's."""
    day = session.starts_at.astimezone(LOCAL_ZONE).date() + timedelta(days=days)
    return NewTime(
        **{
            "day": day,
            "start_time": at,
            "duration_minutes": session.duration_minutes,
            "venue_id": session.venue_id,
            "online_url": session.online_url,
            **more,
        }
    )


def shown(session, *, following=False):
    session = Session.objects.select_related("offer__provider").get(pk=session.pk)
    return affected_by(sessions_to_change(session, following=following), now=timezone.now())


def move(session, new_time=None, *, following=False, for_booked=ForBooked.TELL, seen=None, now=None):
    new_time = new_time or later(session)
    if seen is None:
        seen = move_token(shown(session, following=following), new_time, for_booked)
    return move_session(
        session_id=session.pk,
        following=following,
        new_time=new_time,
        for_booked=for_booked,
        seen=seen,
        actor=SYSTEM,
        now=now or timezone.now(),
    )


def cancel(
    session,
    *,
    following=False,
    reason=SessionCancelReason.ILLNESS,
    for_booked=ForBooked.TELL,
    seen=None,
    now=None,
):
    if seen is None:
        seen = cancel_token(shown(session, following=following), reason, for_booked)
    return cancel_session(
        session_id=session.pk,
        following=following,
        reason=reason,
        for_booked=for_booked,
        seen=seen,
        actor=SYSTEM,
        now=now or timezone.now(),
    )


def resize(session, limits, *, seen=None):
    return change_session_limits(
        session_id=session.pk,
        limits=limits,
        seen=limits_token(shown(session), limits) if seen is None else seen,
        actor=SYSTEM,
        now=timezone.now(),
    )


def covered_until_its_day():
    """A session on the last day that its provider's charter covers."""
    provider = ProviderFactory()
    session = SessionFactory(offer=OfferFactory(provider=provider))
    SignatureFactory(provider=provider, covers_from=date(2020, 1, 1), covers_until=session.local_date)
    return session


def counters(session):
    session.refresh_from_db()
    return session.groups_taken, session.people_taken, session.waiting


def state_of(booking):
    booking.refresh_from_db()
    return BookingState(booking.state)


def evening(people=10, **more):
    return SessionFactory(at=time(19), offer=OfferFactory(evening=True, max_people=people), **more)


def person(name):
    return a_contact(f"{name}@example.dk")


def entries_of(message):
    mail_entries(message)  # checks each by RFC and by two parsers
    return [
        (part.get_param("method"), entry)
        for part in message.attachments
        if part.get_content_type() == "text/calendar"
        for entry in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]


def mail_types(**conditions):
    return sorted(Message.objects.filter(**conditions).values_list("mail_type", flat=True))


# A new time


def test_a_moved_session_takes_its_bookings_along_and_counts_its_deadlines_anew():
    session = SessionFactory()
    booking = book(session)
    before = booking.booked_sessions.get()
    new_time = later(session, days=3, at=time(10, 30))

    changed = move(session, new_time)

    session.refresh_from_db()
    booked = booking.booked_sessions.get()
    assert (changed.sessions, changed.told, changed.tasks) == (1, 1, 0)
    assert (session.local_date, session.starts_at.astimezone(LOCAL_ZONE).time()) == (
        new_time.day,
        time(10, 30),
    )
    assert (session.booking_closes_at, session.withdrawal_closes_at) == booking_deadlines(
        starts_at=session.starts_at, closes_days=3, withdrawal_days=7
    )
    assert (booked.session_id, booked.uid, booked.sequence) == (session.pk, before.uid, before.sequence + 1)
    assert counters(session) == (1, 22, 0)
    assert state_of(booking) == BookingState.CONFIRMED
    assert Entry.objects.filter(action="session.moved").count() == 1
    assert history_of(booking.pk)[0].what == "Tiden blev flyttet, og bookingen fulgte med"


def test_everybody_is_told_once_by_where_they_stand(now):
    session = evening(people=4)
    coordinator = ProviderMemberFactory(provider=session.provider, role=MemberRole.COORDINATOR).user
    book(session, seats=2, contact=person("booked"))
    book(session, seats=2, contact=person("unproven"), is_proven=False)
    queue_up(session, seats=3, contact=person("waiting"))
    send_due(now=timezone.now())
    mail.outbox.clear()

    changed = move(session)
    send_due(now=timezone.now())

    session.refresh_from_db()
    assert changed.told == 3
    by_person = {message.to[0]: message for message in mail.outbox}
    assert len(mail.outbox) == len(by_person) == 4
    new_date = f"{session.starts_at.astimezone(LOCAL_ZONE):%-d}."
    for address in ("booked", "unproven", "waiting"):
        message = by_person[f"{address}@example.dk"]
        assert message.subject.startswith("Ny tid for tilmelding")
        assert new_date in message.body
        assert "flyttet fra" in message.body
        assert "helt frem til start" in " ".join(message.body.split())
    assert "ventelisten" in by_person["waiting@example.dk"].body
    assert "bekræfte" in by_person["unproven@example.dk"].body
    assert entries_of(by_person["waiting@example.dk"]) == []
    ((method, entry),) = entries_of(by_person["booked@example.dk"])
    assert (method, entry["SEQUENCE"], entry["DTSTART"].dt) == ("REQUEST", 1, session.starts_at)
    assert len(entries_of(by_person[coordinator.email])) == 1
    assert "/booking/" not in by_person[coordinator.email].body


def test_the_mail_names_the_next_free_dates_as_links():
    session = SessionFactory()
    free = SessionFactory(offer=session.offer, in_days=45)
    hosted = SessionFactory(offer=session.offer, in_days=46, max_groups=2)
    booking = book(session)
    book(hosted, school=known_school(domain="b.example"), contact=a_contact("b@b.example"))
    send_due(now=timezone.now())
    mail.outbox.clear()

    cancel(session)
    send_due(now=timezone.now())

    (message,) = [message for message in mail.outbox if message.to == [booking.contact_email]]
    assert f"/book/{free.pk}/" in message.body
    assert f"/book/{hosted.pk}/" not in message.body
    assert f"/book/{session.pk}/" not in message.body


def test_a_second_post_of_the_same_move_changes_nothing():
    session = SessionFactory()
    booking = book(session)
    new_time = later(session)
    seen = move_token(shown(session), new_time, ForBooked.TELL)

    move(session, new_time, seen=seen)
    again = move(session, new_time, seen=seen)

    assert again.sessions == 0
    assert booking.booked_sessions.get().sequence == 1
    assert mail_types(mail_type__contains="session_moved") == ["booking_session_moved"]


def test_moved_again_everybody_is_told_again():
    session = SessionFactory()
    booking = book(session)

    move(session)
    session.refresh_from_db()
    move(session)

    assert booking.booked_sessions.get().sequence == 2
    assert len(mail_types(mail_type="booking_session_moved")) == 2


def test_who_was_not_shown_stops_the_move():
    session = evening()
    book(session, contact=person("a"))
    new_time = later(session)
    seen = move_token(shown(session), new_time, ForBooked.TELL)
    book(session, contact=person("b"))

    with pytest.raises(ChangedMeanwhileError):
        move(session, new_time, seen=seen)

    before = session.starts_at
    session.refresh_from_db()
    assert session.starts_at == before


def test_a_form_being_filled_does_not_stop_the_move():
    session = evening()
    new_time = later(session)
    seen = move_token(shown(session), new_time, ForBooked.TELL)
    held = hold(session, contact=person("a"))

    move(session, new_time, seen=seen)
    sent = submit_booking(booking_id=held.pk, is_proven=True, now=timezone.now())

    assert sent.state == BookingState.CONFIRMED
    assert mail_types() == ["sign_up_receipt"]


def test_nobody_sends_a_form_that_shows_the_old_time(client, portal_site):
    session = evening()
    page = reverse("booking_review", args=[session.pk])
    held = hold(session, contact=person("a"), browser_key="this-browser")
    cookie = HttpResponse()
    visitor.keep_browser_key(cookie, "this-browser")
    client.cookies.update(cookie.cookies)
    before = client.get(page)
    move(session)

    stale = client.post(page, {"seen": before.context["seen"]})
    after = client.post(page, {"seen": stale.context["seen"]})

    assert (stale.status_code, after.status_code) == (409, 302)
    assert "eller tiden er flyttet" in stale.content.decode()
    held.refresh_from_db()
    assert (held.state, held.end_reason) == (BookingState.HELD, "")
    assert held.submitted_at is not None


def test_a_form_whose_hold_ran_out_after_the_move_is_read_again_too(client, portal_site):
    session = evening()
    page = reverse("booking_review", args=[session.pk])
    held = hold(session, contact=person("a"), browser_key="this-browser")
    cookie = HttpResponse()
    visitor.keep_browser_key(cookie, "this-browser")
    client.cookies.update(cookie.cookies)
    before = client.get(page)
    move(session)
    BookedSession.objects.update(held_until=timezone.now() - timedelta(minutes=1))
    expire_overdue(timezone.now())

    stale = client.post(page, {"seen": before.context["seen"]})

    held.refresh_from_db()
    assert (stale.status_code, held.state, held.submitted_at) == (409, BookingState.EXPIRED, None)
    assert client.post(page, {"seen": stale.context["seen"]}).status_code == 302


def test_a_move_to_a_date_the_charter_does_not_cover_is_refused():
    session = covered_until_its_day()
    booking = book(session)

    with pytest.raises(CharterNotCoveredError):
        move(session)

    session.refresh_from_db()
    assert session.sequence == 0
    assert booking.booked_sessions.get().sequence == 0


def test_an_empty_date_may_be_planned_before_the_charter_is_signed():
    session = covered_until_its_day()

    assert move(session).sessions == 1


@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.HELD, SessionState.NOT_HELD])
def test_what_is_over_is_not_moved(state):
    session = SessionFactory(state=state)

    with pytest.raises(SessionStateError):
        move(session, seen="x")


def test_a_session_is_not_moved_into_the_past_nor_after_it_began():
    session = SessionFactory(in_days=1)
    book(SessionFactory())

    with pytest.raises(SessionStartedError):
        move(session, later(session, days=-10))
    with pytest.raises(SessionStartedError):
        move(session, now=session.starts_at)


def test_a_taken_place_refuses_the_move_where_the_setting_says_so(settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    session, venue = evening(), VenueFactory()
    new_time = later(session, venue_id=venue.pk, at=time(19))
    other = SessionFactory(offer=OfferFactory(evening=True), venue=venue, in_days=31, at=time(19))
    assert other.local_date == new_time.day

    with pytest.raises(SessionClashError):
        move(session, new_time)

    settings.PORTAL_DOUBLE_BOOKING = "warn"
    assert move(session, new_time).sessions == 1


def test_who_was_moved_may_withdraw_until_the_start_and_who_books_after_may_not(now):
    session = evening()
    early = book(session, contact=person("early"))
    move(session)
    late = book(session, contact=person("late"))
    session.refresh_from_db()
    after_deadline = session.starts_at - timedelta(hours=1)

    withdraw_booking(booking_id=early.pk, reason="date", actor=LINK, now=after_deadline)

    assert state_of(early) == BookingState.WITHDRAWN
    from booking.errors import WithdrawalClosedError

    with pytest.raises(WithdrawalClosedError):
        withdraw_booking(booking_id=late.pk, reason="date", actor=LINK, now=after_deadline)


def test_the_offer_of_a_place_never_outlives_the_new_start():
    session = evening(people=1, in_days=60)
    holder = book(session, contact=person("a"))
    queue_up(session, contact=person("b"))
    withdraw_booking(booking_id=holder.pk, reason="date", actor=LINK, now=timezone.now())
    offered = BookedSession.objects.get(state=BookingState.OFFERED)
    tomorrow = timezone.now().astimezone(LOCAL_ZONE).date() + timedelta(days=1)

    move(session, later(session, day=tomorrow, at=time(12)))

    session.refresh_from_db()
    offered.refresh_from_db()
    assert offered.held_until <= session.starts_at - timedelta(hours=2)
    assert offered.booking.held_until == offered.held_until


def test_the_reminder_follows_the_new_time():
    session = SessionFactory()
    book(session)
    queue_reminders(session.starts_at - timedelta(hours=24))
    move(session, later(session, days=7))
    session.refresh_from_db()

    queue_reminders(session.starts_at - timedelta(hours=24))

    assert len(mail_types(mail_type="booking_reminder_day")) == 2


def test_a_move_into_tomorrow_reminds_of_nothing_the_mail_just_said():
    session = SessionFactory()
    now = timezone.now()
    book(session, now=now - timedelta(days=5))
    day = (now + timedelta(hours=20)).astimezone(LOCAL_ZONE)
    move(session, later(session, day=day.date(), at=day.time()), now=now)

    queue_reminders(now + timedelta(minutes=5))

    assert mail_types(mail_type__contains="reminder") == []


def test_tasks_ask_each_booking_and_tell_it_too():
    session = evening()
    booking = book(session, contact=person("a"))
    queue_up(session, contact=person("b"), seats=10)

    changed = move(session, for_booked=ForBooked.TASKS)

    item = WorkItem.objects.get()
    assert (changed.told, changed.tasks) == (2, 1)
    assert (item.subject, item.data["cause"]) == (f"booking:{booking.pk}", "session_moved")
    send_due(now=timezone.now())
    (message,) = [
        found for found in mail.outbox if found.subject.startswith("Ny tid") and "a@" in found.to[0]
    ]
    assert "om den nye tid passer" in " ".join(message.body.split())


# A plan


@pytest.fixture
def season():
    """Five Tuesdays of a plan."""
    schedule = ScheduleFactory(skip_holidays=False)
    materialise_schedule(schedule_id=schedule.pk, now=timezone.now())
    return list(schedule.sessions.order_by("starts_at")[:5])


def test_this_and_following_move_as_many_local_days_and_the_earlier_stay(season):
    before = [session.local_date for session in season]

    changed = move(season[2], later(season[2], days=2, at=time(10)), following=True)

    after = [Session.objects.get(pk=session.pk) for session in season]
    assert [session.local_date for session in after] == [
        *before[:2],
        *(day + timedelta(days=2) for day in before[2:]),
    ]
    assert {session.starts_at.astimezone(LOCAL_ZONE).time() for session in after[2:]} == {time(10)}
    assert [session.original_date for session in after] == before
    assert changed.sessions == season[0].schedule.sessions.count() - 2


def test_moved_and_cancelled_dates_do_not_come_back(season):
    schedule = season[0].schedule
    count = schedule.sessions.count()
    move(season[1])
    cancel(season[2], following=True)

    made = materialise_schedule(schedule_id=schedule.pk, now=timezone.now())

    assert made.created == 0
    assert schedule.sessions.count() == count
    states = [session.state for session in schedule.sessions.order_by("original_date")]
    assert states == [SessionState.OPEN] * 2 + [SessionState.CANCELLED] * (count - 2)


def test_who_has_booked_several_of_the_dates_is_told_once_a_booking(season):
    school = known_school()
    course = Course.objects.create(offer=season[0].offer, name="Forløb")
    booking = book(season[2], school=school)
    Booking.objects.filter(pk=booking.pk).update(course=course)
    BookedSession.objects.create(
        booking=booking,
        session=season[3],
        groups=1,
        people=22,
        state=BookingState.CONFIRMED,
        uid="second@dannelsesportalen",
    )
    Session.objects.filter(pk=season[3].pk).update(groups_taken=1, people_taken=22)
    send_due(now=timezone.now())
    mail.outbox.clear()

    changed = move(season[2], following=True)
    send_due(now=timezone.now())

    assert changed.told == 1
    (message,) = mail.outbox
    assert message.body.count("flyttet fra") == 2
    found = {entry["UID"]: (method, entry["SEQUENCE"]) for method, entry in entries_of(message)}
    assert found == {
        booking.booked_sessions.get(session=season[2]).uid: ("REQUEST", 1),
        "second@dannelsesportalen": ("REQUEST", 1),
    }


def test_a_date_added_to_the_plan_meanwhile_stops_the_move(season):
    new_time = later(season[0])
    seen = move_token(shown(season[0], following=True), new_time, ForBooked.TELL)
    SessionFactory(
        offer=season[0].offer,
        schedule=season[0].schedule,
        original_date=season[0].local_date.replace(year=2031),
        in_days=90,
    )

    with pytest.raises(ChangedMeanwhileError):
        move(season[0], new_time, following=True, seen=seen)


# Not held


def test_cancelling_ends_every_booking_and_tells_everybody_once(now):
    session = evening(people=4)
    booked = book(session, seats=2, contact=person("booked"))
    unproven = book(session, seats=2, contact=person("unproven"), is_proven=False)
    waiting = queue_up(session, seats=3, contact=person("waiting"))
    send_due(now=timezone.now())
    mail.outbox.clear()

    changed = cancel(session)
    send_due(now=timezone.now())

    assert (changed.sessions, changed.told) == (1, 3)
    assert {state_of(one) for one in (booked, unproven, waiting)} == {BookingState.CANCELLED}
    assert counters(session) == (0, 0, 0)
    assert (session.state, session.state_reason) == (SessionState.CANCELLED, "Sygdom")
    by_person = {message.to[0]: message for message in mail.outbox}
    assert len(by_person) == len(mail.outbox)
    for name in ("booked", "unproven", "waiting"):
        assert "Årsag: Sygdom" in by_person[f"{name}@example.dk"].body
    ((method, entry),) = entries_of(by_person["booked@example.dk"])
    assert (method, entry["UID"], entry["SEQUENCE"], entry["STATUS"]) == (
        "CANCEL",
        booked.booked_sessions.get().uid,
        1,
        "CANCELLED",
    )
    assert entries_of(by_person["unproven@example.dk"]) == entries_of(by_person["waiting@example.dk"]) == []


def test_cancelling_twice_changes_nothing():
    session = evening()
    book(session, contact=person("a"))
    seen = cancel_token(shown(session), SessionCancelReason.ILLNESS, ForBooked.TELL)

    cancel(session, seen=seen)
    again = cancel(session, seen=seen)

    assert again.sessions == 0
    assert mail_types(mail_type="sign_up_session_cancelled") == ["sign_up_session_cancelled"]
    assert Entry.objects.filter(action="booking_cancelled").count() == 1


def test_who_was_not_shown_stops_the_cancellation():
    session = evening()
    seen = cancel_token(shown(session), SessionCancelReason.ILLNESS, ForBooked.TELL)
    book(session, contact=person("a"))

    with pytest.raises(ChangedMeanwhileError):
        cancel(session, seen=seen)


def test_a_form_being_filled_is_told_when_it_is_sent():
    session = evening()
    held = hold(session, contact=person("a"))

    cancel(session)

    with pytest.raises(HoldExpiredError):
        submit_booking(booking_id=held.pk, is_proven=True, now=timezone.now())
    assert counters(session) == (0, 0, 0)
    assert mail_types() == []


def test_an_address_is_not_proven_into_a_cancelled_session():
    session = evening()
    booking = book(session, contact=person("a"), is_proven=False)
    cancel(session)

    from booking.errors import WrongStateError

    with pytest.raises(WrongStateError):
        prove_address(booking_id=booking.pk, now=timezone.now(), actor=LINK)


def test_cancelling_settles_what_waited_for_a_decision():
    session = SessionFactory(offer=OfferFactory(approval=Approval.PROVIDER))
    book(session)
    assert WorkItem.objects.open().count() == 1

    cancel(session)

    assert [item.resolution for item in WorkItem.objects.all()] == ["cancelled"]


def test_one_day_of_a_course_is_cancelled_and_the_others_stand():
    offer = OfferFactory()
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer, in_days=37)
    booking = book(first)
    BookedSession.objects.create(
        booking=booking,
        session=second,
        groups=1,
        people=22,
        state=BookingState.CONFIRMED,
        uid="second@dannelsesportalen",
    )
    Session.objects.filter(pk=second.pk).update(groups_taken=1, people_taken=22)
    send_due(now=timezone.now())
    mail.outbox.clear()

    cancel(first)
    send_due(now=timezone.now())

    assert state_of(booking) == BookingState.CONFIRMED
    assert sorted(booking.booked_sessions.values_list("uid", "state")) == sorted(
        [
            (booking.booked_sessions.get(session=first).uid, "cancelled"),
            ("second@dannelsesportalen", "confirmed"),
        ]
    )
    (message,) = [found for found in mail.outbox if found.to == [booking.contact_email]]
    ((method, entry),) = entries_of(message)
    assert (method, entry["UID"]) == ("CANCEL", booking.booked_sessions.get(session=first).uid)
    assert "De andre dage" in message.body


def test_tasks_close_the_session_and_tell_nobody_yet():
    session = evening()
    booking = book(session, contact=person("a"))
    waiting = queue_up(session, contact=person("b"), seats=10)
    before = mail_types()

    changed = cancel(session, for_booked=ForBooked.TASKS)
    cancel(session, for_booked=ForBooked.TASKS)

    item = WorkItem.objects.get()
    session.refresh_from_db()
    assert (changed.told, changed.tasks) == (0, 1)
    assert (item.subject, item.data["cause"]) == (f"booking:{booking.pk}", "session_cancelled")
    assert session.state == SessionState.CLOSED
    assert (state_of(booking), state_of(waiting)) == (BookingState.CONFIRMED, BookingState.WAITING)
    assert mail_types() == before
    with pytest.raises(SessionClosedError):
        book(session, contact=person("c"))


def test_cancelling_an_empty_session_tells_nobody():
    session = SessionFactory()

    changed = cancel(session)

    assert (changed.sessions, changed.told) == (1, 0)
    assert mail_types() == []


# How many


def test_raising_a_limit_offers_the_places_to_those_who_wait():
    session = evening(people=2)
    book(session, seats=2, contact=person("a"))
    waiting = queue_up(session, seats=2, contact=person("b"))

    changed = resize(session, Limits(None, 4, 0, True))

    assert changed.told == 1
    assert state_of(waiting) == BookingState.OFFERED
    assert counters(session) == (0, 4, 0)


def test_a_limit_goes_down_to_what_is_taken_and_no_further():
    session = evening(people=10)
    book(session, seats=3, contact=person("a"))

    resize(session, Limits(None, 3, 0, True))
    with pytest.raises(LimitBelowTakenError):
        resize(session, Limits(None, 2, 0, True))

    session.refresh_from_db()
    assert session.max_people == 3


def test_the_unit_does_not_change_while_somebody_is_booked():
    session = evening(people=10)
    book(session, contact=person("a"))

    with pytest.raises(UnitFrozenError):
        resize(session, Limits(3, None, 0, True))


def test_the_same_limits_change_nothing_and_others_in_between_are_noticed():
    session = evening(people=10)
    seen = limits_token(shown(session), Limits(None, 8, 0, True))

    assert resize(session, Limits(None, 8, 0, True), seen=seen).sessions == 1
    assert resize(session, Limits(None, 8, 0, True), seen=seen).sessions == 0
    with pytest.raises(ChangedMeanwhileError):
        resize(session, Limits(None, 9, 0, True), seen=seen)


@pytest.mark.parametrize("others", [0, 1])
def test_a_cancellation_speaks_of_free_dates_only_where_there_are_any(portal_site, others):
    session = evening()
    for _other in range(others):
        SessionFactory(offer=session.offer, in_days=40)
    book(session, contact=person("a"))
    cancel(session)
    mail.outbox.clear()

    send_due(now=timezone.now())

    (told,) = [sent for sent in mail.outbox if "aflyst" in sent.subject]
    assert ("De næste ledige" in told.body) is bool(others)
    assert "Se alle tilbud" in told.body


def test_who_waits_with_more_than_there_will_ever_be_room_for_is_told(portal_site):
    session = evening(people=6)
    book(session, seats=4, contact=person("a"))
    large = queue_up(session, seats=5, contact=person("b"))
    small = queue_up(session, seats=3, contact=person("c"))
    send_due(now=timezone.now())
    mail.outbox.clear()
    limits = Limits(None, 4, 0, True)
    preview = limits_preview(shown(session)[0], limits, token="")

    changed = resize(session, limits)
    send_due(now=timezone.now())

    assert (changed.told, changed.too_large) == (0, 1)
    assert [item.who for item in preview.consequences] == [
        "2 på ventelisten",
        "1 af dem får aldrig plads så",
    ]
    (told,) = mail.outbox
    assert told.to == [large.contact_email]
    assert "Højst 4 pladser" in told.body
    entry = large.booked_sessions.select_related("session").get()
    assert entry.queued_at is not None, "it keeps its number"
    assert "Højst 4 pladser" in position_text(entry)
    assert "nummer 2" in position_text(small.booked_sessions.select_related("session").get())


def test_who_has_made_it_smaller_meanwhile_is_not_told(portal_site):
    session = evening(people=6)
    book(session, seats=4, contact=person("a"))
    queue_up(session, seats=5, contact=person("b"))
    send_due(now=timezone.now())
    mail.outbox.clear()
    resize(session, Limits(None, 4, 0, True))
    BookedSession.objects.filter(state=BookingState.WAITING).update(people=3)

    send_due(now=timezone.now())

    assert mail.outbox == []


def test_a_class_is_never_told_by_the_name_of_another():
    """Two schools on one date: each mail is about its own booking only."""
    session = SessionFactory(offer=OfferFactory(at_venue=True, max_groups=2))
    one = book(
        session, school=known_school(name="Skole Et", domain="et.example"), contact=a_contact("a@et.example")
    )
    book(
        session,
        school=known_school(name="Skole To", domain="to.example"),
        contact=a_contact("b@to.example", name="Berta"),
        classes=[a_class("8.X")],
    )
    send_due(now=timezone.now())
    mail.outbox.clear()

    move(session)
    send_due(now=timezone.now())

    (message,) = [found for found in mail.outbox if found.to == [one.contact_email]]
    for foreign in ("Skole To", "Berta", "8.X", "to.example"):
        assert foreign not in message.body
