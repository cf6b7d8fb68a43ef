"""Making, opening, changing and cancelling sessions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.factories.workshops import OfferFactory, SessionFactory, VenueFactory, local_start
from workshops import availability, errors
from workshops.calendars import LOCAL_ZONE
from workshops.enums import SessionState
from workshops.models import Session
from workshops.operations import (
    SessionPlan,
    cancel_session,
    change_limits,
    close_session,
    create_session,
    edit_session,
    open_session,
    return_to_draft,
)
from workshops.rules import Limits

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def _at(day: int, hour: int = 9, *, month: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LOCAL_ZONE)


@pytest.fixture
def _someone_waits():
    """Somebody waits for every session, as booking would say."""
    availability.set_active_ids_source(lambda ids: set(ids))
    availability.set_booked_ids_source(lambda ids: set(ids))


def test_create_session_takes_snapshots_and_defaults_from_the_offer():
    offer = OfferFactory(title="Fake news", duration_minutes=90, max_groups=2)

    session = create_session(offer_id=offer.pk, plan=SessionPlan(starts_at=_at(20)), now=NOW)

    assert (session.provider, session.programme, session.audience) == (
        offer.provider,
        offer.programme,
        offer.audience,
    )
    assert (session.title, session.max_groups, session.max_people) == ("Fake news", 2, None)
    assert session.ends_at == _at(20) + timedelta(minutes=90)
    assert str(session.local_date) == "2026-10-20"
    assert session.state == SessionState.DRAFT
    assert Entry.objects.get(action="session.created").provider_id == offer.provider_id


def test_create_session_counts_deadlines_in_local_days_across_the_change_of_clocks():
    offer = OfferFactory(booking_closes_days=3, withdrawal_closes_days=7)

    session = create_session(offer_id=offer.pk, plan=SessionPlan(starts_at=_at(27)), now=NOW)

    assert session.starts_at.astimezone(UTC).hour == 8
    assert session.booking_closes_at == _at(24)
    assert session.booking_closes_at.astimezone(UTC).hour == 7
    assert session.withdrawal_closes_at == _at(20)


def test_create_session_just_after_midnight_belongs_to_the_local_date():
    session = create_session(
        offer_id=OfferFactory().pk,
        plan=SessionPlan(starts_at=datetime(2026, 10, 20, 22, 30, tzinfo=UTC)),
        now=NOW,
    )

    assert str(session.local_date) == "2026-10-21"


@pytest.mark.parametrize(
    ("kind", "counts"),
    [("at_school", False), ("venue", True), ("online", False)],
    ids=["school", "venue", "online"],
)
def test_create_session_counts_adults_at_a_venue_only(kind, counts):
    offer = OfferFactory(place_kind=kind)
    plan = SessionPlan(starts_at=_at(20), venue_id=VenueFactory().pk)

    assert create_session(offer_id=offer.pk, plan=plan, now=NOW).adults_count is counts


def test_create_session_refuses_when_nobody_says_how_many():
    offer = OfferFactory(max_groups=None, max_people=None)

    with pytest.raises(errors.SessionLimitMissingError):
        create_session(offer_id=offer.pk, plan=SessionPlan(starts_at=_at(20)), now=NOW)


def test_create_session_refuses_a_venue_offer_without_a_venue():
    with pytest.raises(errors.SessionPlaceMissingError):
        create_session(offer_id=OfferFactory(at_venue=True).pk, plan=SessionPlan(starts_at=_at(20)), now=NOW)


def test_create_session_refuses_a_duration_of_nothing():
    plan = SessionPlan(starts_at=_at(20), duration_minutes=0)

    with pytest.raises(errors.SessionEndsBeforeStartError):
        create_session(offer_id=OfferFactory().pk, plan=plan, now=NOW)


def test_edit_session_moves_an_empty_session_and_its_deadlines():
    session = SessionFactory(starts_at=_at(20))

    edit_session(session_id=session.pk, plan=SessionPlan(starts_at=_at(27)), now=NOW, actor=SYSTEM)

    session.refresh_from_db()
    assert (session.starts_at, session.booking_closes_at) == (_at(27), _at(24))
    assert (session.sequence, session.changed_at, session.follows_schedule) == (1, NOW, False)


def test_edit_session_changes_nothing_when_nothing_changed():
    session = SessionFactory(starts_at=_at(20))

    edit_session(session_id=session.pk, plan=SessionPlan(starts_at=_at(20)), now=NOW, actor=SYSTEM)

    session.refresh_from_db()
    assert (session.sequence, session.follows_schedule) == (0, True)
    assert not Entry.objects.exists()


@pytest.mark.usefixtures("_someone_waits")
def test_edit_session_refuses_to_move_what_somebody_waits_for():
    session = SessionFactory(starts_at=_at(20))

    with pytest.raises(errors.SessionHasBookingsError):
        edit_session(session_id=session.pk, plan=SessionPlan(starts_at=_at(27)), now=NOW, actor=SYSTEM)


@pytest.mark.usefixtures("_someone_waits")
def test_edit_session_changes_the_facilitator_of_a_booked_session_and_logs_no_name():
    session = SessionFactory(starts_at=_at(20))
    plan = SessionPlan(starts_at=_at(20), facilitator="Aya Holm")

    edit_session(session_id=session.pk, plan=plan, now=NOW, actor=SYSTEM)

    session.refresh_from_db()
    assert session.facilitator == "Aya Holm"
    assert Entry.objects.get().data == {"changed": {"facilitator": None}}


def test_edit_session_refuses_a_time_that_has_passed():
    session = SessionFactory(starts_at=_at(20))

    with pytest.raises(errors.SessionStartedError):
        edit_session(
            session_id=session.pk,
            plan=SessionPlan(starts_at=NOW - timedelta(days=1)),
            now=NOW,
            actor=SYSTEM,
        )


def test_change_limits_refuses_fewer_than_taken():
    session = SessionFactory(offer__max_groups=3, groups_taken=2)

    with pytest.raises(errors.LimitBelowTakenError):
        change_limits(session_id=session.pk, limits=Limits(1, None), now=NOW, actor=SYSTEM)


def test_database_refuses_a_limit_below_taken_past_the_operation():
    session = SessionFactory(offer__max_groups=3, groups_taken=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(max_groups=1)


def test_database_refuses_more_people_than_the_limit():
    session = SessionFactory(evening=True, people_taken=35)

    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(people_taken=36)


@pytest.mark.usefixtures("_someone_waits")
@pytest.mark.parametrize(
    "limits",
    [Limits(None, 30), Limits(1, 30), Limits(1, None, adults_count=True)],
    ids=["unit", "both", "adults"],
)
def test_change_limits_freezes_the_unit_while_somebody_waits(limits):
    session = SessionFactory(groups_taken=1)

    with pytest.raises(errors.UnitFrozenError):
        change_limits(session_id=session.pk, limits=limits, now=NOW, actor=SYSTEM)


@pytest.mark.usefixtures("_someone_waits")
def test_change_limits_raises_a_limit_while_somebody_waits():
    session = SessionFactory(full=True)

    change_limits(session_id=session.pk, limits=Limits(2, None), now=NOW, actor=SYSTEM)

    session.refresh_from_db()
    assert session.max_groups == 2


def test_session_goes_from_draft_to_open_to_closed_to_open():
    session = SessionFactory(draft=True)

    states = [
        act(session_id=session.pk, now=NOW, actor=SYSTEM).state
        for act in (open_session, close_session, open_session, return_to_draft)
    ]

    assert states == ["open", "closed", "open", "draft"]
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "session.open",
        "session.closed",
        "session.open",
        "session.draft",
    ]


def test_open_session_refuses_a_cancelled_one():
    session = SessionFactory(cancelled=True)

    with pytest.raises(errors.SessionStateError):
        open_session(session_id=session.pk, now=NOW, actor=SYSTEM)


@pytest.mark.usefixtures("_someone_waits")
def test_return_to_draft_refuses_what_was_ever_booked():
    session = SessionFactory()

    with pytest.raises(errors.SessionHasBookingsError):
        return_to_draft(session_id=session.pk, now=NOW, actor=SYSTEM)


def test_cancel_session_keeps_the_row_and_can_be_repeated():
    session = SessionFactory()

    for _ in range(2):
        cancel_session(session_id=session.pk, reason="Sygdom", now=NOW, actor=SYSTEM)

    session.refresh_from_db()
    assert (session.state, session.state_reason, session.sequence) == (SessionState.CANCELLED, "Sygdom", 1)


def test_cancel_session_refuses_one_that_somebody_has_booked():
    session = SessionFactory(groups_taken=1)

    with pytest.raises(errors.SessionHasBookingsError):
        cancel_session(session_id=session.pk, reason="Sygdom", now=NOW, actor=SYSTEM)


def test_session_factory_makes_a_bookable_session():
    session = SessionFactory()

    assert session.starts_at == local_start(in_days=30)
    assert Session.objects.bookable(now=datetime.now(UTC)).get() == session
