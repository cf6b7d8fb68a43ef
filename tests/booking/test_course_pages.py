"""A course on pages and in mails: one row, one form, one receipt with all dates, an entry for each (S20). No JavaScript."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from booking import links, wording
from booking.affected import affected_by
from booking.enums import BookingState, ForBooked, SessionCancelReason, WithdrawalReason
from booking.models import Booking
from booking.operations import cancel_session, move_booking, withdraw_booking
from booking.operations.changing_sessions import cancel_token
from booking.reminders import queue_reminders
from core.audit.log import LINK, SYSTEM
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.booking.ical_checks import check_follows, mail_entries
from tests.booking.test_flow import answers
from tests.factories.booking import a_contact, book, known_school
from tests.factories.charter import ProviderMemberFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import OfferFactory, SessionFactory, a_course
from workshops.catalogue import free_dates
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    offer_index()


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def fill(session):
    Session.objects.filter(pk=session.pk).update(groups_taken=1)


def text_of(response):
    return response.content.decode()


def dates_of(sessions):
    return [wording.date_text(session.starts_at) for session in sessions]


def mailed(address, *, now):
    mail.outbox.clear()
    send_due(now=now)
    return [message for message in mail.outbox if message.to == [address]]


def test_the_offer_page_shows_a_course_as_one_row_with_all_its_dates(client):
    offer = OfferFactory()
    sessions = a_course(30, 37, 44, offer=offer)
    single = SessionFactory(offer=offer, in_days=33)
    page = offer_page(offer)

    content = text_of(client.get(page.url))

    assert "Forløb på 3 gange" in content
    assert content.count("Book forløbet") == 1
    assert re.findall(r'href="/book/(\d+)/"', content) == [str(sessions[0].pk), str(single.pk)]
    for session in sessions:
        assert session.starts_at.isoformat()[:10] in content


def test_a_course_with_one_full_date_cannot_be_booked_and_says_why(client):
    offer = OfferFactory()
    sessions = a_course(30, 37, offer=offer)
    fill(sessions[1])
    page = offer_page(offer)

    content = text_of(client.get(page.url))

    assert "Optaget" in content
    assert "/book/" not in content


def test_a_course_with_a_draft_or_begun_date_is_not_shown(client):
    offer = OfferFactory()
    drafts = a_course(30, 37, offer=offer)
    Session.objects.filter(pk=drafts[1].pk).update(state=SessionState.DRAFT)
    a_course(-3, 4, offer=offer)
    page = offer_page(offer)

    assert "Forløb på" not in text_of(client.get(page.url))


def test_the_catalogue_counts_dates_of_a_course_only_when_all_can_be_booked(now):
    offer = OfferFactory()
    free = a_course(30, 37, offer=offer)
    broken = a_course(20, 27, offer=offer)
    fill(broken[1])

    found = free_dates(now=now)[offer.pk]

    assert (found.first, found.number) == (free[0].starts_at, 2)
    assert set(Session.objects.bookable(now=now)) == set(free)


@pytest.mark.parametrize("courses", [1, 3])
def test_an_offer_page_with_courses_costs_one_statement_more(client, courses):
    offer = OfferFactory()
    SessionFactory(offer=offer)
    page = offer_page(offer)
    client.get(page.url)
    with CaptureQueriesContext(connection) as before:
        client.get(page.url)
    for number in range(courses):
        a_course(30 + number, 37 + number, offer=offer)

    with CaptureQueriesContext(connection) as after:
        client.get(page.url)

    assert len(after) - len(before) == 1


def test_a_teacher_books_a_course_and_sees_all_dates_all_the_way(client, now):
    offer = OfferFactory()
    sessions = a_course(30, 37, 44, offer=offer)
    member = ProviderMemberFactory(provider=offer.provider, role="coordinator")
    school = known_school(name="Prøvegårdens Skole")
    path = f"/book/{sessions[0].pk}/"

    for date in dates_of(sessions):
        assert date in text_of(client.get(path))
    held = client.post(path, answers(school))
    review = text_of(client.get(held.url))
    for date in dates_of(sessions):
        assert date in review
    seen = re.search(r'name="seen" value="([^"]+)"', review).group(1)
    sent = client.post(held.url, {"seen": seen})
    receipt = text_of(client.get(sent.url))
    booking = Booking.objects.get()
    assert client.post(links.confirm_path(booking)).status_code == 302
    own_page = text_of(client.get(links.manage_path(booking)))

    for content in (receipt, own_page):
        assert booking.reference in content
        for date in dates_of(sessions):
            assert date in content
    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    message = mailed(booking.contact_email, now=timezone.now())[-1]
    for date in dates_of(sessions):
        assert date in message.body
    entries = mail_entries(message)
    assert [entry.starts_at for entry in entries] == [session.starts_at for session in sessions]
    assert {entry.method for entry in entries} == {"REQUEST"}
    assert len({entry.uid for entry in entries}) == 3
    to_provider = next(sent for sent in mail.outbox if sent.to == [member.user.email])
    assert len(mail_entries(to_provider)) == 3


def test_each_date_has_its_own_calendar_file_on_the_booking_page(client):
    sessions = a_course(30, 37)
    booking = book(sessions[0])
    path = links.manage_path(booking)

    content = text_of(client.get(path))

    files = re.findall(r'href="([^"]+\?nr=\d)"', content)
    assert len(files) == 2
    bodies = [client.get(file).content for file in files]
    assert [
        booked.uid.encode() in body
        for booked, body in zip(booking.booked_sessions.order_by("session__starts_at"), bodies, strict=True)
    ] == [True, True]


def test_the_refusal_names_the_full_date_and_shows_the_next_free_courses(client):
    offer = OfferFactory(max_groups=None, max_people=30)
    sessions = a_course(30, 37, offer=offer)
    Session.objects.filter(pk=sessions[1].pk).update(people_taken=20)
    free = a_course(31, 38, offer=offer)
    broken = a_course(32, 39, offer=offer)
    Session.objects.filter(pk=broken[1].pk).update(people_taken=30)
    school = known_school(name="Prøvegårdens Skole")

    response = client.post(f"/book/{sessions[0].pk}/", answers(school))

    content = text_of(response)
    assert response.status_code == 409
    assert f"Der er ikke plads nok {dates_of(sessions)[1]}" in content
    assert f'href="/book/{free[0].pk}/"' in content
    assert f'href="/book/{broken[0].pk}/"' not in content
    assert "venteliste" not in content.lower()


def test_a_course_that_is_full_shows_the_next_free_ones_and_no_waiting_list(client):
    offer = OfferFactory()
    sessions = a_course(30, 37, offer=offer)
    fill(sessions[1])
    free = a_course(31, 38, offer=offer)

    content = text_of(client.get(f"/book/{sessions[0].pk}/"))

    assert f'href="/book/{free[0].pk}/"' in content
    assert f'href="/book/{free[1].pk}/"' not in content
    assert "venteliste" not in content.lower()


def test_a_course_is_withdrawn_as_a_whole_and_every_entry_is_cancelled(now):
    sessions = a_course(30, 37, 44)
    booking = book(sessions[0], now=now)
    before = mail_entries(mailed(booking.contact_email, now=now)[-1])

    withdraw_booking(
        booking_id=booking.pk, reason=WithdrawalReason.DATE, actor=LINK, now=now + timedelta(hours=1)
    )

    after = mail_entries(mailed(booking.contact_email, now=now + timedelta(hours=1))[-1])
    assert [entry.method for entry in after] == ["CANCEL"] * 3
    for one, other in zip(before, after, strict=True):
        check_follows(one, other)


def test_one_date_of_a_course_moves_and_the_rest_stay(now):
    offer = OfferFactory()
    sessions = a_course(30, 37, offer=offer)
    other = SessionFactory(offer=offer, in_days=33)
    booking = book(sessions[0], now=now)
    first, second = booking.booked_sessions.order_by("session__starts_at")
    uids = {first.uid, second.uid}

    move_booking(
        booking_id=booking.pk, booked_session_id=first.pk, to_session_id=other.pk, actor=LINK, now=now
    )

    booked = booking.booked_sessions.order_by("session__starts_at")
    assert [place.session for place in booked] == [other, sessions[1]]
    assert {place.uid for place in booked} == uids
    assert sorted(booked.values_list("sequence", flat=True)) == [0, 1]
    booking.refresh_from_db()
    assert booking.course_id == sessions[0].course_id


def test_a_date_that_the_organiser_cancels_is_told_of_and_only_its_entry_goes(now):
    sessions = a_course(30, 37, 44)
    booking = book(sessions[0], now=now)
    mailed(booking.contact_email, now=now)
    seen = cancel_token(affected_by([sessions[1]], now=now), SessionCancelReason.ILLNESS, ForBooked.TELL)

    cancel_session(
        session_id=sessions[1].pk,
        following=False,
        reason=SessionCancelReason.ILLNESS,
        for_booked=ForBooked.TELL,
        seen=seen,
        actor=SYSTEM,
        now=now,
    )

    booking.refresh_from_db()
    assert booking.state == BookingState.CONFIRMED
    (told,) = mailed(booking.contact_email, now=now)
    assert dates_of(sessions)[1] in told.body
    (entry,) = mail_entries(told)
    assert (entry.method, entry.starts_at) == ("CANCEL", sessions[1].starts_at)
    assert list(booking.booked_sessions.order_by("session__starts_at").values_list("state", flat=True)) == [
        "confirmed",
        "cancelled",
        "confirmed",
    ]


def test_after_a_cancelled_date_withdrawing_the_rest_leaves_its_entry_alone(now):
    sessions = a_course(30, 37)
    booking = book(sessions[0], now=now)
    seen = cancel_token(affected_by([sessions[1]], now=now), SessionCancelReason.ILLNESS, ForBooked.TELL)
    cancel_session(
        session_id=sessions[1].pk,
        following=False,
        reason=SessionCancelReason.ILLNESS,
        for_booked=ForBooked.TELL,
        seen=seen,
        actor=SYSTEM,
        now=now,
    )

    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.DATE, actor=LINK, now=now)

    assert list(booking.booked_sessions.order_by("session__starts_at").values_list("state", "sequence")) == [
        ("withdrawn", 1),
        ("cancelled", 1),
    ]


def test_each_date_of_a_course_is_reminded_of(now):
    sessions = a_course(30, 37)
    booking = book(sessions[0], now=now)
    for session in sessions:
        queue_reminders(session.starts_at - timedelta(days=7))

    reminders = Message.objects.filter(mail_type="booking_reminder_week", about=f"booking:{booking.pk}")
    assert reminders.count() == 2


def test_staff_choose_a_course_once_and_book_it_whole(staff_client):
    offer = OfferFactory()
    sessions = a_course(30, 37, offer=offer)
    client = staff_client("Sagsbehandler")

    content = text_of(client.get(reverse("booking_admin_caller_dates", args=[offer.pk])))

    assert reverse("booking_admin_caller_form", args=[sessions[0].pk]) in content
    assert reverse("booking_admin_caller_form", args=[sessions[1].pk]) not in content
    assert wording.moments_text(sessions) in content


def test_two_teachers_addresses_do_not_see_each_others_course(client):
    sessions = a_course(30, 37)
    booking = book(sessions[0], contact=a_contact("anden@skole.example"))

    assert booking.reference not in text_of(client.get(f"/book/{sessions[0].pk}/"))
