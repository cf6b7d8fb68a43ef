"""The mail that asks how it went: once, after the session was held, not to those who do not want it (R6, rule 5)."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from booking.evaluation.asking import ask_for_evaluations
from booking.evaluation.emails import _build
from booking.models import BookedSession, Booking, EvaluationOptOut
from booking.operations.evaluating import stop_asking
from core.outbox.models import Message
from tests.factories.attendance import report, set_back
from tests.factories.booking import TEACHER, a_class, book
from tests.factories.evaluation import code_of, held_evening, held_visit, teacher_answers
from tests.factories.workshops import SessionFactory
from workshops.calendars import LOCAL_ZONE

pytestmark = pytest.mark.django_db


def noon() -> datetime:
    """Today at noon, when mails may go: later than what was held an hour ago, or nothing is due yet."""
    return timezone.now().astimezone(LOCAL_ZONE).replace(hour=12) + timedelta(days=1)


def asked() -> list[tuple[str, str]]:
    found = Message.objects.filter(mail_type__startswith="evaluation").order_by("pk")
    return list(found.values_list("mail_type", "to_email"))


def mail_of(session):
    booked = BookedSession.objects.select_related("booking").get(session=session)
    ids = {"booked": booked.pk, "to": booked.booking.contact_email}
    return _build(ids, "da", timezone.now())


def test_teacher_and_participant_are_asked_once_when_the_session_is_reported_as_held():
    held_visit()
    held_evening()

    assert ask_for_evaluations(noon()) == 2
    assert ask_for_evaluations(noon()) == 0

    assert sorted(asked()) == [
        ("evaluation_participant", "mor@post.example"),
        ("evaluation_teacher", TEACHER),
    ]


def test_nobody_is_asked_at_night():
    held_visit()

    assert ask_for_evaluations(noon().replace(hour=23)) == 0


def test_session_that_is_not_reported_or_was_not_held_asks_nobody():
    for why in ("", "illness"):
        session = SessionFactory()
        book(session, classes=[a_class()])
        set_back(session)
        if why:
            report(session, not_held=why)

    assert ask_for_evaluations(noon()) == 0


def test_session_reported_three_weeks_late_asks_nobody():
    held_visit()

    assert ask_for_evaluations(noon() + timedelta(days=20)) == 0


def test_whoever_has_said_no_is_not_asked_and_only_a_hash_is_kept():
    held_visit()
    stop_asking(email=TEACHER.upper(), now=timezone.now())

    assert ask_for_evaluations(noon()) == 0
    kept = EvaluationOptOut.objects.get()
    assert TEACHER not in kept.address_hash
    assert len(kept.address_hash) == 64


def test_mail_carries_the_pupils_code_where_there_is_one():
    session = held_visit()
    assert mail_of(session).placeholders["pupils_code"] == ""

    code = code_of(session)

    assert mail_of(session).placeholders["pupils_code"] == code.code
    assert mail_of(session).placeholders["pupils_url"].endswith(f"/e/{code.code}/")


@pytest.mark.parametrize("why", ["answered", "said no", "handed over", "corrected to not held"])
def test_mail_held_up_is_not_sent_when_it_no_longer_is_right(why):
    session = held_visit()
    booked = BookedSession.objects.select_related("booking").get(session=session)
    ids = {"booked": booked.pk, "to": TEACHER}
    assert _build(ids, "da", timezone.now()) is not None

    if why == "answered":
        teacher_answers(session)
    elif why == "said no":
        stop_asking(email=TEACHER, now=timezone.now())
    elif why == "handed over":
        Booking.objects.filter(pk=booked.booking_id).update(contact_email="ny@skole.example")
    else:
        report(session, not_held="illness", seen=1)

    assert _build(ids, "da", timezone.now()) is None
