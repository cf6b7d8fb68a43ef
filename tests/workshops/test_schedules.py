"""Schedules: naive local dates, proposals, and sessions made from them again and again."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.audit.log import SYSTEM
from tests.factories.workshops import OfferFactory, ScheduleFactory, SessionFactory, VenueFactory
from workshops import availability, errors
from workshops.calendars import LOCAL_ZONE
from workshops.enums import ProposalState, SessionState
from workshops.models import Schedule, Session
from workshops.operations import (
    Materialised,
    ScheduleValues,
    SessionPlan,
    cancel_session,
    edit_session,
    load_shipped_register,
    materialise_schedule,
    save_schedule,
    schedule_from,
)
from workshops.proposals import propose
from workshops.recurrence import excluded_dates, expand, extra_dates, interval_of, weekdays_of, weekly

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
MONDAY, TUESDAY, THURSDAY = 0, 1, 3


def _schedule(**kwargs: object) -> Schedule:
    facts = {
        "first_date": date(2026, 10, 5),
        "last_date": date(2026, 11, 16),
        "start_time": time(9),
        "recurrence": weekly(weekdays=[MONDAY]),
        "skip_holidays": False,
    }
    return ScheduleFactory(**{**facts, **kwargs})


def _values(**kwargs: object) -> ScheduleValues:
    facts = {
        "first_date": date(2026, 10, 5),
        "last_date": date(2026, 11, 16),
        "start_time": time(9),
        "duration_minutes": 90,
        "weekdays": [MONDAY],
        "skip_holidays": False,
    }
    return ScheduleValues(**{**facts, **kwargs})


def _days(schedule: Schedule) -> list[str]:
    return [
        str(day) for day in Session.objects.filter(schedule=schedule).values_list("local_date", flat=True)
    ]


def test_expand_counts_every_second_week_from_the_first_dates_week():
    schedule = _schedule(
        first_date=date(2026, 10, 8), recurrence=weekly(weekdays=[MONDAY, THURSDAY], every_weeks=2)
    )

    assert [str(day) for day in expand(schedule)] == [
        "2026-10-08",
        "2026-10-19",
        "2026-10-22",
        "2026-11-02",
        "2026-11-05",
        "2026-11-16",
    ]


def test_expand_leaves_out_excluded_dates_and_adds_extra_ones():
    schedule = _schedule(
        recurrence=weekly(
            weekdays=[MONDAY],
            excluded=[date(2026, 10, 12), date(2026, 11, 2)],
            extra=[date(2026, 10, 14), date(2026, 12, 1), date(2026, 11, 2)],
        )
    )

    assert [str(day) for day in expand(schedule)] == [
        "2026-10-05",
        "2026-10-14",
        "2026-10-19",
        "2026-10-26",
        "2026-11-09",
        "2026-11-16",
        "2026-12-01",
    ]


def test_expand_of_extra_dates_only():
    schedule = _schedule(recurrence=weekly(weekdays=[], extra=[date(2026, 12, 1)]))

    assert expand(schedule) == [date(2026, 12, 1)]


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 10, 19), date(2026, 11, 2)), (date(2027, 3, 22), date(2027, 4, 5))],
    ids=["25 October 2026", "28 March 2027"],
)
def test_nine_o_clock_stays_nine_o_clock_across_a_change_of_clocks(first, last):
    schedule = _schedule(first_date=first, last_date=last)

    materialise_schedule(schedule_id=schedule.pk, now=NOW)

    starts = [session.starts_at for session in Session.objects.filter(schedule=schedule)]
    assert [moment.astimezone(LOCAL_ZONE).hour for moment in starts] == [9, 9, 9]
    assert len({moment.astimezone(UTC).hour for moment in starts}) == 2


def test_rule_is_the_same_after_being_saved_loaded_edited_and_saved_again():
    excluded = date(2026, 10, 26)
    schedule = _schedule(recurrence=weekly(weekdays=[MONDAY], excluded=[excluded], extra=[date(2027, 3, 29)]))

    for start in (time(9), time(10), time(9)):
        with timezone.override("America/New_York"):
            loaded = Schedule.objects.get(pk=schedule.pk)
        assert (weekdays_of(loaded), interval_of(loaded)) == ([MONDAY], 1)
        assert (excluded_dates(loaded), extra_dates(loaded)) == ([excluded], [date(2027, 3, 29)])
        loaded.start_time = start
        with timezone.override("Asia/Tokyo"):
            loaded.save()

    materialise_schedule(schedule_id=schedule.pk, now=NOW)
    starts = [
        session.starts_at.astimezone(LOCAL_ZONE)
        for session in Session.objects.filter(schedule=schedule).order_by("starts_at")
    ]
    assert [str(moment.date()) for moment in starts] == [
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
        "2026-11-02",
        "2026-11-09",
        "2026-11-16",
        "2027-03-29",
    ]
    assert {moment.hour for moment in starts} == {9}
    with connection.cursor() as cursor:
        cursor.execute("SELECT recurrence FROM workshops_schedule")
        assert cursor.fetchone()[0].splitlines() == [
            "RRULE:FREQ=WEEKLY;BYDAY=MO",
            "RDATE:20270329T000000",
            "EXDATE:20261026T000000",
        ]


def test_materialise_twice_makes_each_session_once():
    schedule = _schedule()

    first = materialise_schedule(schedule_id=schedule.pk, now=NOW)
    second = materialise_schedule(schedule_id=schedule.pk, now=NOW)

    assert (first, second) == (Materialised(created=7), Materialised())
    assert Session.objects.filter(schedule=schedule).count() == 7


def test_database_refuses_a_second_session_of_the_same_schedule_and_date():
    schedule = _schedule()
    materialise_schedule(schedule_id=schedule.pk, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(offer=schedule.offer, schedule=schedule, original_date=date(2026, 10, 5))


def test_materialise_makes_nothing_in_the_past():
    schedule = _schedule()

    materialise_schedule(schedule_id=schedule.pk, now=datetime(2026, 11, 1, tzinfo=UTC))

    assert _days(schedule) == ["2026-11-02", "2026-11-09", "2026-11-16"]


def test_materialise_opens_the_sessions_only_when_the_schedule_says_so():
    for publishes in (True, False):
        materialise_schedule(schedule_id=_schedule(publishes_at_once=publishes).pk, now=NOW)

    states = Session.objects.values_list("schedule__publishes_at_once", "state").distinct()
    assert set(states) == {(True, SessionState.OPEN), (False, SessionState.DRAFT)}


def test_cancelled_date_does_not_come_back():
    schedule = _schedule()
    materialise_schedule(schedule_id=schedule.pk, now=NOW)
    session = Session.objects.get(schedule=schedule, local_date="2026-10-12")
    cancel_session(session_id=session.pk, reason="", now=NOW, actor=SYSTEM)

    again = materialise_schedule(schedule_id=schedule.pk, now=NOW)

    session.refresh_from_db()
    assert (again, session.state) == (Materialised(kept=1), SessionState.CANCELLED)


def test_moved_session_stays_where_it_is_and_its_old_date_does_not_come_back():
    schedule = _schedule()
    materialise_schedule(schedule_id=schedule.pk, now=NOW)
    session = Session.objects.get(schedule=schedule, local_date="2026-10-12")
    moved = datetime(2026, 10, 14, 13, tzinfo=LOCAL_ZONE)
    edit_session(session_id=session.pk, plan=SessionPlan(starts_at=moved), now=NOW, actor=SYSTEM)

    again = materialise_schedule(schedule_id=schedule.pk, now=NOW)

    assert again == Materialised(kept=1)
    assert "2026-10-12" not in _days(schedule)
    assert "2026-10-14" in _days(schedule)


def test_edited_schedule_updates_only_sessions_that_nobody_booked_or_changed():
    offer = OfferFactory()
    schedule, _made = save_schedule(values=_values(offer_id=offer.pk), now=NOW, actor=SYSTEM)
    booked, changed, *rest = Session.objects.filter(schedule=schedule).order_by("starts_at")
    Session.objects.filter(pk=booked.pk).update(groups_taken=1)
    edit_session(
        session_id=changed.pk,
        plan=SessionPlan(starts_at=changed.starts_at, facilitator="Aya"),
        now=NOW,
        actor=SYSTEM,
    )

    _schedule_again, made = save_schedule(
        values=_values(offer_id=offer.pk, start_time=time(10)), schedule_id=schedule.pk, now=NOW, actor=SYSTEM
    )

    hours = [
        session.starts_at.astimezone(LOCAL_ZONE).hour
        for session in Session.objects.filter(schedule=schedule).order_by("local_date")
    ]
    assert hours == [9, 9, 10, 10, 10, 10, 10]
    assert made == Materialised(updated=5, kept=2)
    assert Session.objects.get(pk=rest[0].pk).sequence == 1


def test_edited_schedule_asks_the_higher_package_what_was_ever_booked():
    offer = OfferFactory()
    schedule, _made = save_schedule(values=_values(offer_id=offer.pk), now=NOW, actor=SYSTEM)
    withdrawn = Session.objects.filter(schedule=schedule).earliest("starts_at")
    availability.set_booked_ids_source(lambda ids: {withdrawn.pk} & set(ids))

    save_schedule(
        values=_values(offer_id=offer.pk, weekdays=[TUESDAY]), schedule_id=schedule.pk, now=NOW, actor=SYSTEM
    )

    assert _days(schedule) == [
        "2026-10-05",
        "2026-10-06",
        "2026-10-13",
        "2026-10-20",
        "2026-10-27",
        "2026-11-03",
        "2026-11-10",
    ]


def test_shortened_schedule_removes_untouched_future_sessions_only():
    offer = OfferFactory()
    schedule, _made = save_schedule(values=_values(offer_id=offer.pk), now=NOW, actor=SYSTEM)
    later = datetime(2026, 10, 13, tzinfo=UTC)

    _same, made = save_schedule(
        values=_values(offer_id=offer.pk, first_date=date(2026, 11, 9)),
        schedule_id=schedule.pk,
        now=later,
        actor=SYSTEM,
    )

    assert made == Materialised(removed=3, kept=2)
    assert _days(schedule) == ["2026-10-05", "2026-10-12", "2026-11-09", "2026-11-16"]


def test_save_schedule_refuses_a_rule_without_dates():
    values = _values(offer_id=OfferFactory().pk, weekdays=[])

    with pytest.raises(errors.ScheduleRuleError):
        save_schedule(values=values, now=NOW, actor=SYSTEM)


def test_save_schedule_refuses_a_venue_offer_without_a_venue():
    values = _values(offer_id=OfferFactory(at_venue=True).pk)

    with pytest.raises(errors.SessionPlaceMissingError):
        save_schedule(values=values, now=NOW, actor=SYSTEM)


def test_save_schedule_refuses_when_nobody_says_how_many():
    values = _values(offer_id=OfferFactory(max_groups=None).pk)

    with pytest.raises(errors.SessionLimitMissingError):
        save_schedule(values=values, now=NOW, actor=SYSTEM)


def test_proposals_name_holidays_unknown_plans_and_what_is_there():
    load_shipped_register(now=NOW)
    schedule = _schedule(
        first_date=date(2026, 10, 5),
        last_date=date(2026, 10, 26),
        skip_holidays=True,
        recurrence=weekly(weekdays=[MONDAY], extra=[date(2026, 10, 13), date(2027, 8, 30)]),
    )
    SessionFactory(
        offer=schedule.offer,
        schedule=schedule,
        original_date=date(2026, 10, 19),
        starts_at=datetime(2026, 10, 21, 9, tzinfo=LOCAL_ZONE),
    )
    SessionFactory(
        offer=schedule.offer,
        schedule=schedule,
        original_date=date(2026, 10, 26),
        starts_at=datetime(2026, 10, 26, 9, tzinfo=LOCAL_ZONE),
        cancelled=True,
    )

    found = [
        (str(each.day), each.state, each.holiday, each.is_plan_known)
        for each in propose(schedule, now=datetime(2026, 10, 6, tzinfo=UTC))
    ]

    assert found == [
        ("2026-10-05", ProposalState.PAST, "", True),
        ("2026-10-12", ProposalState.HOLIDAY, "Efterårsferie", True),
        ("2026-10-13", ProposalState.NEW, "Efterårsferie", True),
        ("2026-10-19", ProposalState.MOVED, "", True),
        ("2026-10-26", ProposalState.CANCELLED, "", True),
        ("2027-08-30", ProposalState.NEW, "", False),
    ]


def test_materialise_skips_holidays_and_keeps_dates_added_by_hand():
    load_shipped_register(now=NOW)
    schedule = _schedule(
        last_date=date(2026, 10, 19),
        skip_holidays=True,
        recurrence=weekly(weekdays=[MONDAY], extra=[date(2026, 10, 13)]),
    )

    materialise_schedule(schedule_id=schedule.pk, now=NOW)

    assert _days(schedule) == ["2026-10-05", "2026-10-13", "2026-10-19"]


@pytest.mark.parametrize(
    ("same", "collides"),
    [("venue", True), ("facilitator", True), ("offer", True), ("nothing", False), ("cancelled", False)],
)
def test_proposals_tell_what_is_in_the_way(same, collides):
    offer, venue = OfferFactory(), VenueFactory()
    other = OfferFactory(provider=offer.provider)
    starts_at = datetime(2026, 10, 5, 8, tzinfo=LOCAL_ZONE)
    facts = {
        "venue": {"offer": other, "venue": venue},
        "facilitator": {"offer": other, "facilitator": "Aya"},
        "offer": {"offer": offer},
        "nothing": {"offer": other},
        "cancelled": {"offer": offer, "cancelled": True},
    }[same]
    session = SessionFactory(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90), **facts)
    values = _values(offer_id=offer.pk, last_date=date(2026, 10, 5), venue_id=venue.pk, facilitator="Aya")

    (proposal,) = propose(schedule_from(values), now=NOW)

    assert [clash.session_id for clash in proposal.clashes] == ([session.pk] if collides else [])


def test_proposals_cost_the_same_queries_however_many_dates(django_assert_num_queries):
    for weeks in (1, 30):
        schedule = _schedule(last_date=date(2026, 10, 5) + timedelta(weeks=weeks))
        with django_assert_num_queries(5):
            propose(Schedule.objects.select_related("offer").get(pk=schedule.pk), now=NOW)[0]
