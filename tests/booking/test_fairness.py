"""Fair shares among schools: a cap per term, and days for schools not yet served (S22)."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingKind
from booking.errors import NewSchoolsFirstError, SchoolCapError
from booking.fairness import term_of
from booking.operations import book_for_caller, change_booking, withdraw_booking
from booking.party import Party
from core.audit.log import LINK, SYSTEM
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 1), (date(2026, 8, 1), date(2026, 12, 31))),
        (date(2026, 12, 31), (date(2026, 8, 1), date(2026, 12, 31))),
        (date(2027, 1, 1), (date(2027, 1, 1), date(2027, 7, 31))),
        (date(2027, 7, 31), (date(2027, 1, 1), date(2027, 7, 31))),
    ],
)
def test_term_of_a_day(day, expected):
    assert term_of(day) == expected


def same_term(*sessions):
    """Put sessions on the same local date for the count; their start does not matter to it."""
    Session.objects.filter(pk__in=[session.pk for session in sessions]).update(
        local_date=sessions[0].local_date
    )


def test_a_school_gets_no_more_classes_in_a_term_than_the_cap():
    offer = OfferFactory(max_groups=3, max_classes_per_term=2)
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer)
    same_term(first, second)
    school = known_school()
    booked = book(first, school=school, classes=[a_class("5.A")])

    with pytest.raises(SchoolCapError) as refusal:
        book(second, school=school, classes=[a_class("5.B"), a_class("5.C")])

    assert refusal.value.facts == {"cap": 2, "left": 1}
    assert "1 mere" in refusal.value.message
    assert book(second, school=school, classes=[a_class("5.B")]).pk
    withdraw_booking(booking_id=booked.pk, reason="date", actor=LINK, now=timezone.now())
    assert book(second, school=school, classes=[a_class("5.C")]).pk


def test_the_cap_counts_each_school_by_itself_and_binds_no_staff():
    offer = OfferFactory(max_groups=3, max_classes_per_term=1)
    first, second, third = (SessionFactory(offer=offer) for _number in range(3))
    same_term(first, second, third)
    school = known_school()
    book(first, school=school, classes=[a_class("5.A")])

    other = known_school(domain="anden.example")
    assert book(second, school=other, contact=a_contact("l@anden.example")).pk
    party = Party(kind=BookingKind.SCHOOL, school_id=school.pk, classes=(a_class("5.B"),))
    called = book_for_caller(
        session_id=third.pk,
        party=party,
        contact=a_contact(),
        submission_key=uuid.uuid4(),
        actor=SYSTEM,
        now=timezone.now(),
    )
    assert called.confirmed_at is not None


def test_new_dates_are_kept_for_schools_not_yet_served():
    offer = OfferFactory(max_groups=3, new_schools_first_days=14)
    first, second = SessionFactory(offer=offer), SessionFactory(offer=offer)
    same_term(first, second)
    now = timezone.now()
    Session.objects.filter(pk=first.pk).update(announced_at=now - timedelta(days=30))
    Session.objects.filter(pk=second.pk).update(announced_at=now - timedelta(days=1))
    served = known_school()
    book(first, school=served, classes=[a_class("5.A")])

    with pytest.raises(NewSchoolsFirstError) as refusal:
        book(second, school=served, classes=[a_class("5.B")])
    assert str((timezone.localdate(now) + timedelta(days=13)).year) in refusal.value.message

    fresh = known_school(domain="ny.example")
    booked = book(second, school=fresh, contact=a_contact("l@ny.example"))
    assert booked.pk
    withdraw_booking(booking_id=booked.pk, reason="date", actor=LINK, now=now)
    assert book(second, school=served, classes=[a_class("5.B")], now=now + timedelta(days=13)).pk


def test_a_class_added_later_counts_against_the_cap():
    offer = OfferFactory(max_groups=3, max_classes_per_term=1)
    booked = book(SessionFactory(offer=offer), classes=[a_class("5.A")])
    party = Party(
        kind=BookingKind.SCHOOL, school_id=booked.school_id, classes=(a_class("5.A"), a_class("5.B"))
    )

    with pytest.raises(SchoolCapError):
        change_booking(booking_id=booked.pk, party=party, contact=a_contact(), actor=LINK, now=timezone.now())
