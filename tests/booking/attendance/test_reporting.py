"""Reporting a session: figures, corrections, and what bookings become (rule 11, ADR 9)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.attendance.errors import (
    CorrectionClosedError,
    ReportChangedError,
    SessionCancelledError,
    SessionNotBegunError,
)
from booking.attendance.reading import sessions_without_report
from booking.checking import wrong_counters
from booking.enums import BookingKind, BookingState, NotHeldReason, ReportSource
from booking.models import Attendance, BookedSession, SessionReport
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from core.worklist.models import WorkItem
from core.worklist.operations import open_item
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(portal_site):
    """Two classes of one school, an hour after the end."""
    session = SessionFactory(offer=OfferFactory(max_groups=2))
    book(session, classes=[a_class("5.A", pupils=22), a_class("5.B", pupils=20)])
    return set_back(session)


@pytest.fixture
def evening(portal_site):
    """Three seats in two sign-ups, an hour after the end."""
    session = SessionFactory(evening=True)
    book(session, seats=2, contact=a_contact("mor@post.example"))
    book(session, seats=1, contact=a_contact("far@post.example"))
    return set_back(session)


def states(session):
    return sorted(BookedSession.objects.filter(session=session).values_list("state", flat=True))


def attendance(session):
    rows = Attendance.objects.filter(booked_session__session=session).order_by("pk")
    return list(rows.values_list("booked_class__name", "people", "adults"))


def test_report_of_classes_writes_attendance_by_class_and_the_session_is_held(visit):
    made = report(visit, classes=(21, 20))

    visit.refresh_from_db()
    assert (visit.state, made.number, made.people, made.adults) == (SessionState.HELD, 1, 41, 2)
    assert attendance(visit) == [("5.A", 21, 1), ("5.B", 20, 1)]
    booked = visit.booked_sessions.get()
    assert (booked.state, booked.booking.state) == (BookingState.ATTENDED, BookingState.ATTENDED)
    assert not sessions_without_report(now=timezone.now()).exists()


def test_report_of_zero_is_a_report_and_no_report_is_none(visit):
    assert list(sessions_without_report(now=timezone.now())) == [visit]

    made = report(visit, classes=(0, 0))

    assert (made.is_held, made.people) == (True, 0)
    assert not sessions_without_report(now=timezone.now()).exists()
    assert attendance(visit) == [("5.A", 0, 0), ("5.B", 0, 0)]
    assert states(visit) == [BookingState.NO_SHOW]


def test_report_of_an_evening_is_one_number_and_says_nothing_of_each_sign_up(evening):
    made = report(evening, people=5)

    assert (made.people, made.counts) == (5, [])
    assert states(evening) == [BookingState.CONFIRMED, BookingState.CONFIRMED]
    assert attendance(evening) == []


def test_report_of_an_evening_with_nobody_makes_every_sign_up_a_no_show(evening):
    report(evening, people=0)

    assert states(evening) == [BookingState.NO_SHOW, BookingState.NO_SHOW]


def test_session_not_held_keeps_bookings_confirmed(visit):
    report(visit, not_held=NotHeldReason.ILLNESS)

    visit.refresh_from_db()
    assert visit.state == SessionState.NOT_HELD
    assert states(visit) == [BookingState.CONFIRMED]
    assert attendance(visit) == []


def test_session_not_held_since_nobody_came_makes_no_shows(visit):
    report(visit, not_held=NotHeldReason.NOBODY_CAME)

    assert states(visit) == [BookingState.NO_SHOW]


def test_correction_is_a_new_row_and_the_first_figures_stay(visit):
    first = report(visit, classes=(21, 20))

    second = report(visit, classes=(19, 20), seen=1)

    assert (second.number, second.people) == (2, 39)
    first.refresh_from_db()
    assert (first.people, first.counts[0]["people"]) == (41, 21)
    assert attendance(visit) == [("5.A", 19, 1), ("5.B", 20, 1)]
    entry = Entry.objects.get(action="session_report_corrected")
    assert (entry.data["before"]["people"], entry.data["after"]["people"]) == (41, 39)


def test_correction_from_held_to_not_held_and_back_moves_all_states(visit):
    report(visit, classes=(21, 20))
    report(visit, not_held=NotHeldReason.NOBODY_CAME, seen=1)
    visit.refresh_from_db()
    assert (visit.state, states(visit)) == (SessionState.NOT_HELD, [BookingState.NO_SHOW])
    assert attendance(visit) == []

    report(visit, classes=(21, 0), seen=2)

    visit.refresh_from_db()
    assert (visit.state, states(visit)) == (SessionState.HELD, [BookingState.ATTENDED])


def test_same_figures_again_change_nothing(visit):
    first = report(visit, classes=(21, 20))

    again = report(visit, classes=(21, 20))

    assert again == first
    assert SessionReport.objects.count() == 1
    assert Entry.objects.filter(action="session_reported").count() == 1


def test_report_raises_report_changed_when_somebody_else_has_reported_since(visit):
    report(visit, classes=(21, 20))

    with pytest.raises(ReportChangedError):
        report(visit, classes=(5, 5), seen=0)

    assert SessionReport.objects.count() == 1


def test_report_raises_session_not_begun_before_the_start(portal_site):
    session = SessionFactory()
    book(session)

    with pytest.raises(SessionNotBegunError):
        report(session, classes=(20,))


@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.DRAFT])
def test_report_raises_session_cancelled(visit, state):
    Session.objects.filter(pk=visit.pk).update(state=state)

    with pytest.raises(SessionCancelledError):
        report(visit, classes=(20, 20))


def test_provider_corrects_for_14_days_and_staff_after_that(visit):
    report(visit, classes=(21, 20))
    late = visit.ends_at + timedelta(days=14, hours=2)

    with pytest.raises(CorrectionClosedError):
        report(visit, classes=(20, 20), seen=1, now=late)
    corrected = report(visit, classes=(20, 20), seen=1, source=ReportSource.STAFF, actor=SYSTEM, now=late)

    assert corrected.number == 2


def test_first_report_is_taken_however_late(visit):
    late = visit.ends_at + timedelta(days=60)

    assert report(visit, classes=(20, 20), source=ReportSource.PROVIDER, now=late).number == 1


def test_report_mails_nobody_gives_no_place_back_and_changes_no_calendar_entry(visit):
    booked = visit.booked_sessions.get()
    mails = Message.objects.count()

    report(visit, classes=(0, 0))

    visit.refresh_from_db()
    after = visit.booked_sessions.get()
    assert Message.objects.count() == mails
    assert visit.groups_taken == 2
    assert (after.uid, after.sequence) == (booked.uid, booked.sequence)
    assert wrong_counters() == []


def test_report_closes_the_task(visit):
    open_item(
        key=f"report_missing:{visit.pk}",
        kind="report_missing",
        subject=f"session:{visit.pk}",
        now=timezone.now(),
    )

    report(visit, classes=(20, 20))

    item = WorkItem.objects.get()
    assert (item.is_open, item.resolution) == (False, "reported")


def test_whole_evening_of_a_school_is_attended_with_its_parents(portal_site):
    """A school's place in an evening is no class: the total counts, and no attendance row is made of it."""
    from booking.attendance.reading import what_was_booked

    session = SessionFactory(evening=True)
    booking = book(session, seats=3)
    type(booking).objects.filter(pk=booking.pk).update(kind=BookingKind.SCHOOL, school=known_school())
    set_back(session)

    assert not what_was_booked(session).is_by_class
    report(session, people=30)

    assert states(session) == [BookingState.ATTENDED]


def test_database_refuses_two_reports_with_one_number(visit):
    made = report(visit, classes=(20, 20))
    made.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_database_refuses_a_report_not_held_without_a_reason(visit):
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionReport.objects.create(
            session=visit, number=1, is_held=False, source="link", reported_at=timezone.now()
        )


def test_report_says_who_and_by_which_way(visit):
    made = report(visit, classes=(20, 20))

    assert (made.source, made.reported_by, LINK.user_id) == (ReportSource.LINK, None, None)
