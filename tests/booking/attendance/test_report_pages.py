"""The report's page: by link, as the provider, as staff, in each of its states (L8)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.attendance.links import report_path
from booking.models import SessionReport
from booking.operations.reporting import renew_report_link
from charter.enums import MemberRole
from core.audit.log import SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from tests.factories.accounts import UserFactory, log_in
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True)


@pytest.fixture
def visit(provider):
    """A visit to one class, an hour after the end."""
    session = SessionFactory(offer=OfferFactory(provider=provider))
    book(session, classes=[a_class("5.A", pupils=22, adults=2)])
    return set_back(session)


@pytest.fixture
def evening(provider):
    session = SessionFactory(offer=OfferFactory(provider=provider, evening=True))
    book(session, seats=3, contact=a_contact("mor@post.example"))
    return set_back(session)


@pytest.fixture
def office(staff_client):
    """A client of the administration."""
    return staff_client("Administration")


def member(provider, role):
    """A client of a member in a role."""
    user = UserFactory(email=f"{role}@udbyder.example")
    ProviderMemberFactory(provider=provider, user=user, role=role)
    return log_in(Client(), user)


def own_page(session):
    return reverse("session_report", args=[session.pk])


def filled(session, **more):
    """The form as the page fills it in."""
    booked = session.booked_sessions.get()
    item = booked.booking.classes.get()
    return {
        "held": "yes",
        f"people_{booked.pk}_{item.pk}": 22,
        f"adults_{booked.pk}_{item.pk}": 2,
        "seen": 0,
        **more,
    }


def test_link_shows_the_form_filled_with_what_was_booked_and_changes_nothing(client, visit):
    html = client.get(report_path(visit)).content.decode()

    assert 'value="22"' in html
    assert "5.A" in html
    assert "Lea Lærer" not in html
    assert "laerer@skole.example" not in html
    visit.refresh_from_db()
    assert visit.state == SessionState.OPEN
    assert not SessionReport.objects.exists()


def test_link_takes_the_report_and_then_shows_it(client, visit):
    response = client.post(report_path(visit), filled(visit), follow=True)

    assert response.status_code == 200
    html = response.content.decode()
    assert "Tak. Indberetningen er gemt." in html
    assert "22 elever, 2 voksne" in html
    assert SessionReport.objects.get().source == "link"


def test_link_posted_twice_gives_one_report(client, visit):
    client.post(report_path(visit), filled(visit))

    response = client.post(report_path(visit), filled(visit))

    assert response.status_code == 302
    assert SessionReport.objects.count() == 1


def test_link_corrects_and_keeps_both(client, visit):
    client.post(report_path(visit), filled(visit))

    html = client.get(f"{report_path(visit)}?ret=1").content.decode()
    assert 'name="seen" value="1"' in html
    booked = visit.booked_sessions.get()
    number = f"people_{booked.pk}_{booked.booking.classes.get().pk}"
    client.post(report_path(visit), filled(visit, seen=1, **{number: 19}))

    assert list(SessionReport.objects.order_by("number").values_list("people", flat=True)) == [22, 19]


def test_form_that_is_outdated_shows_what_somebody_else_reported(client, visit):
    report(visit, classes=(20,))

    response = client.post(report_path(visit), filled(visit))

    assert response.status_code == 409
    html = response.content.decode()
    assert "En anden har lige indberettet." in html
    assert "20 elever" in html


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"seen": 0}, "Vælg, om det blev holdt."),
        ({"held": "no", "seen": 0}, "Vælg, hvorfor det ikke blev holdt."),
        ({"held": "yes", "seen": 0}, "Skriv, hvor mange der kom. Skriv 0, hvis ingen kom."),
        ({"held": "yes", "people": "-1", "seen": 0}, "Indtast 0 eller derover."),
        ({"held": "yes", "people": "1000", "seen": 0}, "Det er mange. Skriv højst 999."),
        ({"held": "yes", "people": "mange", "seen": 0}, "Skriv et helt tal."),
    ],
    ids=["nothing", "no reason", "no number", "negative", "too many", "words"],
)
def test_wrong_answers_say_what_to_do(client, evening, answer, text):
    response = client.post(report_path(evening), answer)

    assert response.status_code == 422
    assert text in response.content.decode()
    assert not SessionReport.objects.exists()


def test_numbers_of_a_session_not_held_are_left_aside(client, evening):
    client.post(report_path(evening), {"held": "no", "reason": "weather", "people": "mange", "seen": 0})

    made = SessionReport.objects.get()
    assert (made.is_held, made.reason, made.people) == (False, "weather", 0)


def test_session_not_begun_says_to_come_back(client, provider):
    session = SessionFactory(offer=OfferFactory(provider=provider))
    book(session)

    page, posted = client.get(report_path(session)), client.post(report_path(session), filled(session))

    assert "er ikke begyndt endnu" in page.content.decode()
    assert posted.status_code == 409


def test_cancelled_session_says_that_there_is_nothing_to_report(client, visit):
    Session.objects.filter(pk=visit.pk).update(state=SessionState.CANCELLED)

    assert "Tiden er aflyst" in client.get(report_path(visit)).content.decode()
    assert client.post(report_path(visit), filled(visit)).status_code == 409


def test_link_expires_14_days_after_the_end(client, visit):
    set_back(visit, ended_at=timezone.now() - timedelta(days=15))

    response = client.get(report_path(visit))

    assert response.status_code == 404
    assert "Det virkede i 14 dage" in response.content.decode()


def test_renewed_link_kills_the_old_one_and_mails_a_new_one(client, provider, visit):
    member(provider, MemberRole.COORDINATOR)
    old = report_path(visit)

    renewed = renew_report_link(session_id=visit.pk, actor=SYSTEM, now=timezone.now())

    assert client.get(old).status_code == 404
    assert client.get(report_path(renewed)).status_code == 200
    assert Message.objects.filter(mail_type="session_report", ids__generation=2).exists()
    assert Entry.objects.filter(action="session_report_link_renewed").exists()


def test_link_of_one_session_does_not_open_another_purpose(client, visit):
    token = report_path(visit).rstrip("/").rpartition("/")[2]

    assert client.get(reverse("booking_detail", args=[token])).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(MemberRole.COORDINATOR, 200), (MemberRole.FACILITATOR, 200), (MemberRole.SIGNATORY, 404)],
)
def test_own_page_is_for_those_who_coordinate_or_hold(provider, visit, role, status):
    assert member(provider, role).get(own_page(visit)).status_code == status


def test_own_page_tells_who_reported_and_session_page_leads_there(provider, visit):
    client = member(provider, MemberRole.FACILITATOR)
    session_page = reverse("provider_session", args=[visit.pk])
    assert own_page(visit) in client.get(session_page).content.decode()

    client.post(own_page(visit), filled(visit))

    assert SessionReport.objects.get().reported_by is not None
    assert "Indberettet: afholdt" in client.get(session_page).content.decode()


def test_provider_cannot_correct_after_14_days_but_sees_the_report(provider, visit):
    report(visit, classes=(20,))
    set_back(visit, ended_at=timezone.now() - timedelta(days=15))
    client = member(provider, MemberRole.COORDINATOR)

    page = client.get(f"{own_page(visit)}?ret=1").content.decode()
    posted = client.post(own_page(visit), filled(visit, seen=1))

    assert "20 elever" in page
    assert "Ret indberetningen" not in page
    assert posted.status_code == 409


def test_earlier_dates_show_which_report_is_missing(provider, visit):
    client = member(provider, MemberRole.COORDINATOR)
    url = reverse("provider_dates", args=[provider.slug]) + "?vis=tidligere"
    assert "Mangler indberetning" in client.get(url).content.decode()

    report(visit, classes=(20,))

    assert "Mangler indberetning" not in client.get(url).content.decode()


def test_staff_report_for_a_provider_and_correct_at_any_time(office, visit):
    url = reverse("session_admin_report", args=[visit.pk])
    assert office.post(url, filled(visit)).status_code == 302
    set_back(visit, ended_at=timezone.now() - timedelta(days=100))

    office.post(url, {"held": "no", "reason": "school", "seen": 1, "note": "Rettet efter opkald"})

    made = SessionReport.objects.order_by("number").last()
    assert (made.number, made.is_held, made.source) == (2, False, "staff")
    html = office.get(url).content.decode()
    assert "Rettet efter opkald" in html
    assert "Alle indberetninger" in html


def test_staff_see_the_way_to_report_on_the_session(office, visit):
    html = office.get(reverse("sessions:inspect", args=[visit.pk])).content.decode()

    assert reverse("session_admin_report", args=[visit.pk]) in html


@pytest.mark.parametrize("count", [1, 3])
def test_missing_reports_are_listed_in_a_fixed_number_of_queries(
    office, provider, count, django_assert_num_queries
):
    for _number in range(count):
        session = SessionFactory(offer=OfferFactory(provider=provider))
        book(session)
        set_back(session)
    url = reverse("unreported_results")
    office.get(url)

    with django_assert_num_queries(5):
        html = office.get(url).content.decode()

    assert html.count("/indberet/") == count


def test_missing_reports_are_filtered_by_provider(office, provider, visit, evening):
    other = SessionFactory()
    book(other)
    set_back(other)
    url = reverse("unreported")

    html = office.get(url, {"provider": provider.pk}).content.decode()

    assert html.count("/indberet/") == 2
    report(visit, classes=(20,))
    assert office.get(url, {"provider": provider.pk}).content.decode().count("/indberet/") == 1


def test_form_carries_its_token_against_forged_posts(visit):
    """The form is an included part that sees only what it is given; without the token no report ever arrives."""
    client = Client(enforce_csrf_checks=True)
    html = client.get(report_path(visit)).content.decode()
    form = html[html.index('<form class="portal-report"') :]
    token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    response = client.post(report_path(visit), filled(visit, csrfmiddlewaretoken=token))

    assert response.status_code == 302
