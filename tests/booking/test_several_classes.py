"""Several classes in one booking (S1): all or nothing, added and removed without JavaScript, nothing typed lost."""

import html
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from booking import links
from booking.class_rows import MAX_CLASSES
from booking.enums import BookingState
from booking.errors import ClassAlreadyBookedError, ClassTwiceError, GroupTooLargeError, SessionFullError
from booking.models import BookedClass, Booking
from booking.party import ClassSize
from booking.rules import classes_that_fit
from core.outbox.operations import send_due
from tests.booking.test_flow import answers
from tests.factories.booking import a_class, book, hold, known_school
from tests.factories.workshops import OfferFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(portal_site):
    return portal_site


def several(school, *classes, **more):
    """The form's answers with one row for each (name, pupils)."""
    data = answers(school, class_count=str(len(classes)))
    for number, (name, pupils) in enumerate(classes, start=1):
        end = "" if number == 1 else f"_{number}"
        data |= {f"class_name{end}": name, f"grade{end}": "5", f"pupils{end}": pupils, f"adults{end}": "1"}
    return data | more


def value_of(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', page)
    return html.unescape(found[1] or found[2] or "") if found else None


def two_classes(**more):
    return SessionFactory(max_groups=2, max_people=60, **more)


def test_a_class_is_added_by_a_button_and_nothing_typed_is_lost(client):
    session, school = two_classes(), known_school()

    page = client.post(
        f"/book/{session.pk}/", several(school, ("7.A", "mange"), add_class="1", contact_name="")
    ).content.decode()

    assert value_of(page, "class_count") == "2"
    assert value_of(page, "class_name") == "7.A"
    assert value_of(page, "pupils") == "mange"
    assert value_of(page, "entrance") == "Porten"
    assert re.search(r'<input[^>]*name="class_name_2"[^>]*autofocus', page), "the new row has the focus"
    assert "form-error-message" not in page, "no fault is found before the form is sent"
    assert not Booking.objects.exists()


def test_a_class_is_taken_out_and_those_behind_move_up(client):
    session, school = SessionFactory(max_groups=3), known_school()

    page = client.post(
        f"/book/{session.pk}/",
        several(school, ("7.A", "20"), ("7.B", "21"), ("7.C", "22"), remove_class="2"),
    ).content.decode()

    assert [value_of(page, name) for name in ("class_name", "class_name_2", "class_name_3")] == [
        "7.A",
        "7.C",
        None,
    ]
    assert value_of(page, "pupils_2") == "22"


def test_no_more_rows_than_the_session_takes_classes(client):
    one, six = SessionFactory(max_groups=1), SessionFactory(max_groups=None, max_people=400)
    school = known_school()

    def page(session, count, **more):
        classes = [(f"7.{number}", "20") for number in range(count)]
        return client.post(f"/book/{session.pk}/", several(school, *classes, **more)).content.decode()

    assert 'name="add_class"' not in client.get(f"/book/{one.pk}/").content.decode()
    assert 'name="add_class"' in page(six, MAX_CLASSES, remove_class="1")
    full = page(six, MAX_CLASSES, add_class="1")
    assert 'name="add_class"' not in full
    assert f'name="class_name_{MAX_CLASSES}"' in full
    assert f'name="class_name_{MAX_CLASSES + 1}"' not in full


def test_two_classes_are_booked_together_and_shown_everywhere(client, mailoutbox):
    session, school = two_classes(), known_school()

    review = client.post(
        f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.B", "22")), follow=True
    ).content.decode()
    seen = value_of(review, "seen")
    client.post(f"/book/{session.pk}/tjek/", {"seen": seen})
    booking = Booking.objects.get()
    client.post(links.confirm_path(booking))
    own = client.get(links.manage_path(booking)).content.decode()
    send_due(now=timezone.now())

    session.refresh_from_db()
    assert (session.groups_taken, session.people_taken) == (2, 46)
    for page in (review, own, mailoutbox[-1].body):
        assert "7.A (5. klasse): 24 elever" in page
        assert "7.B (5. klasse): 22 elever" in page
    assert "7.A og 7.B skal være med i" in own, "the text for Aula"
    edit = client.get(f"/book/{session.pk}/")
    assert edit.status_code == 200


def test_the_form_shows_all_classes_of_a_started_booking_again(client):
    session, school = two_classes(), known_school()
    client.post(f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.B", "22")))

    page = client.get(f"/book/{session.pk}/").content.decode()

    assert (value_of(page, "class_name_2"), value_of(page, "pupils_2")) == ("7.B", "22")


def test_the_same_form_sent_with_a_class_less_changes_the_hold(client):
    session, school = two_classes(), known_school()
    data = several(school, ("7.A", "24"), ("7.B", "22"))
    client.post(f"/book/{session.pk}/", data)

    client.post(f"/book/{session.pk}/", several(school, ("7.B", "20"), submission_key=data["submission_key"]))

    session.refresh_from_db()
    assert (session.groups_taken, session.people_taken) == (1, 20)
    assert BookedClass.objects.get().name == "7.B"


def test_errors_say_which_class_they_are_about(client):
    session, school = two_classes(offer=OfferFactory(max_group_size=25, max_groups=2)), known_school()

    typed = client.post(
        f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.B", "mange"))
    ).content.decode()
    refused = client.post(f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.B", "30")))

    assert "7.B: Indtast antal elever med tal, for eksempel 24." in typed
    assert "7.A: " not in typed
    assert refused.status_code == 409
    assert "7.B: Tilbuddet er for højst 25" in html.unescape(refused.content.decode())


def test_two_spellings_of_one_class_are_refused(client):
    session, school = two_classes(), known_school()

    response = client.post(f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7. a", "22")))

    assert response.status_code == 422
    assert "Du har allerede skrevet 7.A. Skriv hver klasse én gang." in response.content.decode()
    with pytest.raises(ClassTwiceError):
        hold(session, school=school, classes=[a_class("7.A"), a_class("7. a")])
    session.refresh_from_db()
    assert session.groups_taken == 0


def test_a_class_that_is_booked_already_is_named(client):
    session, school = SessionFactory(max_groups=3), known_school()
    book(session, school=school, classes=[a_class("7.B")])

    response = client.post(f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.b", "22")))

    assert response.status_code == 409
    assert "7.b er allerede tilmeldt den dato." in response.content.decode()
    with pytest.raises(ClassAlreadyBookedError):
        hold(session, school=school, classes=[a_class("7.A"), a_class("7 B")])
    session.refresh_from_db()
    assert session.groups_taken == 1, "all or nothing (rule 8)"


def test_when_not_all_fit_nothing_is_taken_and_the_page_offers_those_that_do(client):
    session, school = SessionFactory(max_groups=3, max_people=50), known_school()
    data = several(school, ("7.A", "24"), ("7.B", "30"), ("7.C", "20"))

    response = client.post(f"/book/{session.pk}/", data)

    page = html.unescape(response.content.decode())
    assert response.status_code == 409
    assert "Der er ikke plads til alle 3 klasser. Tilbage på datoen: 3 klasser, 50 pladser." in page
    assert "Der er plads til 7.A og 7.C." in page
    session.refresh_from_db()
    assert (session.groups_taken, session.people_taken) == (0, 0)
    wanted = re.search(r'name="only_classes" value="([^"]+)"', page)[1]
    client.post(f"/book/{session.pk}/", data | {"only_classes": wanted})
    session.refresh_from_db()
    assert (session.groups_taken, session.people_taken) == (2, 44)
    assert set(BookedClass.objects.values_list("name", flat=True)) == {"7.A", "7.C"}


def test_when_no_class_fits_there_is_no_button(client):
    session, school = SessionFactory(max_groups=3, max_people=10), known_school()

    response = client.post(f"/book/{session.pk}/", several(school, ("7.A", "24"), ("7.B", "30")))

    assert "Der er ikke plads til nogen af klasserne" in response.content.decode()
    assert "only_classes" not in response.content.decode()


@pytest.mark.parametrize(
    ("sizes", "groups_left", "people_left", "adults_count", "expected"),
    [
        pytest.param([24, 30, 20], 3, 50, False, (0, 2), id="people"),
        pytest.param([24, 30, 20], 1, 50, False, (0,), id="groups"),
        pytest.param([24, 30, 20], None, None, False, (0, 1, 2), id="no-limits"),
        pytest.param([24, 26], 2, 50, True, (0,), id="adults-count"),
        pytest.param([24, 26], 2, 20, False, (), id="none"),
        pytest.param([40, 10, 10], 3, 45, False, (1, 2), id="most-classes-before-first-typed"),
    ],
)
def test_which_classes_fit(sizes, groups_left, people_left, adults_count, expected):
    classes = [ClassSize(f"7.{number}", 7, pupils) for number, pupils in enumerate(sizes)]

    assert (
        classes_that_fit(classes, groups_left=groups_left, people_left=people_left, adults_count=adults_count)
        == expected
    )


def test_operation_refuses_all_when_one_class_is_too_large():
    session = two_classes(offer=OfferFactory(max_group_size=25, max_groups=2))

    with pytest.raises(GroupTooLargeError) as refusal:
        hold(session, classes=[a_class("7.A", pupils=24), a_class("7.B", pupils=26)])

    assert refusal.value.facts["class_name"] == "7.B"


def test_operation_refuses_all_when_there_is_room_for_one():
    session = SessionFactory(max_groups=1)

    with pytest.raises(SessionFullError) as refusal:
        hold(session, classes=[a_class("7.A"), a_class("7.B")])

    assert refusal.value.facts["groups_left"] == 1


def test_staff_book_two_classes_for_a_caller(staff_client):
    session, school, staff = two_classes(), known_school(), staff_client("Sagsbehandler")
    url = reverse("booking_admin_caller_form", args=[session.pk])
    data = several(school, ("7.A", "24"), submission_key=str(uuid.uuid4()))

    more = staff.post(url, data | {"add_class": "1"}).content.decode()
    full = several(school, ("7.A", "24"), ("7.B", "22"), submission_key=data["submission_key"])
    staff.post(url, full)

    assert 'name="class_name_2"' in more
    booking = Booking.objects.get()
    assert booking.state == BookingState.CONFIRMED
    detail = staff.get(reverse("booking_admin_detail", args=[booking.pk])).content.decode()
    assert "7.A (5. klasse)" in detail
    assert "7.B (5. klasse)" in detail
