"""The door list: ticks that count once, whichever way they come, and feed the report (F5)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.attendance.door import arrivals_of, tick
from booking.attendance.errors import DoorClosedError, WrongTickError
from booking.attendance.retention import forget_ticks
from booking.enums import BookingState
from booking.models import Attendance, DoorTick
from charter.enums import MemberRole
from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.factories.accounts import UserFactory, log_in
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_contact, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True)


@pytest.fixture
def facilitator(provider):
    user = UserFactory(email="finn@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=MemberRole.FACILITATOR)
    return log_in(Client(), user)


@pytest.fixture
def evening(provider):
    """Three seats of Mona, one of Ali; over since an hour."""
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    mona = a_contact("mona@post.example", name="Mona Madsen", phone_on_day="12 34 56 78")
    book(session, seats=3, contact=mona)
    book(session, seats=1, contact=a_contact("ali@post.example", name="Ali Andersen"))
    return set_back(session)


def of(session, email):
    return session.booked_sessions.get(booking__contact_email=email)


def arrive(session, email, people, **more):
    now = more.pop("now", timezone.now())
    return tick(
        session_id=session.pk,
        booked_id=of(session, email).pk if email else None,
        people=people,
        client_id=more.pop("client_id", uuid.uuid4()),
        made_at=more.pop("made_at", now),
        actor=SYSTEM,
        now=now,
    )


def page(session):
    return reverse("session_door", args=[session.pk])


def test_tick_says_how_many_of_a_sign_up_are_there(evening):
    arrive(evening, "mona@post.example", 3)

    assert arrive(evening, "mona@post.example", 2).total == 2


def test_same_tick_sent_again_counts_once(evening):
    again = uuid.uuid4()
    arrive(evening, "", 1, client_id=again)

    assert arrive(evening, "", 1, client_id=again).total == 1
    assert DoorTick.objects.count() == 1


def test_late_tick_does_not_undo_a_newer_one(evening):
    now = timezone.now()
    arrive(evening, "mona@post.example", 3, now=now)

    late = arrive(evening, "mona@post.example", 1, now=now, made_at=now - timedelta(minutes=5))

    assert late.total == 3


def test_clock_of_the_phone_cannot_be_ahead(evening):
    now = timezone.now()
    arrive(evening, "mona@post.example", 3, now=now, made_at=now + timedelta(days=9))

    assert arrive(evening, "mona@post.example", 0, now=now + timedelta(minutes=1)).total == 0


def test_those_without_a_sign_up_are_summed_and_never_below_nobody(evening):
    arrive(evening, "", 1)
    arrive(evening, "", 1)
    arrive(evening, "", -1)
    arrive(evening, "", -1)

    assert arrive(evening, "", -1).total == 0
    assert arrive(evening, "", 1).total == 1


@pytest.mark.parametrize("people", [-1, 4])
def test_tick_raises_wrong_tick_for_more_than_are_signed_up(evening, people):
    with pytest.raises(WrongTickError):
        arrive(evening, "mona@post.example", people)


def test_tick_raises_wrong_tick_for_a_sign_up_of_another_session(evening, provider):
    other = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    book(other, contact=a_contact("eva@post.example"))

    with pytest.raises(WrongTickError):
        tick(
            session_id=evening.pk,
            booked_id=of(other, "eva@post.example").pk,
            people=1,
            client_id=uuid.uuid4(),
            made_at=timezone.now(),
            actor=SYSTEM,
            now=timezone.now(),
        )


@pytest.mark.parametrize("away", [timedelta(days=-2), timedelta(days=8)], ids=["too early", "too late"])
def test_tick_raises_door_closed(evening, away):
    with pytest.raises(DoorClosedError):
        arrive(evening, "mona@post.example", 1, now=evening.ends_at + away)


def test_report_starts_from_the_door_and_says_who_came(client, evening):
    from booking.attendance.links import report_path

    arrive(evening, "mona@post.example", 2)
    arrive(evening, "", 1)
    assert 'value="3"' in client.get(report_path(evening)).content.decode()

    report(evening, people=3)

    assert of(evening, "mona@post.example").state == BookingState.ATTENDED
    assert of(evening, "ali@post.example").state == BookingState.NO_SHOW
    assert list(Attendance.objects.values_list("people", flat=True)) == [2]


def test_door_that_does_not_account_for_all_makes_nobody_a_no_show(evening):
    arrive(evening, "mona@post.example", 2)

    report(evening, people=4)

    assert of(evening, "mona@post.example").state == BookingState.ATTENDED
    assert of(evening, "ali@post.example").state == BookingState.CONFIRMED


def test_list_shows_first_name_reference_and_seats_and_nothing_else(facilitator, evening):
    html = facilitator.get(page(evening)).content.decode()

    booking = of(evening, "mona@post.example").booking
    assert "Mona" in html
    assert booking.reference in html
    for hidden in ("Madsen", "mona@post.example", "12 34 56 78"):
        assert hidden not in html
    assert Entry.objects.filter(action="door_list_read", subject=f"session:{evening.pk}").count() == 1


@pytest.mark.parametrize("away", [timedelta(days=2), timedelta(days=-2)], ids=["before", "after"])
def test_names_are_gone_outside_the_day(facilitator, evening, away):
    set_back(evening, ended_at=timezone.now() + away)

    html = facilitator.get(page(evening)).content.decode()

    assert "Mona" not in html
    assert "fra dagen før til dagen efter" in html


def test_plain_form_ticks_and_comes_back_to_the_row(facilitator, evening):
    booked = of(evening, "mona@post.example")

    response = facilitator.post(page(evening), {"booked": booked.pk, "people": 3})

    assert response.status_code == 302
    assert response.url.endswith(f"#tilmelding-{booked.pk}")
    assert arrivals_of(evening.pk).total == 3


def test_script_gets_the_sum_and_may_send_again(facilitator, evening):
    sent = {
        "booked": of(evening, "mona@post.example").pk,
        "people": 2,
        "client_id": uuid.uuid4().hex,
        "made_at": timezone.now().isoformat(),
    }

    for _time in range(2):
        response = facilitator.post(page(evening), sent, headers={"accept": "application/json"})
        assert (response.status_code, response.json()) == (200, {"total": 2})

    assert DoorTick.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": "x"},
        {"people": "99"},
        {"people": "1", "booked": "0"},
        {"people": "1", "client_id": "x"},
        {"people": "9" * 30},
    ],
    ids=["word", "too many", "nobody", "id", "huge"],
)
def test_wrong_tick_is_refused_to_the_script(facilitator, evening, wrong):
    sent = {"booked": of(evening, "mona@post.example").pk, **wrong}

    response = facilitator.post(page(evening), sent, headers={"accept": "application/json"})

    assert response.status_code == 422
    assert not DoorTick.objects.exists()


def test_class_has_no_door(facilitator, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    book(session)

    assert facilitator.get(page(set_back(session))).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(facilitator, provider, count, django_assert_num_queries):
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    for number in range(count):
        book(session, contact=a_contact(f"p{number}@post.example"))
    set_back(session)
    facilitator.get(page(session))

    with django_assert_num_queries(11):
        facilitator.get(page(session))


def test_ticks_go_30_days_after_and_the_figures_stay(evening):
    arrive(evening, "mona@post.example", 2)
    report(evening, people=2)

    assert forget_ticks(evening.ends_at + timedelta(days=29)) == 0
    assert forget_ticks(evening.ends_at + timedelta(days=32)) == 1
    assert Attendance.objects.get().people == 2
