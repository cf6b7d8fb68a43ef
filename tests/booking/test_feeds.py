"""Personal calendar feeds: everyone their own, until they leave; nothing in them that opens a door (K2, K5, rule 12)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from booking.enums import BookingState, CancelReason, FeedKind, WithdrawalReason
from booking.feeds import PAST
from booking.links import feed_url, manage_token
from booking.models import BookedSession, Feed
from booking.operations import (
    FeedOwner,
    cancel_booking,
    delete_feeds,
    make_feed,
    replace_feed_address,
    stop_feed,
    withdraw_booking,
)
from core.accounts.roles import AUDITOR, CASEWORKER, EDITOR
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from core.limits.limits import LIMITS
from core.outbox.operations import send_due
from tests.booking.ical_checks import check_calendar, check_follows, mail_entries
from tests.factories.accounts import UserFactory
from tests.factories.booking import TEACHER, a_class, a_contact, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SchoolFactory, SessionFactory, VenueFactory
from workshops.models import Session
from workshops.operations import cancel_session

FEEDS_QUERIES = 9
pytestmark = pytest.mark.django_db
TEACHER_QUERIES = 5
PROVIDER_QUERIES = 6
TEAM_QUERIES = 4


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


def a_feed(kind, **owner):
    return make_feed(owner=FeedOwner(kind, **owner), language="da", actor=SYSTEM, now=timezone.now())


def teachers_feed(email=TEACHER):
    return a_feed(FeedKind.TEACHER, email=email)


def providers_feed(provider):
    member = ProviderMemberFactory(provider=provider)
    return a_feed(FeedKind.PROVIDER, user_id=member.user_id, provider_id=provider.pk)


def teams_feed(role=CASEWORKER):
    return a_feed(FeedKind.TEAM, user_id=UserFactory(roles=[role]).pk)


def path_of(feed):
    return urlsplit(feed_url(feed)).path


def entries_of(client, feed):
    response = client.get(path_of(feed))
    assert response.status_code == 200
    return check_calendar(response.content)


def test_a_teacher_sees_own_bookings_under_the_uid_of_the_mail(client, mailoutbox, now):
    session = SessionFactory()
    booking = book(session, classes=[a_class("5.A", pupils=24)], now=now)
    book(SessionFactory(), contact=a_contact("en.anden@skole.example"), now=now)
    send_due(now=now)
    mailed = [message for message in mailoutbox if message.to == [TEACHER]]

    (entry,) = entries_of(client, teachers_feed())

    ((invited,),) = [mail_entries(message) for message in mailed]
    assert (entry.uid, entry.sequence, entry.starts_at) == (
        invited.uid,
        invited.sequence,
        invited.starts_at,
    )
    assert (entry.method, entry.status, entry.summary) == ("PUBLISH", "CONFIRMED", session.title)
    assert "5.A (5. klasse): 24 elever og 1 voksen" in entry.description
    assert booking.reference in entry.description


def test_no_entry_of_a_feed_opens_a_door(client, now):
    """Whoever has the feed's address reads; the link that changes a booking is not in it."""
    booking = book(SessionFactory(online=True), now=now)

    text = client.get(path_of(teachers_feed())).content.decode().replace("\r\n ", "")

    assert manage_token(booking) not in text
    assert "/booking/" not in text
    assert "video.example.dk" not in text
    assert "URL:http://testserver/mine-bookinger/" in text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BookingState.CONFIRMED, "CONFIRMED"),
        (BookingState.ATTENDED, "CONFIRMED"),
        (BookingState.NO_SHOW, "CONFIRMED"),
        (BookingState.AWAITING_APPROVAL, "TENTATIVE"),
        (BookingState.OFFERED, "TENTATIVE"),
        (BookingState.HELD, None),
        (BookingState.WAITING, None),
    ],
)
def test_what_is_offered_is_tentative_and_what_waits_is_no_appointment(client, now, state, status):
    book(SessionFactory(), now=now)
    BookedSession.objects.update(state=state)

    assert [entry.status for entry in entries_of(client, teachers_feed())] == ([status] if status else [])


@pytest.mark.parametrize("state", [BookingState.EXPIRED, BookingState.DECLINED])
def test_what_never_was_confirmed_leaves_no_cancelled_entry(client, now, state):
    booking = book(SessionFactory(), now=now)
    booking.booked_sessions.update(state=state)
    type(booking).objects.update(confirmed_at=None, ended_at=now)

    assert entries_of(client, teachers_feed()) == []


def withdraw(booking, now):
    withdraw_booking(booking_id=booking.pk, reason=WithdrawalReason.DATE, actor=LINK, now=now)


def cancel(booking, now):
    cancel_booking(booking_id=booking.pk, reason=CancelReason.PROVIDER, actor=SYSTEM, now=now)


@pytest.mark.parametrize("end", [withdraw, cancel])
@pytest.mark.parametrize(("days_ago", "statuses"), [(29, ["CANCELLED"]), (31, [])])
def test_a_teachers_cancelled_entry_stays_30_days(client, now, end, days_ago, statuses):
    booking = book(SessionFactory(), now=now - timedelta(days=40))
    feed = teachers_feed()
    before = entries_of(client, feed)

    end(booking, now - timedelta(days=days_ago))
    after = entries_of(client, feed)

    assert [entry.status for entry in after] == statuses
    for entry in after:
        check_follows(before[0], entry)


def test_when_one_session_of_a_course_is_cancelled_only_its_entry_is(client, now):
    booking = book(SessionFactory(in_days=30), now=now)
    first = booking.booked_sessions.get()
    other = SessionFactory(offer=first.session.offer, in_days=37)
    BookedSession.objects.create(
        booking=booking,
        session=other,
        groups=1,
        state=BookingState.CANCELLED,
        uid="anden@dannelsesportalen",
        sequence=1,
    )

    assert [(entry.uid, entry.status) for entry in entries_of(client, teachers_feed())] == [
        (first.uid, "CONFIRMED"),
        ("anden@dannelsesportalen", "CANCELLED"),
    ]


def test_a_provider_sees_its_own_sessions_as_its_page_shows_them(client, now):
    session = SessionFactory()
    school = SchoolFactory(name="Ørstedskolen", address="Skolegade 4")
    booking = book(session, school=school, classes=[a_class("5.A", pupils=24)], now=now)
    type(booking).objects.update(state=BookingState.CONFIRMED)
    BookedSession.objects.update(state=BookingState.CONFIRMED)
    SessionFactory(offer__provider=ProviderFactory(covered=True))

    (entry,) = entries_of(client, providers_feed(session.provider))

    assert entry.summary == f"{session.title} · Ørstedskolen"
    assert entry.location.startswith("Ørstedskolen, Skolegade 4")
    assert "5.A (5. klasse): 24 elever og 1 voksen" in entry.description
    assert f"Lea Lærer, {TEACHER}" in entry.description
    assert entry.url == f"http://testserver/udbyder/tider/{session.pk}/"


def test_a_provider_sees_sign_ups_as_numbers_only(client, now):
    session = SessionFactory(evening=True)
    book(session, seats=3, contact=a_contact("borger@example.dk", name="Bo Borger"), now=now)

    (entry,) = entries_of(client, providers_feed(session.provider))

    assert "3 pladser" in entry.description
    assert "Bo Borger" not in entry.description
    assert "borger@example.dk" not in entry.description


def test_the_contact_of_what_awaits_an_answer_is_not_in_the_providers_feed(client, now):
    session = SessionFactory()
    booking = book(session, now=now)
    type(booking).objects.update(state=BookingState.AWAITING_APPROVAL)
    BookedSession.objects.update(state=BookingState.AWAITING_APPROVAL)

    (entry,) = entries_of(client, providers_feed(session.provider))

    assert "Venter på svar" in entry.description
    assert TEACHER not in entry.description


def test_the_team_sees_the_whole_programme_with_numbers_and_nobodys_name(client, now):
    session = SessionFactory(facilitator="Aya Holm")
    book(session, classes=[a_class(pupils=24)], contact=a_contact(phone="12 34 56 78"), now=now)
    book(SessionFactory(evening=True, in_days=31), seats=3, now=now)
    SessionFactory(draft=True)

    entries = entries_of(client, teams_feed())
    text = " ".join(f"{entry.summary} {entry.location} {entry.description}" for entry in entries)

    assert entries[0].summary == session.title
    assert len(entries) == 2
    assert "Booket: 1 klasse, 24 pladser" in entries[0].description
    assert "Booket: 3 pladser" in entries[1].description
    for secret in ("Lea", "Aya", TEACHER, "00 00 00 00", "12 34 56 78"):
        assert secret not in text


@pytest.mark.parametrize("kind", ["provider", "team"])
def test_a_cancelled_session_stays_30_days_in_the_feeds_of_provider_and_team(client, now, kind):
    session = SessionFactory()
    feed = providers_feed(session.provider) if kind == "provider" else teams_feed()
    (before,) = entries_of(client, feed)
    cancel_session(session_id=session.pk, reason="", now=now, actor=SYSTEM)

    (after,) = entries_of(client, feed)
    assert after.status == "CANCELLED"
    check_follows(before, after)

    Session.objects.update(changed_at=now - timedelta(days=31))
    assert entries_of(client, feed) == []


def test_what_is_long_past_leaves_the_feeds_of_provider_and_team(client):
    session = SessionFactory()
    feeds = [providers_feed(session.provider), teams_feed()]
    assert [len(entries_of(client, feed)) for feed in feeds] == [1, 1]

    start = timezone.now() - PAST - timedelta(days=1)
    Session.objects.update(starts_at=start, ends_at=start + timedelta(hours=1), local_date=start.date())

    assert [len(entries_of(client, feed)) for feed in feeds] == [0, 0]


def test_the_feeds_of_provider_and_team_have_a_largest_size(client, monkeypatch):
    offer = OfferFactory()
    for day in (32, 30, 31):
        SessionFactory(offer=offer, in_days=day, title=f"Om {day} dage")
    monkeypatch.setattr("booking.feeds.MOST_DATES", 2)

    for feed in (providers_feed(offer.provider), teams_feed()):
        assert [entry.summary for entry in entries_of(client, feed)] == ["Om 30 dage", "Om 31 dage"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_queries_whatever_it_holds(client, django_assert_num_queries, now, count):
    offer = OfferFactory(at_venue=True)
    sessions = [SessionFactory(offer=offer, in_days=30 + day, venue=VenueFactory()) for day in range(count)]
    for session in sessions:
        book(session, now=now)
    feeds = [
        (teachers_feed(), TEACHER_QUERIES),
        (providers_feed(offer.provider), PROVIDER_QUERIES),
        (teams_feed(), TEAM_QUERIES),
    ]

    for feed, queries in feeds:
        client.get(path_of(feed))
        with django_assert_num_queries(queries):
            response = client.get(path_of(feed))
        assert len(check_calendar(response.content)) == count


def test_a_feed_answers_304_until_something_changes_and_is_nobody_elses(client, now):
    booking = book(SessionFactory(), now=now)
    path = path_of(teachers_feed())
    first = client.get(path)

    same = client.get(path, headers={"if-none-match": first["ETag"]})
    withdraw(booking, now)
    other = client.get(path, headers={"if-none-match": first["ETag"]})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)
    assert first["Cache-Control"] == "private, no-cache"
    assert {first["X-Robots-Tag"], same["X-Robots-Tag"]} == {"noindex"}
    assert "Last-Modified" in first
    assert not first.cookies
    assert first["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_feed_speaks_the_language_it_was_made_in(client, now):
    session = SessionFactory(offer=OfferFactory(title="Falske nyheder", title_en="Fake news"))
    book(session, now=now)
    feed = teachers_feed()
    Feed.objects.update(language="en")

    (entry,) = entries_of(client, feed)

    assert entry.summary == "Fake news"


def assert_gone(client, path, status=410):
    response = client.get(path, headers={"accept": "text/calendar, */*"})
    assert (response.status_code, response["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert response["X-Robots-Tag"] == "noindex"
    assert "/mine-bookinger/kalender/" in response.content.decode()
    page = client.get(path, headers={"accept": "text/html,*/*"})
    assert page.status_code == status
    assert "Kalenderadressen virker ikke længere" in page.content.decode()


def test_a_new_address_ends_the_old_one(client, now):
    feed = teachers_feed()
    old = path_of(feed)
    owner = FeedOwner(FeedKind.TEACHER, email=TEACHER)

    new = path_of(replace_feed_address(owner=owner, actor=SYSTEM, now=now))

    assert_gone(client, old)
    assert client.get(new).status_code == 200


def test_a_stopped_feed_is_gone_and_starts_again_with_another_address(client, now):
    old = path_of(teachers_feed())
    owner = FeedOwner(FeedKind.TEACHER, email=TEACHER)

    stop_feed(owner=owner, actor=SYSTEM, now=now)
    stop_feed(owner=owner, actor=SYSTEM, now=now)
    assert_gone(client, old)
    new = path_of(teachers_feed())

    assert_gone(client, old)
    assert client.get(new).status_code == 200
    actions = list(
        Entry.objects.filter(subject__startswith="feed:").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["feed_made", "feed_stopped", "feed_made"]


def test_asking_twice_for_an_address_changes_no_address():
    assert path_of(teachers_feed()) == path_of(teachers_feed(TEACHER.upper()))
    assert Feed.objects.count() == 1


def test_a_feed_not_prolonged_ends_after_two_years_and_its_row_goes(client, now):
    feed = teachers_feed()
    Feed.objects.update(delete_after=timezone.localdate() - timedelta(days=1))

    assert_gone(client, path_of(feed))
    assert delete_feeds(now) == 1
    assert_gone(client, path_of(feed))


def test_a_feed_works_on_its_last_day_and_is_not_deleted(client, now):
    feed = teachers_feed()
    assert feed.delete_after == timezone.localdate() + timedelta(days=730)
    Feed.objects.update(delete_after=timezone.localdate())

    assert client.get(path_of(feed)).status_code == 200
    assert delete_feeds(now) == 0


def test_a_providers_feed_ends_when_the_member_leaves(client, now):
    session = SessionFactory()
    feed = providers_feed(session.provider)
    assert client.get(path_of(feed)).status_code == 200

    session.provider.memberships.all().delete()

    assert_gone(client, path_of(feed))
    assert delete_feeds(now) == 1


def test_the_teams_feed_ends_with_the_staff_role(client, now):
    feed = teams_feed()
    assert client.get(path_of(feed)).status_code == 200

    feed.user.groups.clear()

    assert_gone(client, path_of(feed))
    assert delete_feeds(now) == 1


def test_a_role_without_bookings_has_no_team_feed(client):
    assert_gone(client, path_of(teams_feed(EDITOR)))


@pytest.mark.parametrize("kind", ["teacher", "provider", "team"])
def test_the_feed_of_a_closed_account_ends(client, kind):
    user = UserFactory(email=TEACHER, roles=[CASEWORKER])
    provider = ProviderMemberFactory(user=user).provider
    feed = {
        "teacher": teachers_feed,
        "provider": lambda: a_feed(FeedKind.PROVIDER, user_id=user.pk, provider_id=provider.pk),
        "team": lambda: a_feed(FeedKind.TEAM, user_id=user.pk),
    }[kind]()
    assert client.get(path_of(feed)).status_code == 200

    user.is_active = False
    user.save()

    assert_gone(client, path_of(feed))


def test_a_guessed_address_is_not_found(client, now):
    booking = book(SessionFactory(), now=now)
    feed = teachers_feed()
    path = path_of(feed)

    guessed = f"{path[:-6]}{'A' if path[-6] != 'A' else 'B'}{path[-5:]}"
    assert_gone(client, guessed, status=404)
    assert_gone(client, f"/kalender/min/{manage_token(booking)}.ics", status=404)
    assert_gone(client, "/kalender/min/x.ics", status=404)


def test_a_feeds_address_opens_no_booking(client, now):
    book(SessionFactory(), now=now)
    token = path_of(teachers_feed()).rpartition("/")[2].removesuffix(".ics")

    assert client.get(f"/booking/{token}/").status_code == 404


def test_asking_too_often_is_refused_with_a_time_to_come_back(client):
    path = path_of(teachers_feed())

    # The clock stands still: a machine that is slow enough would let the window pass.
    with time_machine.travel(timezone.now(), tick=False):
        statuses = {client.get(path).status_code for _ in range(LIMITS["token_page_ip"].count)}
        last = client.get(path)

    assert (statuses, last.status_code) == ({200}, 429)
    assert int(last["Retry-After"]) > 0


def test_the_page_makes_replaces_and_stops_the_address(person_client):
    client = person_client(TEACHER)
    path = "/mine-bookinger/kalender/"

    before = client.get(path)
    assert (Feed.objects.count(), b"webcal:" in before.content) == (0, False)
    client.post(path, {"do": "make"})
    feed = Feed.objects.get()
    page = client.get(path).content.decode()
    assert feed_url(feed) in page
    assert feed_url(feed).replace("http:", "webcal:") in page
    client.post(path, {"do": "replace"})
    assert Feed.objects.get().link_generation == feed.link_generation + 1
    client.post(path, {"do": "stop"})
    assert b"webcal:" not in client.get(path).content
    client.post(path, {"do": "replace"})
    client.post(path, {"do": "else"})
    assert Feed.objects.get().revoked_at is not None


@pytest.mark.parametrize("number", [1, 3])
def test_staff_see_whose_subscriptions_there_are_and_never_their_addresses(
    staff_client, django_assert_num_queries, number
):
    for place in range(number):
        teachers_feed(f"laerer{place}@skole.example")
    client = staff_client(CASEWORKER)
    client.get("/admin/bookinger/abonnementer/")

    with django_assert_num_queries(FEEDS_QUERIES):
        page = client.get("/admin/bookinger/abonnementer/").content.decode()

    assert [f"laerer{place}@skole.example" in page for place in range(number)] == [True] * number
    assert "/kalender/min/" not in page
    assert f"/admin/bookinger/abonnementer/inspect/{Feed.objects.latest('pk').pk}/" in page


def test_staff_stop_the_subscription_of_another(client, staff_client):
    feed = teachers_feed()
    path = path_of(feed)
    assert client.get(path).status_code == 200
    stop = f"/admin/bookinger/abonnementer/stop/{feed.pk}/"

    assert staff_client(AUDITOR).post(stop).status_code == 302
    assert client.get(path).status_code == 200, "an auditor reads only"
    staff_client(CASEWORKER).post(stop)
    staff_client(CASEWORKER).post(stop)

    assert client.get(path).status_code == 410
    assert Entry.objects.filter(action="feed_stopped", subject=f"feed:{feed.pk}").count() == 1
