"""S29: what a closing or merging school has booked becomes tasks, and it cannot book afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.errors import SchoolCannotBookError
from booking.models import Booking
from booking.operations import cancel_booking, keep_affected_booking
from booking.operations.requesting import SCHOOL_ENDS, withdraw_request
from booking.operations.school_changes import watch_closing_schools
from booking.wording import day_text
from core.audit.log import SYSTEM
from core.worklist.models import WorkItem
from tests.booking.test_flow import answers
from tests.factories.booking import a_class, book, known_school
from tests.factories.requests import a_time, a_wish, answer, ask
from tests.factories.workshops import SchoolFactory, SessionFactory
from workshops.operations import close_school, merge_school, reopen_school

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("portal_site")]


def _day(days):
    return timezone.localdate() + timedelta(days=days)


def _close(school, days):
    return close_school(school_id=school.pk, closed_on=_day(days), actor=SYSTEM, now=timezone.now())


def _tasks():
    return list(WorkItem.objects.filter(kind="affected_booking").order_by("pk"))


def test_bookings_after_the_last_day_become_tasks_and_no_others():
    school = known_school(name="Prøvegårdens Skole")
    before, after = (book(SessionFactory(in_days=days), school=school) for days in (20, 40))
    book(SessionFactory(in_days=40), school=known_school())
    withdrawn = book(SessionFactory(in_days=41), school=school)
    cancel_booking(booking_id=withdrawn.pk, reason="other", actor=SYSTEM, now=timezone.now())

    ended = _close(school, 30)

    (task,) = _tasks()
    assert (ended.bookings, task.subject) == (1, f"booking:{after.pk}")
    assert f"{after.reference}: Prøvegårdens Skole lukker før" in task.description()
    assert day_text(_day(40)) in task.description()
    assert _day(40).isoformat() not in task.description()
    for booking in (before, after):
        booking.refresh_from_db()
        assert booking.state == "confirmed"


def test_a_merger_names_the_heir_and_changes_nothing_of_what_was_booked():
    school, heir = known_school(name="Gamle Skole"), SchoolFactory(name="Nye Skole")
    booking = book(SessionFactory(in_days=40), school=school)
    facts = Booking.objects.filter(pk=booking.pk).values(
        "school", "school_number", "school_name", "school_type", "state"
    )
    snapshot = facts.get()

    merge_school(school_id=school.pk, heir_id=heir.pk, merged_on=_day(30), actor=SYSTEM, now=timezone.now())

    assert facts.get() == snapshot
    (task,) = _tasks()
    assert "Gamle Skole bliver en del af Nye Skole før" in task.description()


def test_a_task_that_was_decided_does_not_come_back():
    school = known_school()
    booking = book(SessionFactory(in_days=40), school=school)
    _close(school, 30)

    keep_affected_booking(booking_id=booking.pk, actor=SYSTEM, now=timezone.now())
    watch_closing_schools(timezone.now())

    assert [task.is_open for task in _tasks()] == [False]


def test_the_job_finds_a_booking_that_was_under_way_when_the_school_closed():
    school = known_school()
    _close(school, 30)
    reopen_school(school_id=school.pk, actor=SYSTEM, now=timezone.now())
    book(SessionFactory(in_days=40), school=school)
    type(school).objects.filter(pk=school.pk).update(closed_on=_day(30))

    assert (watch_closing_schools(timezone.now()), watch_closing_schools(timezone.now())) == (1, 1)
    assert len(_tasks()) == 1


def test_a_closing_school_books_dates_before_its_last_day_only():
    school = known_school()
    _close(school, 30)

    book(SessionFactory(in_days=29), school=school)
    with pytest.raises(SchoolCannotBookError) as refusal:
        book(SessionFactory(in_days=30), school=school, classes=[a_class("5.B")])

    assert refusal.value.facts["why"] == "closes"


def test_a_teacher_is_told_where_a_closing_schools_class_belongs(client):
    school, heir = known_school(name="Gamle Skole"), SchoolFactory(name="Nye Skole")
    merge_school(school_id=school.pk, heir_id=heir.pk, merged_on=_day(30), actor=SYSTEM, now=timezone.now())

    page = client.post(f"/book/{SessionFactory(in_days=40).pk}/", answers(school))

    assert page.status_code == 403
    assert "Gamle Skole bliver en del af Nye Skole inden den dag. Vælg Nye Skole i stedet." in page.content.decode()  # fmt: skip


@pytest.mark.parametrize(
    ("merges", "told"),
    [
        (True, "Gamle Skole er lagt sammen med Nye Skole. Skriv «Nye Skole» i stedet."),
        (False, "Gamle Skole er lukket. Skriv den skole, hvor klassen går nu."),
    ],
    ids=["merged", "closed"],
)
def test_who_looks_for_an_old_name_is_shown_the_new_one(client, merges, told):
    school, heir = SchoolFactory(name="Gamle Skole"), SchoolFactory(name="Nye Skole")
    if merges:
        merge_school(
            school_id=school.pk, heir_id=heir.pk, merged_on=_day(0), actor=SYSTEM, now=timezone.now()
        )
    else:
        _close(school, 0)
    page = f"/book/{SessionFactory().pk}/"

    by_name = client.post(page, {"find_school": "1", "school_query": "gamle skole"}).content.decode()
    by_label = client.post(
        page, answers(school, school_query=f"Gamle Skole, Skolegade 1 ({school.institution_number})")
    ).content.decode()

    assert told in by_name
    assert told in by_label


def _request_tasks():
    return list(WorkItem.objects.open().filter(kind=SCHOOL_ENDS).order_by("pk"))


def test_open_requests_for_days_after_the_last_become_tasks_and_no_others():
    school = known_school(name="Prøvegårdens Skole")
    after = ask(school=school, wishes=[a_wish(in_days=20), a_wish(in_days=40)])
    answered = answer(ask(school=school, wishes=[a_wish(in_days=20)]), a_time(in_days=50))
    ask(school=school, wishes=[a_wish(in_days=20)])
    ask(wishes=[a_wish(in_days=40)])
    withdrawn = ask(school=school, wishes=[a_wish(in_days=40)])
    withdraw_request(request_id=withdrawn.pk, actor=SYSTEM, now=timezone.now())

    _close(school, 30)
    watch_closing_schools(timezone.now())

    tasks = _request_tasks()
    assert [task.subject for task in tasks] == [f"request:{after.pk}", f"request:{answered.pk}"]
    assert tasks[0].description() == (
        f"{after.reference}: Prøvegårdens Skole lukker den {day_text(_day(30))}. "
        "Spørg, om anmodningen stadig gælder."
    )
    answer(after)
    assert len(_request_tasks()) == 2, "an answer does not settle whether the school still asks"
    withdraw_request(request_id=after.pk, actor=SYSTEM, now=timezone.now())
    assert [task.subject for task in _request_tasks()] == [f"request:{answered.pk}"]


def test_the_task_of_a_request_names_the_heir():
    school, heir = known_school(name="Gamle Skole"), SchoolFactory(name="Nye Skole")
    ask(school=school, wishes=[a_wish(in_days=40)])

    merge_school(school_id=school.pk, heir_id=heir.pk, merged_on=_day(30), actor=SYSTEM, now=timezone.now())

    assert "Gamle Skole bliver en del af Nye Skole" in _request_tasks()[0].description()
