"""The report of the effect of fair shares: who got a visit, whom the rules turned away, what was kept back (S22)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from booking.errors import NewSchoolsFirstError, SchoolCapError
from booking.fairness_report import Reserved, report_of, school_years
from booking.operations import change_booking, move_booking, withdraw_booking
from booking.party import Party
from core.audit.log import LINK, SYSTEM
from core.audit.models import Entry
from tests.booking.test_requests import accept
from tests.factories.booking import a_class, a_contact, book, known_school
from tests.factories.requests import a_time, answer, ask_urgently
from tests.factories.workshops import OfferFactory, SchoolFactory, SessionFactory, a_course
from workshops.calendars import local_date_of, school_year_of
from workshops.models import Session
from workshops.operations import change_limits
from workshops.rules import Limits

pytestmark = pytest.mark.django_db
REPORT_QUERIES = 9


@pytest.fixture
def now():
    return timezone.now()


def on(day, **more):
    """A session that counts on a day; its start does not matter to the report."""
    session = SessionFactory(**more)
    Session.objects.filter(pk=session.pk).update(local_date=day)
    session.refresh_from_db()
    return session


@pytest.fixture
def year(now):
    return school_year_of(local_date_of(now))


def in_year(year, month=10):
    return date(year if month >= 8 else year + 1, month, 5)


def test_schools_with_a_visit_and_those_for_the_first_time(now, year):
    offer = OfferFactory(max_groups=3)
    old, new, none = known_school(), known_school(domain="ny.example"), SchoolFactory()
    book(on(in_year(year - 1), offer=offer), school=old)
    book(on(in_year(year), offer=offer), school=old, classes=[a_class("5.A"), a_class("5.B"), a_class("5.C")])
    book(on(in_year(year, 3), offer=offer), school=new, contact=a_contact("l@ny.example"))
    left = book(on(in_year(year, 4), offer=offer), school=new, contact=a_contact("l@ny.example"))
    withdraw_booking(booking_id=left.pk, reason="date", actor=LINK, now=now)

    report = report_of(year, now=now)

    assert (report.schools, report.served, report.first_visits, report.never_served) == (3, 2, 1, 1)
    assert report.classes == 4
    assert [band.schools for band in report.bands] == [1, 0, 1, 0]
    assert (report_of(year - 1, now=now).served, report_of(year - 1, now=now).first_visits) == (1, 1)
    assert none.pk


def test_a_class_in_a_course_counts_once(now):
    first, _second = a_course(30, 37)
    book(first)

    assert report_of(school_year_of(first.local_date), now=now).classes == 1


def test_whom_the_most_classes_per_term_turned_away(now, year):
    offer = OfferFactory(max_groups=3, max_classes_per_term=1, title="Med loft")
    first, second = on(in_year(year), offer=offer), on(in_year(year, 11), offer=offer)
    school = known_school()
    booked = book(first, school=school, classes=[a_class("5.A")])

    for _attempt in range(2):
        with pytest.raises(SchoolCapError):
            book(second, school=school, classes=[a_class("5.B")])

    report = report_of(year, now=now)
    (shares,) = report.offers
    assert (report.stopped_by_cap, report.stopped_by_days) == (1, 0), "the same date tried twice is one"
    assert (report.stopped_schools, report.stopped_and_served) == (1, 1)
    assert (shares.offer, shares.schools, shares.classes, shares.most) == (offer, 1, 1, 1)
    assert shares.stopped_by_cap == 1
    assert booked.pk


def test_a_change_and_a_move_that_are_turned_away_count_too(now, year):
    offer = OfferFactory(max_groups=3, max_classes_per_term=1)
    autumn, spring = on(in_year(year), offer=offer), on(in_year(year, 3), offer=offer)
    school = known_school()
    booked = book(autumn, school=school, classes=[a_class("5.A")])
    book(spring, school=school, classes=[a_class("5.A")])
    party = Party(kind="school", school_id=school.pk, classes=(a_class("5.A"), a_class("5.B")))

    with pytest.raises(SchoolCapError):
        change_booking(booking_id=booked.pk, party=party, contact=a_contact(), actor=LINK, now=now)
    with pytest.raises(SchoolCapError):
        move_booking(
            booking_id=booked.pk,
            booked_session_id=booked.booked_sessions.get().pk,
            to_session_id=on(in_year(year, 4), offer=offer).pk,
            actor=LINK,
            now=now,
        )

    assert report_of(year, now=now).stopped_by_cap == 2
    assert Entry.objects.filter(action="booking_changed").count() == 0


def test_what_was_booked_in_the_days_for_new_schools_and_whom_they_turned_away(now, year):
    offer = OfferFactory(max_groups=3, new_schools_first_days=14)
    early, late = on(in_year(year), offer=offer), on(in_year(year, 11), offer=offer)
    Session.objects.filter(pk=early.pk).update(announced_at=now - timedelta(days=30))
    Session.objects.filter(pk=late.pk).update(announced_at=now - timedelta(days=1))
    served, fresh = known_school(), known_school(domain="ny.example")
    book(early, school=served)
    with pytest.raises(NewSchoolsFirstError):
        book(late, school=served, classes=[a_class("5.B")])
    book(late, school=fresh, contact=a_contact("l@ny.example"), classes=[a_class("6.A"), a_class("6.B")])

    report = report_of(year, now=now)

    (shares,) = report.offers
    assert (shares.in_the_days, shares.after_the_days) == (2, 1)
    assert (report.stopped_by_cap, report.stopped_by_days) == (0, 1)


def test_what_became_of_the_places_kept_back(now):
    offer = OfferFactory(max_groups=3)
    session = SessionFactory(offer=offer, max_groups=3, in_days=5)
    Session.objects.filter(pk=session.pk).update(reserved=3)
    past = SessionFactory(offer=offer, max_groups=3, in_days=-1)
    Session.objects.filter(pk=past.pk).update(reserved=2)
    Session.objects.update(local_date=session.local_date)
    urgent = ask_urgently(school=known_school())
    answer(
        urgent,
        a_time(in_days=5, session_id=session.pk),
        party=Party(kind="school", classes=(a_class(),)),
    )
    accept(urgent)
    change_limits(session_id=session.pk, limits=Limits(3, None, 1), now=now, actor=SYSTEM)

    report = report_of(school_year_of(session.local_date), now=now)

    assert report.reserved == Reserved(used=1, released=1, unused=2, standing=1)


@pytest.mark.parametrize("number", [1, 3])
def test_the_report_costs_the_same_whatever_is_booked(django_assert_num_queries, now, year, number):
    for place in range(number):
        offer = OfferFactory(max_groups=3, max_classes_per_term=1, new_schools_first_days=5)
        school = known_school(domain=f"s{place}.example")
        contact = a_contact(f"l@s{place}.example")
        book(on(in_year(year), offer=offer), school=school, contact=contact)
        with pytest.raises((SchoolCapError, NewSchoolsFirstError)):
            book(on(in_year(year, 11), offer=offer), school=school, contact=contact)

    with django_assert_num_queries(REPORT_QUERIES):
        report_of(year, now=now)


def test_staff_read_the_report_by_school_year(staff_client, portal_site, now, year):
    offer = OfferFactory(max_classes_per_term=2, title="Med loft")
    book(on(in_year(year), offer=offer))
    on(in_year(year - 1), offer=offer)
    client = staff_client("Revisor")

    page = client.get("/admin/bookinger/fordeling/").content.decode()
    before = client.get(f"/admin/bookinger/fordeling/?year={year - 1}").content.decode()

    assert school_years(now=now) == [year, year - 1]
    assert f"Skoler i {year}/{(year + 1) % 100:02d}" in page
    assert "1 af 1" in page
    assert "Med loft" in page
    assert "0 af 1" in before
    assert client.get("/admin/bookinger/fordeling/?year=x").status_code == 200
    assert "/admin/bookinger/fordeling/" in client.get("/admin/").content.decode()
