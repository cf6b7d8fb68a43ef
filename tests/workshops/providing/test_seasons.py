"""L5: a season comes again in the next school year, in the same weeks, without days off, once."""

import re
from datetime import date, datetime, time

import pytest
import time_machine
from django.urls import reverse

from charter.enums import MemberRole
from core.audit.log import SYSTEM
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import (
    HolidayFactory,
    OfferFactory,
    ScheduleFactory,
    SchoolFactory,
    SessionFactory,
)
from workshops.calendars import LOCAL_ZONE, at_local_time
from workshops.enums import RolledState, SessionAccess, SessionState
from workshops.errors import SeasonChangedError
from workshops.models import Course, Schedule, Session
from workshops.operations import materialise_schedule
from workshops.operations.seasons import roll_season
from workshops.recurrence import weekly
from workshops.season_rules import same_day_next_year
from workshops.seasons import propose_season, season_token

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
NOW = datetime(2026, 11, 21, 12, tzinfo=LOCAL_ZONE)
YEAR = 2026


@pytest.fixture(autouse=True)
def _today(portal_site):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offer(provider):
    return OfferFactory(provider=provider, title="Hvem styrer dit feed?")


def on(day, offer, *, at=time(9), **more):
    return SessionFactory(offer=offer, starts_at=at_local_time(day, at), **more)


def proposed(provider, offer, year=YEAR):
    return propose_season(provider_id=provider.pk, start_year=year, offer_ids=[offer.pk], now=NOW)


def roll(provider, offer, *, seen=None, opens_at=None):
    return roll_season(
        provider_id=provider.pk,
        start_year=YEAR,
        offer_ids=[offer.pk],
        opens_at=opens_at,
        seen=season_token(proposed(provider, offer)) if seen is None else seen,
        actor=SYSTEM,
        now=NOW,
    )


def told(dates):
    return [(one.state, one.starts_at and one.starts_at.date(), one.reason) for one in dates]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 1), date(2027, 12, 7)),
        (date(2027, 3, 9), date(2028, 3, 7)),
        (date(2026, 12, 29), date(2027, 12, 28)),
    ],
    ids=["autumn, week 49", "spring, week 10", "week 53 has none to go to"],
)
def test_a_date_keeps_its_iso_week_and_weekday(day, expected):
    assert same_day_next_year(day) == expected
    assert day.weekday() == expected.weekday()


def test_dates_keep_week_move_off_a_holiday_or_fall_out(provider, offer):
    on(date(2026, 12, 1), offer)
    on(date(2027, 2, 9), offer)  # week 6; next year's is kept
    on(date(2027, 2, 16), offer)  # week 7: next year a winter holiday
    on(date(2027, 3, 2), offer, state=SessionState.CANCELLED)
    HolidayFactory(name="Vinterferie", first_day=date(2028, 2, 14), last_day=date(2028, 2, 18))

    assert told(proposed(provider, offer)) == [
        (RolledState.KEPT, date(2027, 12, 7), ""),
        (RolledState.KEPT, date(2028, 2, 8), ""),
        (RolledState.MOVED, date(2028, 2, 22), "Vinterferie"),
        (RolledState.DROPPED, None, "Var aflyst"),
    ]


def test_a_weekly_series_has_no_free_week_beside_the_holiday(provider, offer):
    for day in (date(2027, 2, 2), date(2027, 2, 9), date(2027, 2, 16), date(2027, 2, 23), date(2027, 3, 2)):
        on(day, offer)
    HolidayFactory(name="Vinterferie", first_day=date(2028, 2, 14), last_day=date(2028, 2, 18))

    dates = proposed(provider, offer)

    assert [one.state for one in dates] == [
        *[RolledState.KEPT] * 2,
        RolledState.DROPPED,
        *[RolledState.KEPT] * 2,
    ]
    assert dates[2].reason == "Vinterferie, og ingen af ugerne omkring er ledig"


def test_a_public_holiday_is_left_out_although_nobody_has_loaded_next_years(provider, offer):
    on(date(2027, 4, 16), offer)  # Friday of week 15: next year Good Friday

    assert told(proposed(provider, offer)) == [(RolledState.MOVED, date(2028, 4, 21), "Langfredag")]


def test_the_clock_stays_at_nine_across_a_change_of_clocks(provider, offer):
    on(date(2027, 4, 7), offer)  # summer time; week 14
    roll(provider, offer)

    made = Session.objects.get(rolled_from__isnull=False)

    assert made.starts_at.astimezone(LOCAL_ZONE).time() == time(9)
    assert made.local_date == date(2028, 4, 5)


def test_dates_are_made_once_with_what_they_had(provider, offer):
    source = on(date(2026, 12, 1), offer, max_groups=2, facilitator="Frida", reserved=1)
    opens = datetime(2027, 5, 1, tzinfo=LOCAL_ZONE)

    first = roll(provider, offer, opens_at=opens)
    second = roll(provider, offer, opens_at=opens)

    made = Session.objects.get(rolled_from=source)
    assert (first.made, second.made, second.there) == (1, 0, 1)
    assert (made.max_groups, made.reserved, made.facilitator) == (2, 1, "Frida")
    assert (made.state, made.booking_opens_at, made.groups_taken) == (SessionState.OPEN, opens, 0)
    assert told(proposed(provider, offer)) == [(RolledState.EXISTS, date(2027, 12, 7), "")]


def test_a_date_that_was_moved_next_year_is_not_made_again(provider, offer):
    on(date(2026, 12, 1), offer)
    roll(provider, offer)
    Session.objects.filter(rolled_from__isnull=False).update(
        local_date=date(2027, 12, 3), state=SessionState.CANCELLED
    )

    assert roll(provider, offer).made == 0
    assert Session.objects.count() == 2


def test_a_date_planned_by_hand_is_not_doubled(provider, offer):
    on(date(2026, 12, 1), offer)
    on(date(2027, 12, 7), offer)

    assert told(proposed(provider, offer)) == [
        (RolledState.DROPPED, None, "Der er allerede en tid på det tidspunkt")
    ]


def test_what_was_not_shown_is_not_made(provider, offer):
    on(date(2026, 12, 1), offer)
    seen = season_token(proposed(provider, offer))
    on(date(2026, 12, 8), offer)

    with pytest.raises(SeasonChangedError):
        roll(provider, offer, seen=seen)

    assert not Session.objects.filter(rolled_from__isnull=False).exists()


def test_dates_of_a_plan_get_a_plan_of_their_own_which_makes_nothing_twice(provider, offer):
    plan = ScheduleFactory(
        offer=offer,
        first_date=date(2026, 12, 1),
        last_date=date(2026, 12, 15),
        recurrence=weekly(weekdays=[1]),
    )
    materialise_schedule(schedule_id=plan.pk, now=NOW)

    roll(provider, offer)

    rolled = Schedule.objects.get(rolled_from=plan)
    days = [date(2027, 12, 7), date(2027, 12, 14), date(2027, 12, 21)]
    assert list(rolled.sessions.order_by("starts_at").values_list("original_date", flat=True)) == days
    materialise_schedule(schedule_id=rolled.pk, now=NOW)
    assert list(rolled.sessions.order_by("starts_at").values_list("local_date", flat=True)) == days


def test_a_later_date_joins_the_plan_that_is_there(provider, offer):
    plan = ScheduleFactory(
        offer=offer,
        first_date=date(2026, 12, 1),
        last_date=date(2026, 12, 1),
        recurrence=weekly(weekdays=[1]),
    )
    materialise_schedule(schedule_id=plan.pk, now=NOW)
    roll(provider, offer)
    plan.last_date = date(2026, 12, 8)
    plan.save()
    materialise_schedule(schedule_id=plan.pk, now=NOW)

    assert roll(provider, offer).made == 1
    assert Schedule.objects.get(rolled_from=plan).sessions.count() == 2


def test_a_course_stays_a_course_or_falls_out_whole(provider, offer):
    whole = Course.objects.create(offer=offer, name="Hel")
    broken = Course.objects.create(offer=offer, name="Brudt")
    for day in (date(2026, 12, 1), date(2026, 12, 8)):
        on(day, offer, course=whole)
    on(date(2027, 3, 2), offer, course=broken)
    on(date(2027, 3, 9), offer, course=broken, state=SessionState.CANCELLED)

    rolled = roll(provider, offer)

    made = Session.objects.filter(rolled_from__isnull=False)
    assert (rolled.made, rolled.dropped) == (2, 2)
    assert len({session.course_id for session in made}) == 1
    assert made[0].course_id not in (None, whole.pk)


def test_what_was_agreed_with_one_school_is_not_repeated(provider, offer):
    on(date(2026, 12, 1), offer, access=SessionAccess.INVITATION)

    assert told(proposed(provider, offer)) == [
        (RolledState.DROPPED, None, "Var aftalt med én skole eller organisation")
    ]


def test_a_whole_evening_waits_for_a_school_again(provider):
    evening = OfferFactory(provider=provider, evening=True, max_groups=1)
    on(
        date(2026, 12, 1),
        evening,
        at=time(19),
        access=SessionAccess.SCHOOL,
        for_school=SchoolFactory(),
    )
    roll(provider, evening)

    made = Session.objects.get(rolled_from__isnull=False)
    assert (made.access, made.for_school) == (SessionAccess.SCHOOL, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_takes_the_same_queries(count, provider, offer, django_assert_num_queries):
    for number in range(count):
        on(date(2026, 12, 1 + number), offer)

    with django_assert_num_queries(5):
        assert len(proposed(provider, offer)) == count


def url(name, *more):
    return reverse(name, args=["klikklar", *more])


def test_a_provider_repeats_its_season_on_its_own_pages(provider, offer, member):
    client = member()
    on(date(2026, 12, 1), offer)
    HolidayFactory(first_day=date(2027, 10, 18), last_day=date(2027, 10, 22))
    answers = {"year": YEAR, "offers": [offer.pk], "opens_on": ""}

    preview = client.post(url("provider_season"), {**answers, "step": "preview"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', preview).group(1)
    done = client.post(url("provider_season"), {**answers, "step": "make", "seen": seen}, follow=True)
    again = client.post(url("provider_season"), {**answers, "step": "make", "seen": seen}, follow=True)

    assert "Tirsdag 7. december 2027" in preview
    assert "Samme uge og ugedag" in preview
    assert "Opret 1 tid" in preview
    assert "1 tid er oprettet." in done.content.decode()
    assert "Der var ikke noget at oprette." in again.content.decode()
    assert Session.objects.count() == 2


def test_the_preview_says_which_dates_wait_for_the_charter(offer, member):
    uncovered = ProviderFactory(slug="uden")
    theirs = OfferFactory(provider=uncovered)
    on(date(2026, 12, 1), theirs)

    page = member(of=uncovered).post(
        reverse("provider_season", args=["uden"]), {"year": YEAR, "offers": [theirs.pk], "step": "preview"}
    )

    assert "1 tid kan først bookes, når charteret er underskrevet for den dag." in page.content.decode()


def test_another_providers_offer_cannot_be_repeated(provider, offer, member):
    other = OfferFactory()
    on(date(2026, 12, 1), other)
    on(date(2026, 12, 2), offer)

    page = member().post(url("provider_season"), {"year": YEAR, "offers": [other.pk], "step": "preview"})

    assert page.status_code == 422
    assert "Vælg tilbud på listen." in page.content.decode()


def test_staff_repeat_a_providers_season(provider, offer, staff_client):
    on(date(2026, 12, 1), offer)
    client = staff_client("Sagsbehandler")
    address = f"{reverse('schedules:season')}?provider={provider.pk}"
    answers = {"year": YEAR, "offers": [offer.pk], "opens_on": ""}

    preview = client.post(address, {**answers, "step": "preview"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', preview).group(1)
    done = client.post(address, {**answers, "step": "make", "seen": seen})

    assert done.status_code == 302
    assert Session.objects.filter(rolled_from__isnull=False).count() == 1
    assert provider.name in client.get(reverse("schedules:season")).content.decode()


PLAN = {
    "first_date": "2027-01-05",
    "last_date": "2027-02-02",
    "weekdays": ["1"],
    "every_weeks": "1",
    "start_time": "09:00",
    "skip_holidays": "on",
}


def test_a_provider_plans_a_season_and_sees_each_date_first(offer, member):
    client = member()
    answers = {**PLAN, "offer": offer.pk, "excluded": "12.01.2027"}

    preview = client.post(url("provider_plan_new"), {**answers, "step": "preview"}).content.decode()
    before = Session.objects.count()
    client.post(url("provider_plan_new"), {**answers, "step": "save"})

    assert "Opret 4 tider" in preview
    assert before == 0
    assert set(Session.objects.values_list("state", flat=True)) == {SessionState.OPEN}
    assert Session.objects.count() == 4
    assert "4 kommende tider" in client.get(url("provider_plans")).content.decode()


def test_a_provider_changes_its_plan(offer, member):
    client = member()
    client.post(url("provider_plan_new"), {**PLAN, "offer": offer.pk, "step": "save"})
    plan = Schedule.objects.get()

    client.post(url("provider_plan", plan.pk), {**PLAN, "start_time": "10:00", "step": "save"})

    starts = {session.starts_at.astimezone(LOCAL_ZONE).time() for session in Session.objects.all()}
    assert starts == {time(10)}


def test_a_plan_for_another_providers_offer_is_refused(offer, member):
    other = OfferFactory()

    page = member().post(url("provider_plan_new"), {**PLAN, "offer": other.pk, "step": "save"})

    assert page.status_code == 422
    assert not Session.objects.exists()


@pytest.mark.parametrize("role", [MemberRole.FACILITATOR, MemberRole.SIGNATORY])
@pytest.mark.parametrize("name", ["provider_plans", "provider_plan_new", "provider_season"])
def test_only_coordinators_plan(role, name, offer, member):
    assert member(role).get(url(name)).status_code == 404


def test_a_paused_provider_is_led_back(member):
    paused = ProviderFactory(suspended=True, slug="pause")

    page = member(of=paused).get(reverse("provider_plans", args=["pause"]), follow=True)

    assert page.redirect_chain[-1][0] == reverse("provider_home", args=["pause"])
    assert "mens samarbejdet er i gang" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_plans_takes_the_same_queries(count, offer, member, django_assert_max_num_queries):
    client = member()
    for _number in range(count):
        ScheduleFactory(offer=offer)

    with django_assert_max_num_queries(15) as seen:
        client.get(url("provider_plans"))

    assert len(seen) == 11
