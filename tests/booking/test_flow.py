"""The whole way over HTTP: form, review, receipt, confirmation, own page, withdrawal. No JavaScript anywhere."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from booking import links
from booking.enums import BookingState
from booking.models import Booking
from booking.templatetags.booking_tags import sign_up_link
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.booking.ical_checks import check_calendar
from tests.factories.booking import TEACHER, a_class, a_contact, book, known_school
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import HolidayFactory, OfferFactory, SchoolFactory, SessionFactory
from workshops.enums import SchoolType, SessionAccess
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def answers(school_, **changes):
    return {
        "submission_key": str(uuid.uuid4()),
        "school_query": school_.name,
        "school": "",
        "class_name": "5.A",
        "grade": "5",
        "pupils": "24",
        "adults": "2",
        "room": "2.14",
        "entrance": "Porten",
        "contact_name": "Lea Lærer",
        "contact_email": TEACHER,
        "phone_on_day": "12 34 56 78",
        **changes,
    }


def seats(**changes):
    return {
        "submission_key": str(uuid.uuid4()),
        "kind": "person",
        "seats": "2",
        "contact_name": "Fatima",
        "contact_email": "fatima@example.dk",
        **changes,
    }


def link_in_mail(mail_type, mailoutbox):
    send_due(now=timezone.now())
    body = next(mail.body for mail in mailoutbox if mail_type in mail.extra_headers.get("X-Type", mail_type))
    return re.search(r"http://testserver(/\S+)", body).group(1)


def test_a_teacher_books_confirms_sees_and_withdraws(client, mailoutbox):
    session, school = SessionFactory(), known_school(name="Prøvegårdens Skole")

    held = client.post(f"/book/{session.pk}/", answers(school))
    assert (held.status_code, held.url) == (302, f"/book/{session.pk}/tjek/")
    review = client.get(held.url)
    assert "Prøvegårdens Skole" in review.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', review.content.decode()).group(1)
    sent = client.post(held.url, {"seen": seen})
    assert (sent.status_code, sent.url) == (302, f"/book/{session.pk}/kvittering/")
    booking = Booking.objects.get()
    assert booking.reference in client.get(sent.url).content.decode()

    send_due(now=timezone.now())
    confirm_path = links.confirm_path(booking)
    assert confirm_path in mailoutbox[0].body
    assert client.get(confirm_path).status_code == 200
    booking.refresh_from_db()
    assert booking.state == BookingState.HELD, "opening the link changes nothing (rule 15)"
    confirmed = client.post(confirm_path)
    assert confirmed.url == links.manage_path(booking) + "?ny=1"
    own_page = client.get(confirmed.url).content.decode()
    assert booking.reference in own_page
    assert "5.A" in own_page

    withdraw_path = links.manage_path(booking) + "afmeld/"
    assert client.get(withdraw_path).status_code == 200
    assert client.post(withdraw_path, {}).status_code == 422
    assert client.post(withdraw_path, {"reason": "date"}).status_code == 302
    booking.refresh_from_db()
    session.refresh_from_db()
    assert booking.state == BookingState.WITHDRAWN
    assert (session.groups_taken, session.people_taken, session.host_school) == (0, 0, None)


def test_the_receipt_of_a_proven_address_has_the_calendar_file(person_client):
    client, session = person_client(TEACHER), SessionFactory()
    page = client.post(f"/book/{session.pk}/", answers(known_school()), follow=True).content.decode()
    receipt = client.post(
        f"/book/{session.pk}/tjek/",
        {"seen": re.search(r'name="seen" value="([^"]+)"', page).group(1)},
        follow=True,
    ).content.decode()

    path = re.search(r'href="(\S+aftale\.ics)"', receipt).group(1)
    (entry,) = check_calendar(client.get(path).content)

    assert (entry.method, entry.starts_at) == ("PUBLISH", session.starts_at)


def test_the_mails_carry_a_calendar_entry_that_is_cancelled_under_the_same_uid(client, mailoutbox):
    booking = book(SessionFactory())
    uid = booking.booked_sessions.get().uid
    send_due(now=timezone.now())
    client.post(links.manage_path(booking) + "afmeld/", {"reason": "illness"})
    send_due(now=timezone.now())

    calendars = []
    for mail in mailoutbox:
        for part in mail.message().walk():
            if part.get_content_type() == "text/calendar":
                calendars.append((part.get_param("method"), part.get_payload(decode=True).decode()))

    assert [method for method, _text in calendars] == ["REQUEST", "CANCEL"]
    assert all(uid in text.replace("\r\n ", "") for _method, text in calendars)
    assert "SEQUENCE:0" in calendars[0][1]
    assert "SEQUENCE:1" in calendars[1][1]
    assert "STATUS:CANCELLED" in calendars[1][1]


def test_a_proven_browser_books_the_next_class_at_once(client, mailoutbox):
    first, second, school = SessionFactory(), SessionFactory(), known_school()
    for session in (first, second):
        page = client.post(f"/book/{session.pk}/", answers(school), follow=True).content.decode()
        seen = re.search(r'name="seen" value="([^"]+)"', page).group(1)
        client.post(f"/book/{session.pk}/tjek/", {"seen": seen})
        if session is first:
            client.post(links.confirm_path(Booking.objects.get()))

    assert [booking.state for booking in Booking.objects.all()] == [BookingState.CONFIRMED] * 2


def test_typing_somebody_elses_proven_address_in_another_browser_proves_nothing():
    session, other, school = SessionFactory(), SessionFactory(), known_school()
    book(session, school=school)
    stranger = Client()

    page = stranger.post(f"/book/{other.pk}/", answers(school), follow=True).content.decode()
    stranger.post(
        f"/book/{other.pk}/tjek/", {"seen": re.search(r'name="seen" value="([^"]+)"', page).group(1)}
    )

    assert Booking.objects.get(booked_sessions__session=other).state == BookingState.HELD


def test_a_parent_signs_up_with_name_mail_and_seats_only(client):
    evening = SessionFactory(evening=True, max_people=20)

    page = client.post(f"/book/{evening.pk}/", seats(), follow=True).content.decode()
    client.post(
        f"/book/{evening.pk}/tjek/", {"seen": re.search(r'name="seen" value="([^"]+)"', page).group(1)}
    )

    booking = Booking.objects.get()
    assert booking.submitted_at is not None
    evening.refresh_from_db()
    assert evening.people_taken == 2


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"pupils": "mange"}, "pupils"),
        ({"pupils": ""}, "pupils"),
        ({"pupils": "0"}, "pupils"),
        ({"adults": "0"}, "adults"),
        ({"grade": "12"}, "grade"),
        ({"class_name": "..."}, "class_name"),
        ({"contact_email": "lea@"}, "contact_email"),
        ({"phone_on_day": "ring"}, "phone_on_day"),
        ({"school_query": "Hogwarts"}, "school_query"),
    ],
)
def test_bad_input_is_told_at_the_field_and_what_was_typed_is_kept(client, changes, text):
    session, school = SessionFactory(), known_school()

    response = client.post(f"/book/{session.pk}/", answers(school, **changes))

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [text]
    assert "Lea Lærer" in response.content.decode()
    assert not Booking.objects.exists()


def test_an_ambiguous_school_is_chosen_from_a_list(client):
    session = SessionFactory()
    one, other = known_school(name="Nordskolen Øst"), known_school(name="Nordskolen Vest")

    asked = client.post(f"/book/{session.pk}/", answers(one, school_query="nordskolen"))
    chosen = client.post(
        f"/book/{session.pk}/", answers(one, school_query="nordskolen", school=str(other.pk))
    )

    assert list(asked.context["form"].errors) == ["school"]
    assert f'value="{other.pk}"' in asked.content.decode()
    assert chosen.status_code == 302
    assert Booking.objects.get().school == other


def test_finding_the_school_first_complains_of_nothing_else(client):
    session, _school = SessionFactory(), known_school(name="Findeskolen")

    response = client.post(f"/book/{session.pk}/", {"school_query": "findesk", "find_school": "1"})

    assert response.status_code == 200
    assert not response.context["form"].errors
    assert "Findeskolen" in response.content.decode()


def test_a_school_the_offer_excludes_gets_a_page_that_says_why_and_what_to_do(client):
    session = SessionFactory(offer__school_types=[SchoolType.FRI_PRIVAT])
    school = known_school(name="Kommuneskolen")

    response = client.post(f"/book/{session.pk}/", answers(school))

    assert response.status_code == 403
    assert "Kommuneskolen" in response.content.decode()


def test_too_many_pupils_is_told_at_the_field_with_what_is_left(client):
    session = SessionFactory(max_groups=None, max_people=20)

    response = client.post(f"/book/{session.pk}/", answers(known_school()))

    assert response.status_code == 409
    assert "20" in str(response.context["form"].errors["pupils"])


@pytest.mark.parametrize(
    ("traits", "status"),
    [
        ({"full": True, "offer__has_waiting_list": False}, 200),
        ({"closed": True}, 200),
        ({"cancelled": True}, 200),
        ({"past": True}, 200),
        ({"draft": True}, 404),
    ],
)
def test_a_date_that_cannot_be_booked_says_why_and_leads_on(client, traits, status):
    session = SessionFactory(**traits)
    free = SessionFactory(offer=session.offer)

    response = client.get(f"/book/{session.pk}/")

    assert response.status_code == status
    if status == 200:
        assert response.templates[0].name == "booking/not_bookable.html"
        assert f"/book/{free.pk}/" in response.content.decode()


def test_a_full_date_leads_on_to_free_ones_before_the_waiting_list(client):
    session = SessionFactory(full=True)
    free = SessionFactory(offer=session.offer)

    response = client.get(f"/book/{session.pk}/")

    assert response.templates[0].name == "booking/form.html"
    assert f"/book/{free.pk}/" in response.content.decode()


def test_a_direct_post_to_a_session_without_cover_is_refused(client):
    session = SessionFactory(offer__provider=ProviderFactory())

    response = client.post(f"/book/{session.pk}/", answers(known_school()))

    assert response.status_code == 409
    assert not Booking.objects.exists()


def test_the_review_of_an_older_tab_is_not_sent(client):
    session, school = SessionFactory(max_groups=2), known_school()
    client.post(f"/book/{session.pk}/", answers(school))
    old = re.search(
        r'name="seen" value="([^"]+)"', client.get(f"/book/{session.pk}/tjek/").content.decode()
    ).group(1)
    client.post(f"/book/{session.pk}/", answers(school, class_name="5.B"))

    response = client.post(f"/book/{session.pk}/tjek/", {"seen": old})

    assert response.status_code == 409
    assert Booking.objects.get().submitted_at is None


def test_going_back_and_posting_the_sent_form_again_shows_the_receipt(client):
    session, school = SessionFactory(max_groups=3), known_school()
    data = answers(school)
    page = client.post(f"/book/{session.pk}/", data, follow=True).content.decode()
    client.post(
        f"/book/{session.pk}/tjek/", {"seen": re.search(r'name="seen" value="([^"]+)"', page).group(1)}
    )

    again = client.post(f"/book/{session.pk}/", data)

    assert again.url == f"/book/{session.pk}/kvittering/"
    assert Booking.objects.count() == 1


def test_extending_and_giving_up(client):
    session = SessionFactory()
    client.post(f"/book/{session.pk}/", answers(known_school()))

    extended = client.post(f"/book/{session.pk}/forlaeng/")
    given_up = client.post(f"/book/{session.pk}/fortryd/")

    assert (extended.status_code, given_up.status_code) == (302, 302)
    session.refresh_from_db()
    assert session.groups_taken == 0
    assert client.get(f"/book/{session.pk}/tjek/").url == f"/book/{session.pk}/"


def test_another_browser_sees_nothing_of_a_started_booking():
    session = SessionFactory(max_groups=2)
    mine, other = Client(), Client()
    mine.post(f"/book/{session.pk}/", answers(known_school()))

    assert other.get(f"/book/{session.pk}/tjek/").url == f"/book/{session.pk}/"
    assert other.get(f"/book/{session.pk}/kvittering/").url == f"/book/{session.pk}/"
    assert mine.get(f"/book/{session.pk}/tjek/").status_code == 200


@pytest.mark.parametrize("path", ["", "afmeld/", "aftale.ics"])
def test_bad_links_get_one_kind_page(client, path):
    booking = book(SessionFactory())
    good = links.manage_path(booking)
    broken = good[:-3] + "x/"
    Booking.objects.filter(pk=booking.pk).update(link_generation=2)

    for address in (broken, good, "/booking/abc/"):
        response = client.get(address + path)
        assert response.status_code == 404
        assert response.templates[0].name == "booking/dead_link.html"


def test_a_confirmation_link_does_not_open_the_booking(client):
    booking = book(SessionFactory(), is_proven=False)
    token = links.confirm_path(booking).rstrip("/").rpartition("/")[2]

    assert client.get(f"/booking/{token}/").status_code == 404


def test_my_bookings_lists_my_own_only(person_client):
    mine = book(SessionFactory(), contact=a_contact("mig@skole.example"))
    other = book(SessionFactory(), contact=a_contact("anden@skole.example"))

    page = person_client("mig@skole.example").get("/mine-bookinger/").content.decode()

    assert mine.reference in page
    assert other.reference not in page


@pytest.mark.parametrize("count", [1, 3])
def test_my_bookings_costs_the_same_queries_whatever_their_number(
    person_client, count, django_assert_num_queries
):
    school = known_school()
    for number in range(count):
        book(
            SessionFactory(),
            school=school,
            classes=[a_class(f"5.{'ABC'[number]}")],
            contact=a_contact("mig@skole.example"),
        )
    client = person_client("mig@skole.example")
    client.get("/mine-bookinger/")

    with django_assert_num_queries(10):
        client.get("/mine-bookinger/")


def test_nothing_typed_reaches_an_unproven_address(client, mailoutbox):
    session, school = SessionFactory(), known_school()
    data = answers(school, contact_name="KØB NU www.example", room="www.example/rum", class_name="5.Z")
    page = client.post(f"/book/{session.pk}/", data, follow=True).content.decode()
    assert "KØB NU" in page, "there is something to leak"
    client.post(
        f"/book/{session.pk}/tjek/", {"seen": re.search(r'name="seen" value="([^"]+)"', page).group(1)}
    )
    send_due(now=timezone.now())

    text = str(mailoutbox[0].message())
    assert len(mailoutbox) == 1
    for typed in ("KØB NU", "www.example", "5.Z"):
        assert typed not in mailoutbox[0].body
        assert typed not in text


def test_a_message_that_no_longer_is_true_is_not_sent(mailoutbox):
    booking = book(SessionFactory())
    Session.objects.update(state="cancelled")

    send_due(now=timezone.now())

    assert mailoutbox == []
    assert Message.objects.get(about=f"booking:{booking.pk}").state == "skipped"


def test_the_form_knows_a_school_named_in_the_address(client):
    school = SchoolFactory(institution_number="123456", name="Adresseskolen")

    page = client.get(f"/book/{SessionFactory().pk}/?skole={school.institution_number}").content.decode()

    assert "Adresseskolen" in page


def test_an_invitation_link_opens_the_form_and_a_raised_generation_shuts_it(client):
    evening = SessionFactory(evening=True, access=SessionAccess.INVITATION)
    path = links.invitation_path(evening)

    assert "invitation" in client.get(path).content.decode()
    data = seats(invitation=path.partition("invitation=")[2])
    assert client.post(f"/book/{evening.pk}/", data).status_code == 302
    Session.objects.filter(pk=evening.pk).update(link_generation=2)
    assert (
        Client().post(f"/book/{evening.pk}/", data | {"submission_key": str(uuid.uuid4())}).status_code == 409
    )


@pytest.mark.parametrize(
    ("access", "shown"),
    [(SessionAccess.OPEN, False), (SessionAccess.SCHOOL, True), (SessionAccess.INVITATION, True)],
)
def test_staff_see_the_link_to_pass_on_for_evenings_not_open_to_all(access, shown):
    school = SchoolFactory() if access == SessionAccess.SCHOOL else None
    evening = SessionFactory(evening=True, access=access, for_school=school)

    assert bool(sign_up_link({}, evening)["url"]) is shown


def test_the_owner_of_an_unconfirmed_booking_is_led_to_confirm_it(person_client):
    booking = book(SessionFactory(), is_proven=False)

    page = person_client(TEACHER).get(links.manage_path(booking)).content.decode()

    assert links.confirm_path(booking) in page


@pytest.mark.parametrize(
    ("own", "municipal", "is_told"),
    [(True, False, True), (False, False, False), (False, True, False)],
    ids=["the school's own plan", "no plan", "the municipal plan, told on the form"],
)
def test_review_warns_of_a_day_off_by_the_schools_own_plan(client, own, municipal, is_told):
    session, school = SessionFactory(), known_school()
    for is_there, whose in ((own, school), (municipal, None)):
        if is_there:
            HolidayFactory(name="Emneuge", school=whose, first_day=session.local_date)

    form = client.get(f"/book/{session.pk}/").content.decode()
    held = client.post(f"/book/{session.pk}/", answers(school))
    review = client.get(held.url).content.decode()

    told = "Ifølge skolekalenderen er der Emneuge den dag. Du kan godt booke alligevel."
    assert (told in form, told in review) == (municipal, is_told)


def test_childcare_is_a_choice_where_the_offer_has_it(client):
    with_it = SessionFactory(offer=OfferFactory(evening=True, has_childcare=True))
    without = SessionFactory(evening=True)

    refused = client.post(f"/book/{without.pk}/", seats(needs=["childcare"]))
    taken = client.post(f"/book/{with_it.pk}/", seats(needs=["childcare"]), follow=True)

    assert "Børnepasning" not in client.get(f"/book/{without.pk}/").content.decode()
    assert refused.status_code == 422
    assert "Børnepasning" in taken.content.decode()
    assert Booking.objects.get().needs == ["childcare"]
