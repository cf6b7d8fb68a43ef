"""Holding places: rule 1, rule 9, holds and their end (DESIGN.md 5)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingKind, BookingState
from booking.errors import (
    CharterNotCoveredError,
    ClassAlreadyBookedError,
    GroupTooLargeError,
    GroupTooSmallError,
    HoldExpiredError,
    HoldExtensionsUsedError,
    NotInvitedError,
    OtherSchoolHostsError,
    SchoolCannotBookError,
    SessionClosedError,
    SessionFullError,
    WrongPartyError,
)
from booking.models import BookedSession, Booking
from booking.operations import extend_hold, hold_places, release_hold, submit_booking
from booking.party import Party, normalise_class_name
from charter.enums import ProviderKind, ProviderState
from tests.factories.booking import a_class, a_contact, book, hold, known_school
from tests.factories.charter import ProviderFactory
from tests.factories.workshops import OfferFactory, SchoolFactory, SessionFactory
from workshops.enums import SchoolType, SessionAccess
from workshops.models import Session

pytestmark = pytest.mark.django_db


def free_people(session):
    return Session.objects.with_free_places(now=timezone.now()).get(pk=session.pk).free_people


def test_hold_takes_the_places_it_asks_for():
    session = SessionFactory(max_groups=2, max_people=60)

    booking = hold(session, classes=[a_class(pupils=24, adults=2)])

    session.refresh_from_db()
    assert (session.groups_taken, session.people_taken) == (1, 24)
    assert booking.state == BookingState.HELD
    assert session.host_school == booking.school


def test_adults_count_as_people_only_where_the_session_says_so():
    session = SessionFactory(max_groups=2, max_people=60, adults_count=True)

    hold(session, classes=[a_class(pupils=24, adults=2)])

    session.refresh_from_db()
    assert session.people_taken == 26


def test_hold_raises_session_full_when_the_class_exceeds_places_left():
    session = SessionFactory(max_groups=None, max_people=30)
    school = known_school()
    hold(session, school=school, classes=[a_class("5.A", pupils=20)])

    with pytest.raises(SessionFullError) as refusal:
        hold(session, school=school, classes=[a_class("5.B", pupils=11)])

    assert refusal.value.facts == {"groups_left": None, "people_left": 10}
    assert hold(session, school=school, classes=[a_class("5.B", pupils=10)]).pk


def test_reserved_places_are_not_given_to_newcomers():
    session = SessionFactory(max_groups=2, reserved=1)
    school = known_school()
    hold(session, school=school, classes=[a_class("5.A")])

    with pytest.raises(SessionFullError):
        hold(session, school=school, classes=[a_class("5.B")])


def test_a_class_has_one_active_place_in_a_session_however_it_is_spelt():
    session = SessionFactory(max_groups=3)
    school = known_school()
    hold(session, school=school, classes=[a_class("7.A")])

    with pytest.raises(ClassAlreadyBookedError):
        hold(session, school=school, classes=[a_class(" 7 a")])

    session.refresh_from_db()
    assert session.groups_taken == 1


def test_two_schools_classes_of_the_same_name_are_not_mixed():
    session = SessionFactory(at_venue=True, max_groups=3)

    first = hold(session, school=known_school(), classes=[a_class("7.A")])
    second = hold(session, school=known_school(), classes=[a_class("7.A")])

    assert first.school != second.school
    session.refresh_from_db()
    assert session.groups_taken == 2


@pytest.mark.parametrize(
    ("typed", "expected"), [("7.A", "7a"), ("7. A", "7a"), ("7a", "7a"), ("Ø-holdet", "øholdet")]
)
def test_class_names_that_differ_in_spelling_only_are_one(typed, expected):
    assert normalise_class_name(typed) == expected


def test_a_visit_belongs_to_the_school_that_claims_it_first_and_is_free_again_when_it_leaves():
    session = SessionFactory(max_groups=2)
    first = hold(session, classes=[a_class("5.A")])
    other = known_school()

    with pytest.raises(OtherSchoolHostsError):
        hold(session, school=other)

    release_hold(booking_id=first.pk, now=timezone.now())
    session.refresh_from_db()
    assert session.host_school is None
    assert hold(session, school=other).school == other


def test_an_expired_hold_is_free_in_every_read_and_taken_by_the_next_claim():
    now = timezone.now()
    session = SessionFactory(max_groups=1)
    old = hold(session, now=now - timedelta(minutes=16))

    assert Session.objects.with_free_places(now=now).get(pk=session.pk).free_groups == 1
    new = hold(session, now=now)

    session.refresh_from_db()
    old.refresh_from_db()
    assert session.groups_taken == 1
    assert old.state == BookingState.EXPIRED
    assert new.school == session.host_school


def test_the_same_form_posted_twice_is_one_hold():
    session = SessionFactory(max_groups=3)
    key, school = uuid.uuid4(), known_school()

    first = hold(session, school=school, submission_key=key)
    second = hold(session, school=school, submission_key=key)

    session.refresh_from_db()
    assert first.pk == second.pk
    assert session.groups_taken == 1


def test_one_browser_has_one_hold_per_session_and_posting_again_changes_it():
    session = SessionFactory(max_groups=None, max_people=30)
    school = known_school()
    first = hold(session, school=school, browser_key="b", classes=[a_class(pupils=28)])

    second = hold(session, school=school, browser_key="b", classes=[a_class(pupils=30)])

    session.refresh_from_db()
    assert first.pk == second.pk
    assert session.people_taken == 30
    assert [item.pupils for item in second.classes.all()] == [30]


def test_a_change_that_does_not_fit_leaves_the_hold_as_it_was():
    session = SessionFactory(max_groups=None, max_people=30)
    school = known_school()
    first = hold(session, school=school, browser_key="b", classes=[a_class(pupils=20)])

    with pytest.raises(SessionFullError):
        hold(session, school=school, browser_key="b", classes=[a_class(pupils=31)])

    session.refresh_from_db()
    first.refresh_from_db()
    assert session.people_taken == 20
    assert first.state == BookingState.HELD


@pytest.mark.parametrize(
    ("traits", "error"),
    [
        ({"closed": True}, SessionClosedError),
        ({"draft": True}, SessionClosedError),
        ({"cancelled": True}, SessionClosedError),
        ({"past": True}, SessionClosedError),
        ({"in_days": 2}, SessionClosedError),
    ],
    ids=["closed", "draft", "cancelled", "past", "inside-the-closing-days"],
)
def test_hold_is_refused_when_the_session_takes_no_bookings(traits, error):
    session = SessionFactory(**traits)

    with pytest.raises(error):
        hold(session)


def test_hold_is_refused_when_the_offer_is_closed():
    session = SessionFactory(offer__is_open=False)

    with pytest.raises(SessionClosedError):
        hold(session)


def test_hold_is_refused_when_the_charter_does_not_cover():
    session = SessionFactory(offer__provider=ProviderFactory())

    with pytest.raises(CharterNotCoveredError):
        hold(session)

    session.refresh_from_db()
    assert session.groups_taken == 0


def test_hold_is_refused_when_a_municipal_team_is_suspended():
    provider = ProviderFactory(kind=ProviderKind.MUNICIPAL_TEAM, state=ProviderState.SUSPENDED)
    session = SessionFactory(offer__provider=provider)

    with pytest.raises(CharterNotCoveredError):
        hold(session)


def test_groups_outside_the_offers_sizes_are_refused_with_what_to_do():
    session = SessionFactory(offer__min_group_size=10, offer__max_group_size=28)
    school = known_school()

    with pytest.raises(GroupTooSmallError) as small:
        hold(session, school=school, classes=[a_class(pupils=9)])
    with pytest.raises(GroupTooLargeError) as large:
        hold(session, school=school, classes=[a_class(pupils=29)])

    assert small.value.facts == {"smallest": 10, "class_name": "5.A"}
    assert large.value.facts == {"largest": 28, "class_name": "5.A"}


def test_a_school_the_offer_excludes_is_refused_by_type_and_municipality():
    session = SessionFactory(offer__school_types=[SchoolType.FRI_PRIVAT])
    elsewhere = SchoolFactory(independent=True, municipality="Frederiksberg")

    with pytest.raises(SchoolCannotBookError) as by_type:
        hold(session, school=known_school())
    with pytest.raises(SchoolCannotBookError) as by_municipality:
        hold(session, school=elsewhere)
    with pytest.raises(SchoolCannotBookError) as by_unit:
        hold(session, school=SchoolFactory(umbrella=True))

    whys = [refusal.value.facts["why"] for refusal in (by_type, by_municipality, by_unit)]
    assert whys == ["type", "municipality", "unit"]


def test_a_person_cannot_book_a_school_session_nor_a_school_an_evening():
    evening = SessionFactory(evening=True)
    visit = SessionFactory()

    with pytest.raises(WrongPartyError):
        hold_places(
            session_id=visit.pk,
            party=Party(kind=BookingKind.PERSON, seats=1),
            contact=a_contact(),
            submission_key=uuid.uuid4(),
            browser_key="",
            now=timezone.now(),
        )
    with pytest.raises(WrongPartyError):
        hold_places(
            session_id=evening.pk,
            party=Party(kind=BookingKind.SCHOOL, school_id=known_school().pk, classes=(a_class(),)),
            contact=a_contact(),
            submission_key=uuid.uuid4(),
            browser_key="",
            now=timezone.now(),
        )


def test_an_evening_by_invitation_needs_the_link():
    evening = SessionFactory(evening=True, access=SessionAccess.INVITATION)

    with pytest.raises(NotInvitedError):
        hold(evening)

    assert hold(evening, is_invited=True).pk


def test_a_hold_can_be_extended_three_times_and_not_after_it_ran_out():
    now = timezone.now()
    booking = hold(SessionFactory(), now=now)

    for number in range(3):
        extended = extend_hold(booking_id=booking.pk, now=now + timedelta(minutes=number))
    with pytest.raises(HoldExtensionsUsedError):
        extend_hold(booking_id=booking.pk, now=now)
    with pytest.raises(HoldExpiredError):
        extend_hold(booking_id=booking.pk, now=now + timedelta(hours=1))

    assert extended.held_until == now + timedelta(minutes=2 + 15)
    assert extended.booked_sessions.get().held_until == extended.held_until


def test_a_hold_that_ran_out_can_still_be_sent_while_the_places_are_free():
    now = timezone.now()
    session = SessionFactory(max_groups=1)
    booking = hold(session, now=now - timedelta(hours=1))

    sent = submit_booking(booking_id=booking.pk, is_proven=True, now=now)

    session.refresh_from_db()
    assert sent.state == BookingState.CONFIRMED
    assert session.groups_taken == 1


def test_a_hold_that_ran_out_cannot_be_sent_when_others_took_the_places():
    now = timezone.now()
    session = SessionFactory(max_groups=1)
    school = known_school()
    late = hold(session, school=school, now=now - timedelta(hours=1))
    book(session, school=school, classes=[a_class("5.B")])

    with pytest.raises(HoldExpiredError):
        submit_booking(booking_id=late.pk, is_proven=True, now=now)

    session.refresh_from_db()
    assert session.groups_taken == 1
    assert Booking.objects.get(pk=late.pk).submitted_at is None


def test_counters_equal_the_sum_of_active_rows_after_many_changes():
    session = SessionFactory(at_venue=True, max_groups=None, max_people=100, adults_count=False)
    now = timezone.now()
    held = [hold(session, classes=[a_class(pupils=10 + number)]) for number in range(4)]
    release_hold(booking_id=held[0].pk, now=now)
    release_hold(booking_id=held[0].pk, now=now)
    submit_booking(booking_id=held[1].pk, is_proven=True, now=now)

    session.refresh_from_db()
    active = BookedSession.objects.filter(
        session=session, state__in=[BookingState.HELD, BookingState.CONFIRMED]
    )
    assert session.people_taken == sum(active.values_list("people", flat=True)) == 36


def test_an_independent_schools_offer_takes_an_independent_school():
    session = SessionFactory(offer=OfferFactory(school_types=[SchoolType.FRI_PRIVAT]))

    assert hold(session, school=known_school(independent=True)).school_type == SchoolType.FRI_PRIVAT
