"""S21: a place or a facilitator used twice at a time is told of or refused, as the setting says."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from core.audit.log import SYSTEM
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import (
    OfferFactory,
    ScheduleFactory,
    SessionFactory,
    VenueFactory,
    local_start,
)
from workshops.clashes import find_clashes
from workshops.enums import ClashKind, PlaceKind, ProposalState
from workshops.errors import SessionClashError
from workshops.models import Session
from workshops.operations import (
    SessionPlan,
    create_session,
    edit_session,
    materialise_schedule,
    save_schedule,
)
from workshops.operations.schedules import ScheduleValues
from workshops.proposals import propose
from workshops.rules import Slot, clash_between

NINE = datetime(2026, 10, 6, 9, tzinfo=timezone.get_default_timezone())
HALF_AN_HOUR = timedelta(minutes=30)


def _slot(start=NINE, minutes=90, **facts):
    ends_at = start + timedelta(minutes=minutes)
    return Slot(
        **{
            "starts_at": start,
            "ends_at": ends_at,
            "offer_id": 1,
            "provider_id": 1,
            "place_kind": PlaceKind.AT_SCHOOL,
            **facts,
        }
    )


AT_VENUE = {"place_kind": PlaceKind.VENUE, "venue_id": 7}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (AT_VENUE, {**AT_VENUE, "offer_id": 2, "provider_id": 2}, ClashKind.VENUE),
        (AT_VENUE, {**AT_VENUE, "offer_id": 2, "venue_id": 8}, None),
        ({"facilitator": "Aya"}, {"offer_id": 2, "facilitator": " aya "}, ClashKind.FACILITATOR),
        ({"facilitator": "Aya og Bo"}, {"offer_id": 2, "facilitator": "Cai, Bo"}, ClashKind.FACILITATOR),
        ({"facilitator": "Aya"}, {"offer_id": 2, "facilitator": "Ayaan"}, None),
        ({"facilitator": "Aya"}, {"offer_id": 2, "provider_id": 2, "facilitator": "Aya"}, None),
        ({"facilitator": ""}, {"offer_id": 2, "facilitator": ""}, None),
        ({}, {}, ClashKind.OFFER),
        ({}, {"offer_id": 2}, None),
        ({"session_id": 5, **AT_VENUE}, {"session_id": 5, **AT_VENUE}, None),
    ],
    ids=[
        "one hall, two providers", "two halls", "one facilitator, typed otherwise", "one of two facilitators",
        "another name", "a namesake of another provider", "nobody named", "one offer", "nothing in common", "itself",
    ],
)  # fmt: skip
def test_clash_between_sessions_at_the_same_time(one, other, expected):
    assert clash_between(_slot(**one), _slot(**other), travel=HALF_AN_HOUR) == expected


@pytest.mark.parametrize(
    ("gap", "one", "other", "expected"),
    [
        (0, AT_VENUE, AT_VENUE, None),
        (-1, AT_VENUE, AT_VENUE, ClashKind.VENUE),
        (29, AT_VENUE, {"facilitator": "Aya"}, ClashKind.TRAVEL),
        (30, AT_VENUE, {"facilitator": "Aya"}, None),
        (0, {}, {}, ClashKind.TRAVEL),
        (0, {"host_school_id": 3}, {"host_school_id": 3}, None),
        (0, {"host_school_id": 3}, {"host_school_id": 4}, ClashKind.TRAVEL),
        (0, {"place_kind": PlaceKind.ONLINE}, AT_VENUE, None),
    ],
    ids=[
        "one after the other", "a minute too long", "too little travel", "enough travel",
        "two schools not yet known", "one school", "two schools", "from a screen",
    ],
)  # fmt: skip
def test_clash_between_sessions_after_each_other(gap, one, other, expected):
    first = _slot(**{"facilitator": "Aya", **one})
    second = _slot(first.ends_at + timedelta(minutes=gap), offer_id=2, **{"facilitator": "Aya", **other})

    assert clash_between(first, second, travel=HALF_AN_HOUR) == expected
    assert clash_between(second, first, travel=HALF_AN_HOUR) == expected


@pytest.mark.django_db
def test_find_clashes_asks_once_and_leaves_out_what_does_not_take_place(django_assert_num_queries):
    venue, offer = VenueFactory(), OfferFactory(at_venue=True)
    taken = [SessionFactory(at_venue=True, venue=venue, in_days=day) for day in (30, 31)]
    SessionFactory(at_venue=True, venue=venue, in_days=32, cancelled=True)
    ignored = SessionFactory(at_venue=True, venue=venue, in_days=33)
    wanted = [
        _slot(local_start(in_days=day), offer_id=offer.pk, provider_id=offer.provider_id, venue_id=venue.pk)
        for day in (30, 31, 32, 33, 34)
    ]

    with django_assert_num_queries(1):
        found = find_clashes(wanted, ignoring=[ignored.pk])

    assert [[clash.session_id for clash in clashes] for clashes in found] == [
        [taken[0].pk], [taken[1].pk], [], [], [],
    ]  # fmt: skip
    assert str(found[0][0]) == f"{taken[0].title} kl. 09.00–10.30 (samme sted)"


@pytest.mark.django_db
def test_travel_time_is_a_setting(settings):
    aya = {"facilitator": "Aya", "offer__provider": ProviderFactory(covered=True)}
    first, second = SessionFactory(**aya), SessionFactory(**aya, at=time(11, 15))
    assert first.provider == second.provider

    found = {}
    for minutes in (45, 46):
        settings.PORTAL_TRAVEL_MINUTES = minutes
        found[minutes] = [clash.kind for clash in find_clashes([second.slot])[0]]

    assert found == {45: [], 46: [ClashKind.TRAVEL]}


def _plan(venue, **changes):
    return SessionPlan(**{"starts_at": local_start(in_days=30), "venue_id": venue.pk, **changes})


@pytest.mark.django_db
def test_create_session_refuses_a_taken_venue_where_the_setting_says_so(settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    taken, offer = SessionFactory(at_venue=True), OfferFactory(at_venue=True)

    with pytest.raises(SessionClashError) as refusal:
        create_session(offer_id=offer.pk, plan=_plan(taken.venue), now=timezone.now())

    assert [clash.session_id for clash in refusal.value.clashes] == [taken.pk]
    assert taken.title in str(refusal.value)
    assert Session.objects.count() == 1
    create_session(offer_id=offer.pk, plan=_plan(VenueFactory()), now=timezone.now())


@pytest.mark.django_db
def test_create_session_makes_it_where_the_setting_only_warns():
    taken, offer = SessionFactory(at_venue=True), OfferFactory(at_venue=True)

    made = create_session(offer_id=offer.pk, plan=_plan(taken.venue), now=timezone.now())

    assert [clash.session_id for clash in find_clashes([made.slot])[0]] == [taken.pk]


@pytest.mark.django_db
def test_two_dates_of_one_offer_at_once_are_told_of_but_never_refused(settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    first = SessionFactory()

    second = create_session(
        offer_id=first.offer_id, plan=SessionPlan(starts_at=first.starts_at), now=timezone.now()
    )

    assert [clash.kind for clash in find_clashes([second.slot])[0]] == [ClashKind.OFFER]


@pytest.mark.django_db
def test_edit_session_refuses_to_move_into_another_but_lets_other_changes_through(settings):
    aya = {"facilitator": "Aya", "offer__provider": ProviderFactory(covered=True)}
    first, second = SessionFactory(**aya), SessionFactory(**aya, in_days=31)
    into = SessionPlan(starts_at=first.starts_at, facilitator="Aya")
    settings.PORTAL_DOUBLE_BOOKING = "refuse"

    with pytest.raises(SessionClashError):
        edit_session(session_id=second.pk, plan=into, now=timezone.now(), actor=SYSTEM)

    # What clashed before the setting was changed can still be given more places.
    settings.PORTAL_DOUBLE_BOOKING = "warn"
    edit_session(session_id=second.pk, plan=into, now=timezone.now(), actor=SYSTEM)
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    plan = SessionPlan(starts_at=first.starts_at, facilitator="Aya", max_groups=3)
    assert edit_session(session_id=second.pk, plan=plan, now=timezone.now(), actor=SYSTEM).max_groups == 3


def _weekly_values(offer, venue):
    first = local_start(in_days=30).date()
    return ScheduleValues(
        offer_id=offer.pk,
        first_date=first,
        last_date=first + timedelta(days=14),
        start_time=time(9),
        duration_minutes=90,
        weekdays=[first.weekday()],
        venue_id=venue.pk,
    )


@pytest.mark.django_db
def test_a_plan_leaves_taken_dates_out_and_makes_them_when_they_are_free(settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    taken, offer = SessionFactory(at_venue=True, in_days=37), OfferFactory(at_venue=True)

    schedule, made = save_schedule(
        values=_weekly_values(offer, taken.venue), now=timezone.now(), actor=SYSTEM
    )

    assert (made.created, made.taken) == (2, 1)
    states = [proposal.state for proposal in propose(schedule, now=timezone.now())]
    assert states == [ProposalState.EXISTS, ProposalState.TAKEN, ProposalState.EXISTS]
    taken.delete()
    again = materialise_schedule(schedule_id=schedule.pk, now=timezone.now())
    assert (again.created, again.taken) == (1, 0)


@pytest.mark.django_db
def test_a_plan_that_moves_into_another_leaves_that_date_where_it_was(settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    schedule = ScheduleFactory(facilitator="Aya")
    materialise_schedule(schedule_id=schedule.pk, now=timezone.now())
    stays, *others = Session.objects.order_by("starts_at")
    SessionFactory(
        offer__provider=schedule.offer.provider,
        facilitator="Aya",
        starts_at=stays.starts_at + timedelta(hours=4),
    )
    schedule.start_time = time(13)
    schedule.save()

    made = materialise_schedule(schedule_id=schedule.pk, now=timezone.now())

    assert (made.updated, made.taken) == (len(others), 1)
    stays.refresh_from_db()
    assert timezone.localtime(stays.starts_at).time() == time(9)


@pytest.mark.django_db
@pytest.mark.usefixtures("portal_site")
def test_administration_is_warned_and_sees_it_on_the_date(staff_client):
    client, taken, offer = (
        staff_client("Redaktør"),
        SessionFactory(at_venue=True),
        OfferFactory(at_venue=True),
    )
    start = taken.starts_at
    typed = {
        "offer": offer.pk, "day": f"{timezone.localtime(start):%d.%m.%Y}", "start_time": "09.30",
        "venue": taken.venue_id, "access": "open",
    }  # fmt: skip

    saved = client.post("/admin/sessions/new/", typed, follow=True).content.decode()

    clash = f"{taken.title} kl. 09.00–10.30 (samme sted)"
    assert f"Bemærk: Tiden falder sammen med {clash}." in saved
    assert saved.count(clash) == 2  # the message, and the date's own page


@pytest.mark.django_db
@pytest.mark.usefixtures("portal_site")
def test_administration_is_told_what_is_in_the_way_when_it_is_refused(staff_client, settings):
    settings.PORTAL_DOUBLE_BOOKING = "refuse"
    client, taken, offer = (
        staff_client("Redaktør"),
        SessionFactory(at_venue=True),
        OfferFactory(at_venue=True),
    )
    typed = {
        "offer": offer.pk, "day": f"{timezone.localtime(taken.starts_at):%d.%m.%Y}", "start_time": "09.30",
        "venue": taken.venue_id, "access": "open",
    }  # fmt: skip

    response = client.post("/admin/sessions/new/", typed)

    assert response.status_code == 422
    assert f"Tidspunktet er optaget. Vælg et andet tidspunkt, et andet sted eller en anden oplægsholder. {taken.title} kl. 09.00–10.30 (samme sted)." in response.content.decode()  # fmt: skip
    assert Session.objects.count() == 1
