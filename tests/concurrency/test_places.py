"""Rule 1 under load: the last place, the same form twice, and what happens without the guard (S4, S5)."""

import threading
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from booking.enums import BookingState
from booking.errors import SessionFullError
from booking.models import BookedSession, Booking
from booking.operations import book_for_caller, hold_places, holding, submit_booking
from booking.party import ClassSize, Party
from core.audit.log import Actor
from core.outbox.models import Message
from tests.concurrency.threads import at_once, names
from tests.factories.accounts import UserFactory
from tests.factories.booking import a_contact, book, known_school
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def persons(session, how_many, *, seats=1):
    """Persons, each on the way to a confirmed sign-up."""

    def person(number):
        return lambda: book(
            session,
            seats=seats,
            contact=a_contact(f"person{number}@example.dk"),
            browser_key=f"browser-{number}",
        )

    return [person(number) for number in range(how_many)]


def test_last_place_by_two_goes_to_one():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=1))

    results = at_once(*persons(session, 2))

    assert names(results) == ["SessionFullError", "ok"]
    assert Session.objects.get().people_taken == 1


def test_thirty_places_among_forty_are_all_taken_and_never_more():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=30))

    results = at_once(*persons(session, 40))

    assert names(results) == ["SessionFullError"] * 10 + ["ok"] * 30
    assert Session.objects.get().people_taken == 30
    assert BookedSession.objects.filter(state=BookingState.CONFIRMED).count() == 30


def test_groups_of_different_size_never_pass_the_limit():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))

    results = at_once(*persons(session, 8, seats=3))

    assert names(results) == ["SessionFullError"] * 5 + ["ok"] * 3
    assert Session.objects.get().people_taken == 9


def test_two_schools_racing_for_a_visit_leave_one_host():
    session = SessionFactory(offer=OfferFactory(max_groups=2))
    schools = [known_school(domain=f"skole{number}.example") for number in range(2)]
    bookers = [
        lambda school=school, number=number: book(
            session, school=school, contact=a_contact(f"laerer@skole{number}.example")
        )
        for number, school in enumerate(schools)
    ]

    results = at_once(*bookers)

    assert names(results) == ["OtherSchoolHostsError", "ok"]
    winner = next(result for result in results if isinstance(result, Booking))
    assert Session.objects.get().host_school_id == winner.school_id


def test_a_class_booked_twice_at_once_has_one_place():
    session = SessionFactory(offer=OfferFactory(max_groups=5))
    school = known_school()
    spellings = ["7.A", "7 a", "7A"]
    bookers = [
        lambda name=name: book(session, school=school, classes=[ClassSize(name, 5, 20)]) for name in spellings
    ]

    results = at_once(*bookers)

    assert names(results) == ["ClassAlreadyBookedError"] * 2 + ["ok"]
    assert Session.objects.get().groups_taken == 1


def test_the_same_form_twice_at_once_is_one_booking_with_one_receipt():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))
    key = uuid.uuid4()

    def post():
        now = timezone.now()
        held = hold_places(
            session_id=session.pk,
            party=Party(kind="person", seats=2),
            contact=a_contact("p@example.dk"),
            submission_key=key,
            browser_key="one-browser",
            now=now,
        )
        return submit_booking(booking_id=held.pk, is_proven=True, now=now).pk

    results = at_once(*[post] * 4)

    assert len(set(results)) == 1, results
    assert Booking.objects.count() == 1
    assert Session.objects.get().people_taken == 2
    assert Message.objects.filter(mail_type="sign_up_receipt").count() == 1


def test_two_forms_in_one_browser_at_once_hold_once():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=10))

    def post():
        return hold_places(
            session_id=session.pk,
            party=Party(kind="person", seats=2),
            contact=a_contact("p@example.dk"),
            submission_key=uuid.uuid4(),
            browser_key="one-browser",
            now=timezone.now(),
        ).pk

    results = at_once(*[post] * 3)

    assert len(set(results)) == 1, results
    assert Session.objects.get().people_taken == 2


def test_staff_pressing_twice_book_once():
    session, school, user = SessionFactory(), known_school(), UserFactory()
    key = uuid.uuid4()

    def press():
        return book_for_caller(
            session_id=session.pk,
            party=Party(kind="school", school_id=school.pk, classes=(ClassSize("5.A", 5, 20),)),
            contact=a_contact(email=""),
            submission_key=key,
            actor=Actor.of(user),
            now=timezone.now(),
        ).pk

    results = at_once(*[press] * 3)

    assert len(set(results)) == 1, results
    assert Session.objects.get().groups_taken == 1


# The negative control: the same race with the guard taken away, in the test only.


def read_then_write(monkeypatch):
    """Patch the claim to what one writes first: look whether there is room, then take it; and no lock before."""
    both_have_looked = threading.Barrier(2)

    def without_lock(session_id, *, others=()):
        return Session.objects.in_bulk([session_id, *others])

    def claim(session_id, *, groups, people, school_id, now, claimant=None, use_reserved=False):
        session = Session.objects.select_related("offer").get(pk=session_id)
        both_have_looked.wait(timeout=30)
        if session.people_taken + people > session.max_people:
            raise SessionFullError(groups_left=None, people_left=0)
        Session.objects.filter(pk=session_id).update(people_taken=F("people_taken") + people)
        return session

    monkeypatch.setattr(holding, "claim_places", claim)
    monkeypatch.setattr(holding, "lock_bookable", without_lock)


@pytest.mark.postgresql
def test_without_the_guard_the_race_shows_and_the_database_refuses(monkeypatch):
    """SQLite lets one writer in at a time, so only PostgreSQL can show it."""
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=1))
    read_then_write(monkeypatch)

    def hold(number):
        return hold_places(
            session_id=session.pk,
            party=Party(kind="person", seats=1),
            contact=a_contact(f"p{number}@example.dk"),
            submission_key=uuid.uuid4(),
            browser_key=f"browser-{number}",
            now=timezone.now(),
        )

    results = at_once(lambda: hold(1), lambda: hold(2))

    assert names(results) == ["IntegrityError", "ok"]
    error = next(result for result in results if isinstance(result, IntegrityError))
    assert "people" in str(error)
    assert "check constraint" in str(error)
    assert Session.objects.get().people_taken == 1


def test_the_database_refuses_more_than_the_limit_whoever_writes():
    session = SessionFactory(offer=OfferFactory(evening=True, max_people=1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(people_taken=2)
