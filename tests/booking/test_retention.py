"""Contact details go by themselves; the figures stay (rule 10)."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingState, Need
from booking.models import BookedClass, Booking
from booking.operations import (
    anonymise_bookings,
    delete_abandoned_forms,
    expire_overdue,
)
from core.audit.models import Entry
from core.audit.retention import all_rules
from core.outbox.models import Message
from core.outbox.operations import purge_messages
from portal.periodic.jobs import all_jobs
from tests.factories.booking import a_contact, book, hold
from tests.factories.workshops import SessionFactory

pytestmark = pytest.mark.django_db
PERSONAL = (
    "contact_name",
    "contact_email",
    "contact_phone",
    "organisation",
    "room",
    "entrance",
    "phone_on_day",
    "interpreter_language",
    "browser_key",
)


def full_contact(email):
    return a_contact(
        email,
        phone="11 11 11 11",
        organisation="Foreningen",
        needs=(Need.INTERPRETER,),
        interpreter_language="ar",
        room="12",
        entrance="Porten",
    )


@pytest.fixture
def evening():
    """A sign-up for an evening a week ahead."""
    return book(SessionFactory(evening=True, in_days=7), seats=3, contact=full_contact("p@example.dk"))


def test_a_persons_details_go_30_days_after_the_event_and_the_numbers_stay(evening):
    day = evening.booked_sessions.get().session.local_date
    last = timezone.now() + (day + timedelta(days=30) - timezone.localdate())
    assert all(getattr(evening, name) for name in PERSONAL if name not in ("phone_on_day", "browser_key"))

    kept = anonymise_bookings(last)
    gone = anonymise_bookings(last + timedelta(days=1))
    again = anonymise_bookings(last + timedelta(days=1))

    assert (kept, gone, again) == (0, 1, 0)
    evening.refresh_from_db()
    assert {name: getattr(evening, name) for name in PERSONAL} == dict.fromkeys(PERSONAL, "")
    assert evening.needs == []
    assert evening.anonymised_at == last + timedelta(days=1)
    assert (evening.state, evening.kind) == (BookingState.CONFIRMED, "person")
    assert evening.booked_sessions.get().people == 3


def test_a_teachers_details_stay_to_the_end_of_the_next_school_year():
    booking = book(SessionFactory(in_days=30), contact=full_contact("laerer@skole.example"))
    year = booking.classes.get().school_year

    assert booking.delete_after == date(year + 2, 7, 31)
    anonymise_bookings(timezone.now() + timedelta(days=3 * 365))
    booking.refresh_from_db()
    assert booking.contact_email == ""
    assert booking.school_name
    assert BookedClass.objects.values_list("name", "pupils").get() == ("5.A", 22)


def test_the_mails_about_it_go_with_it_and_its_link_ends(evening):
    later = timezone.now() + timedelta(days=60)
    assert Message.objects.about(f"booking:{evening.pk}").exists()

    anonymise_bookings(later)
    purge_messages(later)

    assert not Message.objects.about(f"booking:{evening.pk}").exists()
    evening.refresh_from_db()
    assert evening.link_generation == 2


def test_the_audit_log_gets_the_number_only(evening):
    anonymise_bookings(timezone.now() + timedelta(days=60))

    entry = Entry.objects.get(action="bookings_anonymised")
    assert (entry.subject, entry.data) == ("bookings", {"count": 1})


def test_a_form_that_was_never_sent_is_deleted_the_day_after():
    now = timezone.now()
    hold(SessionFactory(), now=now, submission_key=uuid.uuid4())

    expire_overdue(now + timedelta(minutes=16))
    kept = delete_abandoned_forms(now + timedelta(hours=23))
    deleted = delete_abandoned_forms(now + timedelta(hours=25))

    assert (kept, Booking.objects.count()) == (0, 0)
    assert deleted > 0


def test_every_kind_of_data_of_bookings_names_a_job_that_exists():
    rules = {rule.name: rule.deleted_by for rule in all_rules()}
    jobs = {job.name for job in all_jobs()}

    assert {"booking_contacts", "sign_up_contacts", "abandoned_forms"} <= set(rules)
    assert {rules[name] for name in ("booking_contacts", "sign_up_contacts", "abandoned_forms")} <= jobs
    assert {"expire_bookings", "queue_reminders"} <= jobs
