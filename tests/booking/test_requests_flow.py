"""Requests over HTTP, without JavaScript: asker, provider, administration (S16, V2, V5)."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking.enums import BookingState, RequestState
from booking.models import Booking, DateRequest
from booking.operations.answering import decline_request
from booking.requesting import links
from charter.enums import MemberRole
from core.audit.log import SYSTEM
from core.outbox.models import Message
from core.outbox.operations import send_due
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import TEACHER, a_contact, known_school
from tests.factories.charter import ProviderMemberFactory
from tests.factories.requests import a_time, answer, ask, ask_urgently
from tests.factories.workshops import HolidayFactory, OfferFactory, SessionFactory, VenueFactory
from workshops.enums import SchoolType
from workshops.models import Session

pytestmark = pytest.mark.django_db
MINE_QUERIES = 9


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def day(in_days):
    return (timezone.localdate() + timedelta(days=in_days)).isoformat()


def answers(school, **changes):
    return {
        "submission_key": str(uuid.uuid4()),
        "date_1": day(30),
        "part_1": "morning",
        "date_2": day(31),
        "part_2": "any",
        "school_query": school.name,
        "class_name": "5.A",
        "grade": "5",
        "pupils": "24",
        "adults": "2",
        "class_count": "1",
        "contact_name": "Lea Lærer",
        "contact_email": TEACHER,
        "contact_phone": "12 34 56 78",
        **changes,
    }


def text(response):
    return response.content.decode()


def hidden_values(page):
    """What the review page carries on."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    found += [
        (name, value)
        for value, name in re.findall(r'<input type="hidden" value="([^"]*)" name="([^"]+)"', page)
    ]
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_teacher_asks_is_answered_and_chooses(client, mailoutbox):
    offer = OfferFactory(title="Mellem linjerne")
    school = known_school(name="Prøvegårdens Skole")
    address = f"/spoerg/{offer.pk}/"
    assert "Mellem linjerne" in text(client.get(address))

    review = text(client.post(address, answers(school)))
    assert DateRequest.objects.count() == 0, "nothing is stored before it is sent"
    assert "Prøvegårdens Skole" in review
    assert "morgen" in review.lower() or "formiddag" in review.lower()
    sent = client.post(address, {**hidden_values(review), "send": "1"})
    request = DateRequest.objects.get()
    assert sent.url == links.sent_path(request)
    assert request.reference in text(client.get(sent.url))
    assert TEACHER not in text(client.get(sent.url)), "the receipt says nothing of what was typed"

    send_due(now=timezone.now())
    confirm = links.confirm_path(request)
    assert confirm in mailoutbox[0].body
    assert client.get(confirm).status_code == 200
    request.refresh_from_db()
    assert request.state == RequestState.UNPROVEN, "opening the link changes nothing (rule 15)"
    own = client.post(confirm).url
    assert "Dit ønske er sendt" in text(client.get(own))

    answer(request, a_time(in_days=30), a_time(in_days=33))
    request.refresh_from_db()
    path = links.manage_path(request)
    page = text(client.get(path))
    first, second = re.findall(r'name="time" id="time-(\d+)"', page)
    assert client.post(f"{path}vaelg/", {"time": "x"}).status_code == 422
    done = client.post(f"{path}vaelg/", {"time": second})
    booking = Booking.objects.get()
    assert booking.state == BookingState.CONFIRMED
    assert booking.reference in text(client.get(done.url))
    again = client.post(f"{path}vaelg/", {"time": second})
    assert again.url == done.url
    late = client.post(f"{path}vaelg/", {"time": first})
    assert late.status_code == 409
    assert "allerede valgt" in text(late)
    assert (Session.objects.count(), Booking.objects.count()) == (1, 1)


def test_going_back_from_the_review_loses_nothing(client):
    offer, school = OfferFactory(), known_school()
    values = answers(school, needs=["step_free"])
    review = text(client.post(f"/spoerg/{offer.pk}/", values))

    page = text(client.post(f"/spoerg/{offer.pk}/", {**hidden_values(review), "edit": "1"}))

    assert 'value="5.A"' in page
    assert f'value="{day(31)}"' in page
    assert re.search(r'value="step_free"[^>]*checked', page)


def test_the_form_takes_several_classes_without_javascript(client):
    offer, school = OfferFactory(), known_school()
    values = answers(school)
    page = text(client.post(f"/spoerg/{offer.pk}/", {**values, "add_class": "1"}))
    assert 'name="class_name_2"' in page
    two = {
        **values,
        "class_count": "2",
        "class_name_2": "5.B",
        "grade_2": "5",
        "pupils_2": "21",
        "adults_2": "1",
    }
    review = text(client.post(f"/spoerg/{offer.pk}/", two))

    client.post(f"/spoerg/{offer.pk}/", {**hidden_values(review), "send": "1"})

    assert [row["name"] for row in DateRequest.objects.get().classes] == ["5.A", "5.B"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date_1": ""}, "Vælg mindst én dato, der passer jer."),
        ({"date_1": day(0)}, "Vælg en dato fra i morgen og frem."),
        ({"date_2": day(-4)}, "Vælg en dato fra i morgen og frem."),
        ({"date_1": day(500)}, "Vælg en dato inden for de næste 12 måneder."),
        ({"date_1": "snart"}, "Skriv datoen som"),
        ({"pupils": "mange"}, "Indtast antal elever med tal"),
        ({"contact_phone": "ring"}, "Indtast et telefonnummer på otte cifre"),
    ],
    ids=["no date", "today", "past", "too far", "no date at all", "pupils", "phone"],
)
def test_wrong_answers_are_refused_in_the_users_words(client, changes, words):
    response = client.post(f"/spoerg/{OfferFactory().pk}/", answers(known_school(), **changes))

    assert response.status_code == 422
    assert words in text(response)


def test_a_day_off_among_the_wishes_is_told_of_and_stops_nothing(client):
    school = known_school()
    off = timezone.localdate() + timedelta(days=30)
    HolidayFactory(name="Vinterferie", first_day=off, last_day=off)

    page = text(client.post(f"/spoerg/{OfferFactory().pk}/", answers(school)))

    assert "Vinterferie" in page
    assert 'name="send"' in page


def test_an_excluded_school_is_told_why(client):
    offer = OfferFactory(school_types=[SchoolType.FRI_PRIVAT])

    response = client.post(f"/spoerg/{offer.pk}/", {**answers(known_school()), "send": "1"})

    assert response.status_code == 403
    assert "Din skole kan ikke booke" in text(response)
    assert DateRequest.objects.count() == 0


def test_an_offer_without_requests_says_what_to_do(client):
    assert "Her kan du ikke spørge" in text(client.get(f"/spoerg/{OfferFactory(takes_requests=False).pk}/"))
    assert "Her kan du ikke spørge" in text(client.get(f"/spoerg/{OfferFactory(evening=True).pk}/"))


def test_a_proven_address_is_sent_on_at_once():
    school, offer = known_school(), OfferFactory()
    client = log_in(Client(), UserFactory(email=TEACHER))

    sent = client.post(f"/spoerg/{offer.pk}/", {**answers(school), "send": "1"})

    assert sent.url == f"{links.manage_path(DateRequest.objects.get())}?ny=1"
    assert DateRequest.objects.get().state == RequestState.SENT


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client):
    school, offer = known_school(), OfferFactory()
    ask(offer, school=school, contact=a_contact("kendt@skole.example"))

    pages = []
    for address in ("kendt@skole.example", "ny@skole.example"):
        values = answers(school, contact_email=address)
        sent = client.post(f"/spoerg/{offer.pk}/", {**values, "send": "1"})
        pages.append(re.sub(r"AM-\w+|/sendt/[^/]+/|nonce-\S+", "", text(client.get(sent.url))))

    assert re.sub(r"csrf\S+", "", pages[0]) == re.sub(r"csrf\S+", "", pages[1])


def test_none_fits_sends_new_wishes(client):
    request = answer(ask())
    path = links.manage_path(request)

    assert client.post(f"{path}ingen-passer/", {"date_1": ""}).status_code == 422
    client.post(f"{path}ingen-passer/", {"date_1": day(50), "part_1": "midday"})

    request.refresh_from_db()
    assert (request.state, request.wishes.get().part_of_day) == (RequestState.SENT, "midday")


def test_the_asker_withdraws(client):
    request = ask()
    path = links.manage_path(request)
    assert client.get(f"{path}traek-tilbage/").status_code == 200

    client.post(f"{path}traek-tilbage/")

    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert "Trukket tilbage" in text(client.get(path))


# The provider


@pytest.fixture
def coordinator():
    """A coordinator of a provider, with a request for one of its offers."""
    member = ProviderMemberFactory(role=MemberRole.COORDINATOR, provider__covered=True)
    request = ask(OfferFactory(provider=member.provider), school=known_school(name="Skolen ved Søen"))
    return log_in(Client(), member.user), request


def test_a_provider_sees_its_requests_and_answers(coordinator):
    client, request = coordinator
    home = text(client.get(f"/udbyder/{request.offer.provider.slug}/"))
    assert "Skolen ved Søen" in home
    address = f"/udbyder/anmodninger/{request.pk}/"
    page = text(client.get(address))
    assert "5.A" in page
    assert request.contact_email not in page, "the contact comes with the booking (rule 10)"

    missing = client.post(address, {"duration_minutes": "90", "date_1": day(20)})
    assert missing.status_code == 422
    assert "Indtast, hvornår det begynder" in text(missing)
    client.post(
        address,
        {
            "duration_minutes": "60",
            "date_1": day(20),
            "time_1": "09:00",
            "date_3": day(22),
            "time_3": "12.30",
            "facilitator": "Bo",
        },
    )

    request.refresh_from_db()
    times = list(request.proposals.values_list("duration_minutes", "facilitator"))
    assert (request.state, times) == (RequestState.ANSWERED, [(60, "Bo"), (60, "Bo")])
    assert "I har foreslået" in text(client.get(address))


def test_a_provider_says_no_with_a_reason(coordinator):
    client, request = coordinator
    address = f"/udbyder/anmodninger/{request.pk}/afvis/"

    client.post(address, {"reason": "fordi"})
    request.refresh_from_db()
    assert request.state == RequestState.SENT
    client.post(address, {"reason": "request_capacity"})

    request.refresh_from_db()
    assert (request.state, request.end_reason) == (RequestState.DECLINED, "request_capacity")
    assert Message.objects.filter(mail_type="request_declined").exists()


def test_a_signatory_sees_and_does_not_answer(coordinator):
    _client, request = coordinator
    member = ProviderMemberFactory(role=MemberRole.SIGNATORY, provider=request.offer.provider)
    client = log_in(Client(), member.user)
    address = f"/udbyder/anmodninger/{request.pk}/"

    assert client.get(address).status_code == 200
    assert "Send tiderne" not in text(client.get(address))
    assert client.post(address, {}).status_code == 404


def test_nobody_answers_what_they_asked_themselves(coordinator):
    _client, request = coordinator
    user = ProviderMemberFactory(role=MemberRole.COORDINATOR, provider=request.offer.provider).user
    DateRequest.objects.update(contact_email=user.email)

    assert log_in(Client(), user).post(f"/udbyder/anmodninger/{request.pk}/", {}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_providers_requests_take_the_same_number_of_queries(count, coordinator, django_assert_num_queries):
    client, request = coordinator
    for _ in range(count - 1):
        answer(ask(request.offer))
    address = f"/udbyder/{request.offer.provider.slug}/"
    client.get(address)

    with django_assert_num_queries(HOME_QUERIES):
        page = text(client.get(address))

    assert page.count("/udbyder/anmodninger/") == count + 1  # the list, and what waits for the reader


HOME_QUERIES = 14


# Urgent


def test_help_now_names_whom_to_call_first_and_reaches_the_team(client, staff_client, mailoutbox):
    page = text(client.get("/hjaelp-nu/"))
    assert 'href="tel:112"' in page
    assert "Fortæl ikke her" in page
    assert "Need help now" in text(client.get("/en/hjaelp-nu/"))
    assert "<textarea" not in page
    assert "/hjaelp-nu/" in text(client.get("/"))
    school = known_school(name="Skolen ved Havnen")

    sent = client.post(
        "/hjaelp-nu/",
        {
            "submission_key": str(uuid.uuid4()),
            "topic": "dialogue",
            "school_query": "Skolen ved Havnen",
            "contact_name": "Rie Rektor",
            "contact_phone": "12 34 56 78",
            "contact_email": "rie@skole.example",
        },
    )

    request = DateRequest.objects.get()
    assert (request.kind, request.state, request.school_id) == ("urgent", RequestState.SENT, school.pk)
    assert "Vi har fået din besked" in text(client.get(sent.url))
    staff = staff_client("Sagsbehandler")
    assert "Rie Rektor" in text(staff.get(f"/admin/anmodninger/{request.pk}/"))
    assert "Hjælp efter en hændelse" in text(staff.get("/admin/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": ""}, "Vælg, hvad I har brug for."),
        ({"school_query": ""}, "Skriv navnet på din skole eller din organisation."),
        ({"school_query": "findes slet ikke"}, "Vi kan ikke finde skolen"),
        ({"contact_phone": ""}, "Indtast et telefonnummer, vi kan ringe til dig på."),
    ],
    ids=["topic", "nobody", "unknown school", "phone"],
)
def test_help_now_says_what_is_missing(client, changes, words):
    known_school(name="Skolen ved Havnen")
    values = {
        "submission_key": str(uuid.uuid4()),
        "topic": "dialogue",
        "school_query": "Skolen ved Havnen",
        "contact_name": "Rie Rektor",
        "contact_phone": "12 34 56 78",
        "contact_email": "rie@skole.example",
        **changes,
    }

    response = client.post("/hjaelp-nu/", values)

    assert response.status_code == 422
    assert words in text(response)


# The administration


@pytest.fixture
def caseworker(staff_client):
    return staff_client("Sagsbehandler")


def listed(response):
    return [row.reference for row in response.context["object_list"]]


def test_the_list_filters_by_where_kind_provider_and_school(caseworker):
    school = known_school(name="Skolen ved Søen")
    visit = ask(school=school)
    talk = answer(ask(OfferFactory(professionals=True)), a_time(venue_id=VenueFactory().pk))
    urgent = ask_urgently()
    ask(is_proven=False)
    address = "/admin/anmodninger/"

    assert set(listed(caseworker.get(address))) == {visit.reference, talk.reference, urgent.reference}
    for query, expected in (
        ({"where": "answered"}, talk),
        ({"kind": "urgent"}, urgent),
        ({"provider": visit.offer.provider_id}, visit),
        ({"school": school.pk}, visit),
        ({"q": talk.reference}, talk),
    ):
        assert listed(caseworker.get(address, query)) == [expected.reference], query
    assert listed(caseworker.get(address, {"where": "held"})) == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_takes_the_same_number_of_queries(count, caseworker, django_assert_num_queries):
    offer = OfferFactory()
    for _ in range(count):
        ask(offer)
    caseworker.get("/admin/anmodninger/")

    with django_assert_num_queries(LIST_QUERIES):
        response = caseworker.get("/admin/anmodninger/")

    assert len(response.context["object_list"]) == count


LIST_QUERIES = 12


def test_staff_answer_and_book_what_was_agreed_by_phone(caseworker):
    request = ask()
    address = f"/admin/anmodninger/{request.pk}/"
    assert "Foreslå tider" in text(caseworker.get(address))

    caseworker.post(f"{address}svar/", {"date_1": day(20), "time_1": "10:00", "duration_minutes": "90"})
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED
    caseworker.post(f"{address}aftal/", {"time": str(request.proposals.get().pk)})

    request.refresh_from_db()
    assert request.state == RequestState.AGREED
    page = text(caseworker.get(address))
    for words in ("Anmodning sendt", "Tider foreslået", "Tid aftalt", request.booking.reference):
        assert words in page


def test_staff_answer_an_urgent_request_with_places_kept_back(caseworker):
    session = SessionFactory(offer=OfferFactory(max_groups=1), reserved=1, in_days=2)
    request = ask_urgently()
    address = f"/admin/anmodninger/{request.pk}/"
    assert session.title in text(caseworker.get(f"{address}svar/"))

    empty = caseworker.post(f"{address}svar/", {})
    assert empty.status_code == 422
    caseworker.post(
        f"{address}svar/", {"session": session.pk, "class_name": "8.B", "grade": "8", "pupils": "21"}
    )
    caseworker.post(f"{address}aftal/", {"time": str(request.proposals.get().pk)})

    session.refresh_from_db()
    assert (session.groups_taken, session.reserved) == (1, 0)
    assert Booking.objects.get().state == BookingState.CONFIRMED


def test_staff_answer_an_urgent_request_with_a_new_time(caseworker):
    offer = OfferFactory()
    request = ask_urgently()

    response = caseworker.post(
        f"/admin/anmodninger/{request.pk}/svar/",
        {
            "offer_choice": offer.pk,
            "date_1": day(1),
            "time_1": "10:00",
            "class_name": "8.B",
            "grade": "8",
            "pupils": "21",
        },
    )

    assert response.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.offer_id) == (RequestState.ANSWERED, offer.pk)
    assert request.proposals.get().duration_minutes == offer.duration_minutes


def test_staff_close_an_urgent_request_with_how_they_helped(caseworker):
    request = ask_urgently()
    address = f"/admin/anmodninger/{request.pk}/afvis/"

    assert caseworker.post(address, {}).status_code == 422
    caseworker.post(address, {"reason": "urgent_helped"})

    request.refresh_from_db()
    assert (request.state, request.end_reason) == (RequestState.DECLINED, "urgent_helped")


def test_reading_a_request_is_noted_once_an_hour(caseworker):
    from core.audit.models import Entry

    request = ask()
    for _ in range(2):
        caseworker.get(f"/admin/anmodninger/{request.pk}/")

    assert Entry.objects.filter(action="request_read").count() == 1


def test_an_auditor_sees_and_changes_nothing(staff_client):
    request = ask()
    auditor = staff_client("Revisor")

    page = text(auditor.get(f"/admin/anmodninger/{request.pk}/"))

    assert request.reference in page
    assert "Foreslå tider" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_my_bookings_show_the_open_requests_of_the_proven_address(
    person_client, django_assert_num_queries, number
):
    mine = [ask(contact=a_contact("mig@skole.example")) for _number in range(number)]
    answer(mine[0], a_time(in_days=33))
    ask(contact=a_contact("mig@skole.example"), is_proven=False)
    another = ask(contact=a_contact("anden@skole.example"))
    ended = ask(contact=a_contact("mig@skole.example"))
    decline_request(request_id=ended.pk, reason="request_capacity", actor=SYSTEM, now=timezone.now())
    client = person_client("mig@skole.example")
    client.get("/mine-bookinger/")

    with django_assert_num_queries(MINE_QUERIES):
        page = client.get("/mine-bookinger/").content.decode()

    assert [request.reference in page for request in mine] == [True] * number
    assert another.reference not in page
    assert ended.reference not in page
    assert links.manage_path(mine[0]) in page
    assert "Tider foreslået" in page
    assert "Du har ingen bookinger" not in page
