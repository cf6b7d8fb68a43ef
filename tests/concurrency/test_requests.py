"""Two answers to a request at once: one time is accepted, one booking made (S16)."""

import uuid

import pytest
from django.db import IntegrityError
from django.utils import timezone

from booking.models import Booking, DateRequest
from booking.operations import answering
from booking.operations.answering import accept_time
from booking.operations.noticing import tell_of_dates
from booking.operations.requesting import withdraw_request
from booking.querysets import DateRequestQuerySet
from core.audit.log import LINK
from core.outbox.models import Message
from tests.concurrency.threads import at_once, names
from tests.factories.booking import known_school
from tests.factories.requests import a_time, answer, ask
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def acceptance(request, proposal):
    return lambda: accept_time(request_id=request.pk, proposal_id=proposal.pk, actor=LINK, now=timezone.now())


@pytest.fixture
def answered():
    """A request with two times to choose from."""
    return answer(ask(), a_time(in_days=20), a_time(in_days=21))


def test_two_times_accepted_at_once_leave_one_booking(answered):
    results = at_once(*(acceptance(answered, proposal) for proposal in answered.proposals.all()))

    assert names(results) == ["OtherTimeAcceptedError", "ok"]
    assert (Session.objects.count(), Booking.objects.count()) == (1, 1)
    assert answered.proposals.filter(accepted_at__isnull=False).count() == 1


def test_the_same_time_accepted_at_once_is_one_booking_with_one_receipt(answered):
    proposal = answered.proposals.first()

    results = at_once(*[acceptance(answered, proposal)] * 4)

    assert names(results) == ["ok"] * 4
    assert len({booking.pk for booking in results}) == 1
    assert Session.objects.count() == 1
    assert Message.objects.filter(mail_type="booking_receipt").count() == 1


def test_accepted_and_withdrawn_at_once_is_one_of_the_two(answered):
    results = at_once(
        acceptance(answered, answered.proposals.first()),
        lambda: withdraw_request(request_id=answered.pk, actor=LINK, now=timezone.now()),
    )

    assert names(results) == ["RequestStateError", "ok"]
    assert Booking.objects.count() == Session.objects.count()
    assert (DateRequest.objects.get().state == "agreed") == bool(Booking.objects.count())


def test_the_same_form_twice_at_once_is_one_request():
    key, school = uuid.uuid4(), known_school()
    offer = OfferFactory(provider__contact_email="kontakt@udbyder.example")

    results = at_once(*[lambda: ask(offer, school=school, submission_key=key).pk] * 4)

    assert len(set(results)) == 1, results
    assert DateRequest.objects.count() == 1
    assert Message.objects.filter(mail_type="request_new").count() == 1


def test_the_job_on_several_nodes_tells_each_address_once():
    from tests.booking.test_date_notices import notice

    offer = OfferFactory()
    SessionFactory(offer=offer)
    for number in range(3):
        notice(offer, email=f"laerer{number}@skole.example")

    at_once(*[lambda: tell_of_dates(timezone.now())] * 3)

    assert Message.objects.filter(mail_type="notice_dates_open").count() == 3


# The negative control: the same race with the lock taken away, in the test only.


@pytest.mark.postgresql
def test_without_the_lock_the_database_still_lets_one_time_win(answered, monkeypatch):
    monkeypatch.setattr(DateRequestQuerySet, "locked", lambda self: self)
    monkeypatch.setattr(answering, "OtherTimeAcceptedError", AssertionError)

    results = at_once(*(acceptance(answered, proposal) for proposal in answered.proposals.all()))

    errors = [result for result in results if isinstance(result, Exception)]
    assert len(errors) == 1
    assert isinstance(errors[0], IntegrityError), "the race was there, and a constraint ended it"
    assert answered.proposals.filter(accepted_at__isnull=False).count() == 1
