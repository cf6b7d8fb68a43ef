"""Asking for the report: the mail, the reminder by day, the task (L8, rule 5)."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail

from booking.attendance.asking import ask_for_reports, open_tasks_for_reports
from booking.attendance.links import report_url
from booking.attendance.retention import forget_notes
from booking.models import SessionReport
from charter.enums import MemberRole
from core.outbox.models import Message
from core.outbox.operations import send_due
from core.worklist.models import WorkItem
from tests.factories.accounts import UserFactory
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, book
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory, local_start
from workshops.calendars import LOCAL_ZONE
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(portal_site):
    provider = ProviderFactory(covered=True)
    for email, role, name in (
        ("kaja@udbyder.example", MemberRole.COORDINATOR, "Kaja"),
        ("finn@udbyder.example", MemberRole.FACILITATOR, "Finn Fortæller"),
        ("frida@udbyder.example", MemberRole.FACILITATOR, "Frida Fri"),
    ):
        first, _space, last = name.partition(" ")
        user = UserFactory(email=email, first_name=first, last_name=last)
        ProviderMemberFactory(provider=provider, user=user, role=role)
    return provider


@pytest.fixture
def visit(provider):
    """A visit held by Finn, 9 to 10.30 yesterday."""
    session = SessionFactory(offer=OfferFactory(provider=provider), facilitator="Finn Fortæller")
    book(session, classes=[a_class("5.A", pupils=22)])
    return set_back(session, ended_at=local_start(in_days=-1, at=time(10, 30)))


def mails(kind="session_report"):
    return sorted(Message.objects.filter(mail_type=kind).values_list("to_email", flat=True))


def later(session, **delta) -> datetime:
    return session.ends_at + timedelta(**delta)


def next_day(session, hour: int) -> datetime:
    day = session.ends_at.astimezone(LOCAL_ZONE).date() + timedelta(days=1)
    return datetime.combine(day, time(hour), tzinfo=LOCAL_ZONE)


def test_mail_goes_to_coordinators_and_to_the_one_who_held_it_once_it_is_over(visit):
    assert ask_for_reports(later(visit, minutes=-5)) == 0

    assert ask_for_reports(later(visit, minutes=5)) == 2
    assert ask_for_reports(later(visit, minutes=10)) == 0

    assert mails() == ["finn@udbyder.example", "kaja@udbyder.example"]


def test_mail_says_what_was_booked_and_carries_the_link(visit):
    now = later(visit, minutes=5)
    ask_for_reports(now)
    mail.outbox.clear()

    send_due(now=now)

    sent = next(one for one in mail.outbox if one.to == ["finn@udbyder.example"])
    assert report_url(visit) in sent.body
    assert "5.A: 22 elever" in sent.body
    assert "Lea Lærer" not in sent.body
    assert visit.title not in sent.subject


@pytest.mark.parametrize("how", ["reported", "cancelled", "moved"])
def test_queued_mail_is_not_sent_when_it_no_longer_is_true(visit, how):
    now = later(visit, minutes=5)
    ask_for_reports(now)
    mail.outbox.clear()

    if how == "reported":
        report(visit, classes=(20,), now=now)
    elif how == "cancelled":
        Session.objects.filter(pk=visit.pk).update(state=SessionState.CANCELLED)
    else:
        set_back(visit, ended_at=now + timedelta(days=3))
    send_due(now=now)

    assert [one for one in mail.outbox if "den" in one.subject and "Hvor mange" in one.subject] == []


def test_reminder_goes_the_next_day_between_8_and_20(visit):
    ask_for_reports(later(visit, minutes=5))

    ask_for_reports(next_day(visit, 7))
    assert mails("session_report_reminder") == []
    ask_for_reports(next_day(visit, 8))
    assert mails("session_report_reminder") == ["finn@udbyder.example", "kaja@udbyder.example"]
    assert ask_for_reports(next_day(visit, 19)) == 0


def test_nobody_is_reminded_once_it_is_reported(visit):
    ask_for_reports(later(visit, minutes=5))
    report(visit, classes=(20,), now=later(visit, minutes=30))

    ask_for_reports(next_day(visit, 9))

    assert mails("session_report_reminder") == []


def test_session_nobody_booked_is_not_asked_about(provider):
    session = set_back(SessionFactory(offer=OfferFactory(provider=provider)))

    assert ask_for_reports(later(session, minutes=5)) == 0


def test_task_is_made_after_three_days_once_and_stays_closed(visit):
    assert open_tasks_for_reports(later(visit, days=2)) == 0

    assert open_tasks_for_reports(later(visit, days=3, hours=2)) == 1
    assert open_tasks_for_reports(later(visit, days=4)) == 0

    item = WorkItem.objects.get(kind="report_missing")
    assert visit.provider.name in item.description()
    assert item.url.endswith(f"/tider/{visit.pk}/indberet/")
    report(visit, classes=(20,), now=later(visit, days=4))
    item.refresh_from_db()
    assert not item.is_open
    assert open_tasks_for_reports(later(visit, days=5)) == 0


def test_notes_go_after_two_years_and_the_figures_stay(visit):
    report(visit, classes=(20,), note="Projektoren virkede ikke", now=later(visit, hours=1))

    assert forget_notes(later(visit, days=729)) == 0
    assert forget_notes(later(visit, days=732)) == 1

    made = SessionReport.objects.get()
    assert (made.note, made.people) == ("", 20)
    assert forget_notes(later(visit, days=733)) == 0
