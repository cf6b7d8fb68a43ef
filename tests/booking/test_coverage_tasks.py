"""Rule 3: whatever ends coverage makes tasks and tells; whatever brings it back closes them (C5, C6)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from booking.enums import BookingState
from charter import observers
from charter.coverage import coverage_of
from charter.enums import CoverageState, Transition
from charter.operations import (
    change_provider_state,
    publish_version,
    unpublish_version,
    withdraw_charter,
    withdraw_signature,
)
from core.audit.log import SYSTEM
from core.outbox.models import Message
from core.worklist.models import WorkItem
from tests.factories.booking import book
from tests.factories.charter import (
    CharterTextFactory,
    CharterVersionFactory,
    ProviderMemberFactory,
    SignatureFactory,
)
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
NEXT_YEAR = {"covers_from": date(2027, 1, 1), "covers_until": date(2027, 12, 31)}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booked():
    """A provider signed for this year and the next, with a booking in December and one in January."""
    this_year = SignatureFactory()
    provider = this_year.provider
    renewal = SignatureFactory(provider=provider, **NEXT_YEAR)
    ProviderMemberFactory(provider=provider)
    offer = OfferFactory(provider=provider)
    december, january = (book(SessionFactory(offer=offer, in_days=days)) for days in (40, 80))
    return provider, this_year, renewal, december, january


def tasks() -> dict[str, str]:
    """Return the open tasks: which booking, and why."""
    items = WorkItem.objects.open().filter(kind="affected_booking").order_by("subject")
    return {item.subject: item.data["cause"] for item in items}


def subject(booking) -> str:
    return f"booking:{booking.pk}"


def withdraw(provider, ends_on):
    withdraw_charter(provider_id=provider.pk, ends_on=ends_on, reason="Aftalt", actor=SYSTEM, now=NOW)


def step(provider, transition):
    change_provider_state(
        provider_id=provider.pk,
        transition=transition,
        actor=SYSTEM,
        now=NOW,
        reason="Aftalt",
        decision_reference="2026-1",
        asked_by_provider=transition == Transition.END,
    )


def test_a_withdrawal_makes_tasks_of_what_lies_after_it_and_tells_the_signatories(booked):
    provider, _signature, _renewal, december, january = booked

    withdraw(provider, date(2026, 12, 20))

    assert tasks() == {subject(january): "withdrawn"}
    december.refresh_from_db()
    january.refresh_from_db()
    assert {december.state, january.state} == {BookingState.CONFIRMED}
    assert Message.objects.filter(mail_type="charter_withdrawn").count() == 1


def test_a_refused_renewal_makes_tasks_of_next_years_bookings_only_and_says_so(booked):
    provider, _signature, renewal, _december, january = booked

    withdraw_signature(
        signature_id=renewal.pk, ends_on=date(2027, 1, 1), reason="Afslag", actor=SYSTEM, now=NOW
    )

    assert tasks() == {subject(january): "refused_renewal"}
    assert coverage_of(provider, today=NOW.date()).state == CoverageState.COVERED
    item = WorkItem.objects.get(kind="affected_booking")
    assert "fornyelsen er afvist" in item.description()
    assert Message.objects.filter(mail_type="charter_withdrawn").count() == 1


@pytest.mark.parametrize(
    ("transition", "cause", "mail"),
    [
        (Transition.SUSPEND, "suspended", "provider_suspended"),
        (Transition.END, "ended", "provider_ended"),
        (Transition.DECLINE_CHARTER, "declined", "provider_ended"),
    ],
)
def test_suspension_ending_and_declining_make_tasks_of_every_booking_ahead(booked, transition, cause, mail):
    provider, *_signatures, december, january = booked

    step(provider, transition)

    assert tasks() == {subject(december): cause, subject(january): cause}
    told = set(Message.objects.values_list("mail_type", flat=True))
    assert mail in told or transition == Transition.DECLINE_CHARTER


@pytest.fixture
def draft(booked):
    draft = CharterVersionFactory(number=2, draft=True)
    CharterTextFactory(version=draft)
    return draft


def publish(draft):
    publish_version(version_id=draft.pk, required_from=date(2027, 1, 1), actor=SYSTEM, now=NOW)


def test_a_new_version_makes_tasks_from_its_day_on(booked, draft):
    *_rest, january = booked

    publish(draft)

    assert tasks() == {subject(january): "new_version"}


def test_taking_the_version_back_closes_the_tasks_it_made(booked, draft):
    publish(draft)

    unpublish_version(version_id=draft.pk, actor=SYSTEM, now=NOW)

    assert tasks() == {}
    assert set(WorkItem.objects.filter(kind="affected_booking").values_list("resolution", flat=True)) == {
        "covered_again"
    }


def test_signing_the_new_version_closes_the_tasks(booked, draft):
    provider, *_rest = booked
    publish(draft)
    SignatureFactory(provider=provider, version=draft, **NEXT_YEAR)

    observers.coverage_restored([provider.pk], now=NOW)

    assert tasks() == {}


def test_reactivation_closes_only_what_is_covered_again(booked):
    provider, _signature, renewal, _december, january = booked
    withdraw_signature(
        signature_id=renewal.pk, ends_on=date(2027, 1, 1), reason="Afslag", actor=SYSTEM, now=NOW
    )
    step(provider, Transition.SUSPEND)
    assert len(tasks()) == 2

    step(provider, Transition.REACTIVATE)

    assert tasks() == {subject(january): "refused_renewal"}


def test_a_task_for_another_reason_stays_open(booked):
    provider, *_rest, december, _january = booked
    WorkItem.objects.create(
        key="x",
        kind="affected_booking",
        subject=subject(december),
        provider_id=provider.pk,
        data={"cause": "session_moved"},
        opened_at=NOW,
    )

    observers.coverage_restored([provider.pk], now=NOW)

    assert tasks() == {subject(december): "session_moved"}


def test_a_plain_lapse_makes_no_task_but_closes_the_dates_at_once_and_a_renewal_opens_them_without_any_job():
    provider = SignatureFactory().provider
    session = SessionFactory(offer=OfferFactory(provider=provider), in_days=70)
    url = f"/book/{session.pk}/"
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    shown = []

    def look(moment):
        with time_machine.travel(moment, tick=False):
            page = Client().get(url).content.decode()
            bookable = Session.objects.bookable(now=moment).filter(pk=session.pk).exists()
        shown.append(('name="submission_key"' in page, bookable))

    look(midnight - timedelta(seconds=1))
    SignatureFactory(provider=provider, **NEXT_YEAR)
    look(midnight - timedelta(seconds=1))
    look(midnight)
    withdraw_charter(
        provider_id=provider.pk, ends_on=date(2027, 1, 1), reason="Opsagt", actor=SYSTEM, now=midnight
    )
    look(midnight)

    assert shown == [(False, False), (True, True), (True, True), (False, False)]
    assert tasks() == {}
