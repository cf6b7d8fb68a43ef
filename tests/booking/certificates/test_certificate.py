"""The certificate of participation: for those who came, of what they came to, and for nobody else (V3)."""

import subprocess
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.certificates.documents import certificate_pdf
from booking.certificates.reading import certificate_of
from booking.certificates.rules import CertificateState
from booking.enums import BookingKind, WithdrawalReason
from booking.errors import WrongStateError
from booking.evaluation.emails import _build
from booking.links import certificate_path, manage_path
from booking.models import Attendance, BookedSession, Booking, DoorTick
from booking.operations import withdraw_booking
from booking.operations.anonymising import empty_contacts
from booking.operations.reporting import register_arrival
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from tests.booking.certificates.held import a_talk, attended, ticked
from tests.factories.accounts import UserFactory, log_in
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory, a_course
from workshops.enums import SessionState
from workshops.models import Offer, Session
from workshops.offer_rules import problems_of

pytestmark = pytest.mark.django_db


def read(booking: Booking) -> Booking:
    return Booking.objects.with_details().get(pk=booking.pk)


def certificate(booking: Booking):
    return certificate_of(read(booking), now=timezone.now())


def state(booking: Booking) -> CertificateState:
    return certificate(booking).state


def text_of(pdf: bytes) -> str:
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(text.decode().replace("\u200b", "").split())


@pytest.fixture
def came():
    session = a_talk()
    booking = book(session, contact=a_contact("mona@kk.dk", name="Mona Madsen"))
    attended(session, booking)
    return booking


def test_certificate_says_who_what_when_where_and_by_whom(came, settings):
    settings.PORTAL_DEPARTMENT = "Forvaltningen for Prøver"
    session = came.booked_sessions.get().session

    text = text_of(certificate_pdf(certificate(came)))

    assert "Deltagerbevis" in text
    assert "Mona Madsen" in text
    assert "har deltaget i Se tegnene" in text
    assert "1 time og 30 minutter" in text
    assert session.provider.name in text
    assert session.venue.name in text
    assert "Forvaltningen for Prøver" in text
    assert came.reference in text


def test_certificate_is_pdf_ua_and_pdf_a_in_the_language_of_the_sign_up(came):
    Booking.objects.filter(pk=came.pk).update(language="en")

    pdf = certificate_pdf(certificate(came))

    assert b"pdfuaid:part>1<" in pdf
    assert b"pdfaid:part>2<" in pdf
    assert "has taken part in" in text_of(pdf)


def test_same_facts_give_the_same_bytes_at_another_time(came):
    later = certificate_of(read(came), now=timezone.now() + timedelta(days=9))

    assert certificate_pdf(later) == certificate_pdf(certificate(came))


@pytest.mark.parametrize(
    "name",
    ["Mona \U0001f389", "\u738b\u5c0f\u660e", "M" * 120, "Mona " * 24, "#read(1) *M* $x$", "a\x07b"],
    ids=["emoji", "chinese", "one long word", "long", "markup", "control"],
)
def test_any_name_gives_a_certificate_of_one_page(came, name):
    Booking.objects.filter(pk=came.pk).update(contact_name=name, organisation="O" * 160)
    Session.objects.update(title="T" * 120)

    response = Client().get(certificate_path(read(came)))

    assert response.status_code == 200
    assert response.content.startswith(b"%PDF-")


def test_long_word_stays_on_the_page(came, tmp_path):
    Booking.objects.filter(pk=came.pk).update(contact_name="M" * 120)
    (tmp_path / "bevis.pdf").write_bytes(certificate_pdf(certificate(came)))

    boxes = subprocess.run(
        ["pdftotext", "-bbox", tmp_path / "bevis.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout

    assert max(float(part.split('"')[0]) for part in boxes.split('xMax="')[1:]) < 595


def test_person_ticked_off_has_a_certificate_before_anybody_reports():
    session = a_talk()
    booking = book(session)
    set_back(session)
    assert state(booking) == CertificateState.UNKNOWN

    ticked(session, booking)

    assert state(booking) == CertificateState.READY


def test_certificate_is_there_after_the_ticks_are_deleted(came):
    DoorTick.objects.all().delete()

    assert state(came) == CertificateState.READY


def test_who_was_not_ticked_off_has_none():
    session = a_talk()
    here, away = book(session), book(session, contact=a_contact("bo@kk.dk"))
    attended(session, here)

    assert state(away) == CertificateState.NOT_THERE


def test_who_is_taken_off_the_list_by_a_correction_has_none_any_more(came):
    session = came.booked_sessions.get().session

    report(session, not_held="illness", seen=1)

    assert state(came) == CertificateState.NONE


def test_talk_that_lies_ahead_has_none_yet():
    assert state(book(a_talk())) == CertificateState.AHEAD


def test_cancelled_talk_and_withdrawn_sign_up_have_none():
    session = a_talk()
    booking, gone = book(session), book(session, contact=a_contact("bo@kk.dk"))
    withdraw_booking(booking_id=gone.pk, reason=WithdrawalReason.DATE, actor=LINK, now=timezone.now())
    Session.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)

    assert (state(booking), state(gone)) == (CertificateState.NONE, CertificateState.NONE)


def test_offer_that_gives_none_and_visit_to_a_class_have_none(came):
    visit = book(SessionFactory(), classes=[a_class()])
    Offer.objects.filter(sessions__booked_sessions__booking=visit).update(has_certificate=True)
    Offer.objects.filter(sessions__booked_sessions__booking=came).update(has_certificate=False)

    assert (state(visit), state(came)) == (CertificateState.NONE, CertificateState.NONE)


def test_course_has_its_certificate_after_the_last_date_for_the_dates_attended():
    first, second, third = a_course(30, 37, 44, offer=OfferFactory(professionals=True, has_certificate=True))
    booking = book(first)
    for session, days in ((first, 15), (second, 8)):
        set_back(session, ended_at=timezone.now() - timedelta(days=days))
    DoorTick.objects.create(
        session=first,
        booked_session=booking.booked_sessions.get(session=first),
        people=1,
        client_id="00000000-0000-4000-8000-000000000001",
        made_at=timezone.now(),
    )
    report(first, people=1)
    report(second, people=4)
    assert state(booking) == CertificateState.AHEAD

    attended(third, booking)

    ready = certificate(booking)
    assert [date.booked.session for date in ready.dates] == [first, third]
    assert "3 timer" in text_of(certificate_pdf(ready))


def test_sign_up_of_several_says_how_many_came():
    session = a_talk()
    booking = book(
        session,
        seats=3,
        kind=BookingKind.ORGANISATION,
        contact=a_contact("mona@kk.dk", name="Mona Madsen", organisation="Klub Øst"),
    )
    attended(session, booking, 2)

    text = text_of(certificate_pdf(certificate(booking)))

    assert "Klub Øst" in text
    assert "har tilmeldt 3 personer, og at 2 af dem har deltaget i" in text


def test_own_page_offers_it_and_the_link_gives_the_file(client, came):
    page = client.get(manage_path(read(came)))
    path = certificate_path(read(came))
    file = client.get(path)

    assert path in page.content.decode()
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == f'attachment; filename="deltagerbevis-{came.reference}.pdf"'
    assert "no-store" in file["Cache-Control"]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: book(a_talk()), "Når det er holdt"),
        (lambda: _over(book(a_talk())), "så snart"),
        (lambda: _away(), "ikke registreret"),
    ],
    ids=["ahead", "nobody has reported", "not there"],
)
def test_own_page_says_why_there_is_none_and_the_file_leads_there(client, make, says):
    booking = make()

    response = client.get(certificate_path(read(booking)), follow=True)

    assert response.redirect_chain == [(manage_path(read(booking)), 302)]
    assert says in response.content.decode()


def _over(booking):
    set_back(booking.booked_sessions.get().session)
    return booking


def _away():
    session = a_talk()
    here, away = book(session), book(session, contact=a_contact("bo@kk.dk"))
    attended(session, here)
    return away


def test_own_page_says_nothing_of_it_where_the_offer_gives_none(client):
    booking = book(SessionFactory(offer=OfferFactory(evening=True)))

    assert "deltagerbevis" not in client.get(manage_path(read(booking))).content.decode().lower()


def test_link_of_another_sign_up_gives_that_ones_certificate_only(client, came):
    other = book(a_talk())

    response = client.get(certificate_path(read(other)))

    assert response.status_code == 302
    assert "Mona" not in client.get(manage_path(read(other))).content.decode()


def test_erased_person_has_no_certificate_by_link_or_from_staff(client, staff_client, came):
    path = certificate_path(read(came))
    assert client.get(path).status_code == 200

    empty_contacts([came.pk], now=timezone.now())

    assert client.get(path).status_code == 404
    response = staff_client("Sagsbehandler").get(reverse("booking_admin_certificate", args=[came.pk]))
    assert response.url == reverse("booking_admin_detail", args=[came.pk])


def test_my_bookings_lead_to_each_certificate_at_the_same_cost(django_assert_num_queries):
    client = log_in(Client(), UserFactory(email="mona@kk.dk"))
    sessions = [a_talk() for _ in range(3)]
    paths = []
    for count, session in enumerate(sessions, start=1):
        booking = book(session, contact=a_contact("mona@kk.dk"))
        attended(session, booking)
        paths.append(certificate_path(read(booking)))
        if count in (1, 3):
            with django_assert_num_queries(12):
                page = client.get(reverse("booking_list")).content.decode()

    assert all(path in page for path in paths)


def test_staff_fetch_it_from_the_booking_and_that_is_noted(staff_client, came):
    client = staff_client("Sagsbehandler")
    page = client.get(reverse("booking_admin_detail", args=[came.pk])).content.decode()
    path = reverse("booking_admin_certificate", args=[came.pk])
    Entry.objects.all().delete()

    response = client.get(path)

    assert path in page
    assert response.content == certificate_pdf(certificate(came))
    assert Entry.objects.filter(subject=f"booking:{came.pk}").count() == 1


def test_mail_that_asks_how_it_went_leads_to_it(came):
    booked = came.booked_sessions.get()
    ids = {"booked": booked.pk, "to": came.contact_email}

    assert (
        _build(ids, "da", timezone.now())
        .placeholders["certificate_url"]
        .endswith(certificate_path(read(came)))
    )
    Offer.objects.update(has_certificate=False)
    assert _build(ids, "da", timezone.now()).placeholders["certificate_url"] == ""


def test_visit_to_a_class_cannot_give_certificates():
    values = {"audience": "school", "grade_from": 4, "grade_to": 6, "max_groups": 1, "has_certificate": True}

    assert list(problems_of(values)) == ["has_certificate"]
    assert problems_of({"audience": "adults", "max_people": 20, "has_certificate": True}) == {}


def test_staff_register_who_came_without_a_tick_and_the_report_keeps_its_figures(staff_client):
    session = a_talk()
    booking = book(session, contact=a_contact("bo@kk.dk"))
    set_back(session)
    report(session, people=12)
    client = staff_client("Sagsbehandler")
    path = reverse("booking_admin_action", args=[booking.pk, "came"])
    assert state(booking) == CertificateState.NOT_THERE
    assert path in client.get(reverse("booking_admin_detail", args=[booking.pk])).content.decode()

    for _twice in range(2):
        client.post(path)

    assert state(booking) == CertificateState.READY
    booking.refresh_from_db()
    assert booking.state == "attended"
    assert DoorTick.objects.count() == 1
    assert [(one.number, one.people) for one in session.reports.all()] == [(1, 12)]
    assert Entry.objects.filter(action="booking_arrival_registered").count() == 1
    assert path not in client.get(reverse("booking_admin_detail", args=[booking.pk])).content.decode()


def test_arrival_registered_before_the_report_is_found_by_it():
    session = a_talk()
    booking = book(session)
    set_back(session)

    for _twice in range(2):
        register_arrival(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())
    report(session, people=3)

    booking.refresh_from_db()
    assert (booking.state, state(booking)) == ("attended", CertificateState.READY)
    assert DoorTick.objects.count() == 1
    assert Entry.objects.filter(action="booking_arrival_registered").count() == 1


def test_who_was_ticked_off_and_is_not_in_the_report_can_be_registered(came):
    row = came.booked_sessions.get()
    BookedSession.objects.filter(pk=row.pk).update(state="no_show")
    Attendance.objects.filter(booked_session=row).update(people=0)
    assert state(came) == CertificateState.NOT_THERE

    register_arrival(booking_id=came.pk, actor=SYSTEM, now=timezone.now())

    assert state(came) == CertificateState.READY


@pytest.mark.parametrize(
    "make",
    [
        lambda: book(a_talk()),
        lambda: _not_held(),
        lambda: book(SessionFactory(), classes=[a_class()]),
        lambda: book(a_course(30, 37, offer=OfferFactory(professionals=True, has_certificate=True))[0]),
    ],
    ids=["ahead", "not held", "a class", "a course"],
)
def test_nobody_is_registered_as_having_come_to_what_they_cannot_have(make):
    booking = make()

    with pytest.raises(WrongStateError):
        register_arrival(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())

    assert not DoorTick.objects.exists()


def _not_held():
    session = a_talk()
    booking = book(session)
    set_back(session)
    report(session, not_held="illness")
    return booking
