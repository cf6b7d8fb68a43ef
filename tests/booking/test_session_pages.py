"""Moving, cancelling and resizing a date on the provider's pages and in the administration (L2, L7, rules 3, 12)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.enums import BookingState
from charter.enums import MemberRole
from core.outbox.models import Message
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import a_contact, book, known_school, queue_up
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import HolidayFactory, OfferFactory, ScheduleFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Course, Session
from workshops.operations import materialise_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True)


def member(provider, role):
    user = UserFactory()
    ProviderMemberFactory(provider=provider, user=user, role=role)
    return log_in(Client(), user)


@pytest.fixture
def coordinator(provider):
    return member(provider, MemberRole.COORDINATOR)


@pytest.fixture
def caseworker(staff_client, portal_site):
    return staff_client("Sagsbehandler")


def evening(provider, people=10, **more):
    return SessionFactory(offer=OfferFactory(provider=provider, evening=True, max_people=people), **more)


def page(session, name, prefix="provider_session"):
    return reverse(f"{prefix}_{name}", args=[session.pk])


def when(session, *, days=1):
    day = session.local_date + timedelta(days=days)
    return {
        "day": day.isoformat(),
        "start_time": "10:15",
        "duration_minutes": "90",
        "venue": session.venue_id or "",
        "for_booked": "tell",
    }


def seen_on(response):
    found = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    assert found, "no preview"
    return found.group(1)


def walk(client, url, answers):
    """Fill in, look, confirm; return the preview and what came last."""
    preview = client.post(url, {**answers, "step": "preview"})
    done = client.post(url, {**answers, "step": "confirm", "seen": seen_on(preview)}, follow=True)
    return preview.content.decode(), done


@pytest.mark.parametrize("who", ["provider_session", "session_admin"])
def test_a_date_is_moved_after_it_was_shown_whom_it_touches(who, provider, coordinator, caseworker):
    client = coordinator if who == "provider_session" else caseworker
    session = SessionFactory(offer=OfferFactory(provider=provider))
    booking = book(session, school=known_school(name="Skolen ved Søen"))
    url = page(session, "move", who)

    form = client.get(url)
    preview, done = walk(client, url, when(session))

    assert form.status_code == 200
    assert "1 booking" in form.content.decode()
    assert "Skolen ved Søen" in preview
    assert "kl. 10.15–11.45" in preview
    assert "De kan melde fra helt frem til start." in preview
    for hidden in (booking.contact_name, booking.contact_email):
        assert hidden not in preview
    assert "Tiden er flyttet. 1 får besked på mail." in done.content.decode()
    before = session.local_date
    session.refresh_from_db()
    assert session.local_date == before + timedelta(days=1)


def test_the_preview_changes_nothing(coordinator, provider):
    session = evening(provider)
    book(session)

    coordinator.post(page(session, "move"), {**when(session), "step": "preview"})
    coordinator.post(page(session, "cancel"), {"reason": "illness", "for_booked": "tell", "step": "preview"})

    fresh = Session.objects.get(pk=session.pk)
    assert (fresh.starts_at, fresh.state, fresh.sequence) == (session.starts_at, SessionState.OPEN, 0)


def test_confirming_twice_changes_nothing_the_second_time(coordinator, provider):
    session = evening(provider)
    book(session)
    answers, url = when(session), page(session, "move")
    seen = seen_on(coordinator.post(url, {**answers, "step": "preview"}))

    first = coordinator.post(url, {**answers, "step": "confirm", "seen": seen})
    second = coordinator.post(url, {**answers, "step": "confirm", "seen": seen}, follow=True)

    assert first.status_code == 302
    assert "Det var allerede gjort" in second.content.decode()
    assert Message.objects.filter(mail_type="sign_up_session_moved").count() == 1


def test_what_changed_meanwhile_is_shown_anew(coordinator, provider):
    session = evening(provider)
    answers, url = when(session), page(session, "move")
    seen = seen_on(coordinator.post(url, {**answers, "step": "preview"}))
    book(session)

    again = coordinator.post(url, {**answers, "for_booked": "tell", "step": "confirm", "seen": seen})

    text = again.content.decode()
    assert again.status_code == 409
    assert "Noget har ændret sig" in text
    assert "1 booking" in text
    assert seen_on(again) != seen
    assert Session.objects.get(pk=session.pk).starts_at == session.starts_at


def test_the_choice_can_be_corrected_without_typing_it_again(coordinator, provider):
    session = evening(provider)

    back = coordinator.post(page(session, "move"), {**when(session), "step": "edit"})

    assert 'value="10:15"' in back.content.decode()


def test_days_off_and_times_outside_school_warn(coordinator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    HolidayFactory(
        name="Lejrskole", first_day=session.local_date, last_day=session.local_date + timedelta(days=3)
    )
    answers = {**when(session), "start_time": "19:00"}

    preview = coordinator.post(page(session, "move"), {**answers, "step": "preview"}).content.decode()

    assert "Skolerne har fri: Lejrskole" in preview
    assert "Uden for almindelig skoletid" in preview
    assert 'value="confirm"' in preview


def test_an_uncovered_date_has_no_button(coordinator, provider):
    session = evening(provider)
    book(session)
    answers = {**when(session), "day": "2039-05-05"}

    preview = coordinator.post(page(session, "move"), {**answers, "step": "preview"}).content.decode()

    assert "Charteret dækker ikke" in preview
    assert 'value="confirm"' not in preview


def test_a_suspended_provider_moves_nothing(coordinator, provider):
    session = evening(provider)
    book(session)
    answers, url = when(session), page(session, "move")
    seen = seen_on(coordinator.post(url, {**answers, "step": "preview"}))
    provider.state = "suspended"
    provider.save()

    answer = coordinator.post(url, {**answers, "step": "confirm", "seen": seen})

    assert answer.status_code == 409
    assert Session.objects.get(pk=session.pk).starts_at == session.starts_at


@pytest.mark.parametrize("who", ["provider_session", "session_admin"])
def test_a_date_is_cancelled_with_a_reason(who, provider, coordinator, caseworker):
    client = coordinator if who == "provider_session" else caseworker
    session = evening(provider, people=1)
    booking = book(session)
    queue_up(session, contact=a_contact("venter@example.dk"))
    url = page(session, "cancel", who)

    without = client.post(url, {"for_booked": "tell", "step": "preview"})
    preview, done = walk(client, url, {"reason": "illness", "for_booked": "tell"})

    assert without.status_code == 422
    assert "Vælg den grund, der passer bedst." in without.content.decode()
    assert "1 på ventelisten" in preview
    assert "Tiden er aflyst. 2 får besked på mail." in done.content.decode()
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.state, booking.state) == (SessionState.CANCELLED, BookingState.CANCELLED)
    again = client.post(url, {"reason": "illness", "step": "confirm", "seen": "x"}, follow=True)
    assert "Tiden er allerede aflyst" in again.content.decode()


def test_the_administration_can_be_left_to_decide(coordinator, provider):
    session = evening(provider)
    booking = book(session)

    preview, done = walk(
        coordinator, page(session, "cancel"), {"reason": "provider_cannot", "for_booked": "tasks"}
    )

    assert "Ingen får besked før det" in preview
    assert "administrationen tager stilling" in done.content.decode()
    booking.refresh_from_db()
    session.refresh_from_db()
    assert (session.state, booking.state) == (SessionState.CLOSED, BookingState.CONFIRMED)


def test_this_and_following_of_a_plan(coordinator, provider):
    schedule = ScheduleFactory(offer=OfferFactory(provider=provider), skip_holidays=False)
    materialise_schedule(schedule_id=schedule.pk, now=timezone.now())
    dates = list(schedule.sessions.order_by("starts_at"))
    url = page(dates[1], "cancel")

    form = coordinator.get(url).content.decode()
    preview, done = walk(coordinator, url, {"reason": "other", "scope": "following"})

    later = len(dates) - 1
    assert f"Denne tid og de {later - 1} efter den i planen" in form
    assert preview.count("Ingen har booket.") == later
    assert f"{later} tider er aflyst." in done.content.decode()
    assert schedule.sessions.exclude(state=SessionState.CANCELLED).get() == dates[0]


def test_a_day_of_a_course_says_that_the_others_stay(coordinator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    session.course = Course.objects.create(offer=session.offer, name="Kilder og kampagner")
    session.save()

    preview = coordinator.post(
        page(session, "cancel"), {"reason": "other", "step": "preview"}
    ).content.decode()

    assert "En dag i forløbet «Kilder og kampagner»." in preview


def test_the_number_of_places_changes_and_the_queue_runs(coordinator, provider):
    session = evening(provider, people=1)
    book(session)
    waiting = queue_up(session, contact=a_contact("venter@example.dk"))
    url = page(session, "limits")

    too_few = coordinator.post(url, {"max_people": "0", "step": "preview"})
    preview, done = walk(coordinator, url, {"max_people": "2"})

    assert too_few.status_code == 422
    assert "Fra 1 plads til 2 pladser" in preview
    assert "1 på ventelisten har fået tilbudt en plads." in done.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == BookingState.OFFERED


def test_below_what_is_taken_there_is_no_button(coordinator, provider):
    session = evening(provider)
    book(session, seats=3)

    preview = coordinator.post(
        page(session, "limits"), {"max_people": "2", "step": "preview"}
    ).content.decode()

    assert "3 pladser er allerede taget" in preview
    assert 'value="confirm"' not in preview


def test_a_date_that_is_over_leads_back(coordinator, provider):
    session = evening(provider, past=True)

    response = coordinator.get(page(session, "move"), follow=True)

    assert "Den tid kan ikke ændres mere." in response.content.decode()


@pytest.mark.parametrize("name", ["move", "cancel", "limits"])
def test_facilitators_and_other_providers_change_nothing(name, provider):
    session = evening(provider)
    facilitator = member(provider, MemberRole.FACILITATOR)
    stranger = member(ProviderFactory(covered=True), MemberRole.COORDINATOR)

    shown = facilitator.get(reverse("provider_session", args=[session.pk]))

    assert shown.status_code == 200
    assert page(session, name) not in shown.content.decode()
    for client in (facilitator, stranger):
        for method in (client.get, client.post):
            assert method(page(session, name)).status_code == 404


def test_the_pages_of_a_date_lead_to_what_can_be_done(coordinator, caseworker, staff_client, provider):
    session = evening(provider)
    own = coordinator.get(reverse("provider_session", args=[session.pk])).content.decode()
    admin = caseworker.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    editor = staff_client("Redaktør").get(reverse("sessions:inspect", args=[session.pk])).content.decode()

    for name in ("move", "cancel", "limits"):
        assert page(session, name) in own
        assert page(session, name, "session_admin") in admin
        assert page(session, name, "session_admin") not in editor


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_takes_the_same_queries_whatever_is_booked(
    count, provider, coordinator, django_assert_num_queries
):
    schedule = ScheduleFactory(offer=OfferFactory(provider=provider), skip_holidays=False)
    materialise_schedule(schedule_id=schedule.pk, now=timezone.now())
    dates = list(schedule.sessions.order_by("starts_at"))[:count]
    for session in dates:
        book(session)
    url = page(dates[0], "move")
    answers = {**when(dates[0]), "scope": "following", "step": "preview"}
    coordinator.post(url, answers)

    with django_assert_num_queries(16):
        response = coordinator.post(url, answers)

    assert response.status_code == 200


# The list of a provider's own dates


def test_earlier_and_cancelled_dates_are_listed_apart(coordinator, provider):
    coming = evening(provider, title="Kommer")
    over = evening(provider, past=True, title="Er forbi", state=SessionState.HELD)
    cancelled = evening(provider, title="Blev aflyst", cancelled=True, state_reason="Sygdom")
    evening(provider, title="Kladden", draft=True)
    evening(ProviderFactory(covered=True), past=True, title="En andens")
    url = reverse("provider_dates", args=[provider.slug])

    ahead = coordinator.get(url).content.decode()
    earlier = coordinator.get(f"{url}?vis=tidligere").content.decode()

    assert coming.title in ahead
    assert over.title not in ahead
    assert cancelled.title not in ahead
    assert coming.title not in earlier
    assert over.title in earlier
    assert "Aflyst: Sygdom" in earlier
    for foreign in ("Kladden", "En andens"):
        assert foreign not in ahead + earlier


def test_dates_are_paged(coordinator, provider):
    offer = OfferFactory(provider=provider)
    for number in range(21):
        SessionFactory(offer=offer, in_days=-30 - number)
    url = reverse("provider_dates", args=[provider.slug])

    first = coordinator.get(f"{url}?vis=tidligere")
    second = coordinator.get(f"{url}?vis=tidligere&side=2")

    assert len(first.context["rows"]) == 20
    assert len(second.context["rows"]) == 1
    assert "vis=tidligere&amp;side=2" in first.content.decode()


def test_the_dates_of_others_do_not_exist(provider):
    stranger = member(ProviderFactory(covered=True), MemberRole.COORDINATOR)

    assert stranger.get(reverse("provider_dates", args=[provider.slug])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_dates_takes_the_same_queries(count, coordinator, provider, django_assert_num_queries):
    offer = OfferFactory(provider=provider)
    for number in range(count):
        book(SessionFactory(offer=offer, in_days=20 + number))
    url = reverse("provider_dates", args=[provider.slug])
    coordinator.get(url)

    with django_assert_num_queries(11):
        coordinator.get(url)
