"""What happens when nobody answers a booking that asks for approval (S15)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from booking.enums import BookingState
from booking.links import manage_path
from booking.models import Booking
from booking.operations import answer_overdue_approvals, approve_booking
from booking.rules import approval_deadline
from charter.enums import ProviderState
from charter.models import Provider
from core.audit.log import SYSTEM
from core.outbox.models import Message
from core.outbox.registry import get
from core.outbox.rendering import render
from core.worklist.models import WorkItem
from tests.factories.booking import book
from tests.factories.workshops import OfferFactory, SessionFactory, a_package
from workshops.enums import Approval, IfSilent
from workshops.models import Offer

pytestmark = pytest.mark.django_db


def waiting_for_answer(if_silent, **more):
    offer = OfferFactory(
        approval=Approval.ADMINISTRATION, approval_days=3, approval_if_silent=if_silent, **more
    )
    return book(SessionFactory(offer=offer))


def mails(booking):
    found = Message.objects.filter(about=f"booking:{booking.pk}", to_email=booking.contact_email)
    return list(found.order_by("pk").values_list("mail_type", flat=True))


def text_of(booking, language="da"):
    mail = Message.objects.get(about=f"booking:{booking.pk}", mail_type="booking_received")
    content = get(mail.mail_type).build(mail.ids, language, timezone.now())
    return " ".join(
        render(get(mail.mail_type), content, language=language, delete_on=timezone.localdate()).text.split()
    )


@pytest.mark.parametrize(("days", "answer"), [(1, "fredag 27. november"), (10, "søndag 6. december")])
def test_mail_and_page_say_by_when_this_offer_answers(days, answer, time_machine, client, portal_site):
    time_machine.move_to(datetime(2026, 11, 26, 12, 30, tzinfo=UTC), tick=False)
    offer = OfferFactory(approval=Approval.ADMINISTRATION, approval_days=days)
    booking = book(SessionFactory(offer=offer, starts_at=datetime(2027, 1, 14, 9, tzinfo=UTC)))
    says = f"Du hører fra os senest {answer} kl. 13.30."

    page = client.get(manage_path(booking)).content.decode()

    assert says in text_of(booking)
    assert f"Vi ser på din booking, og så længe holder vi tiden til dig. {says}" in page
    Booking.objects.update(approval_due_at=None)
    assert "Du hører fra os hurtigst muligt." in text_of(booking)


def open_kinds(booking):
    items = WorkItem.objects.filter(subject=f"booking:{booking.pk}", closed_at=None)
    return sorted(items.values_list("kind", flat=True))


def after_deadline(booking):
    return booking.approval_due_at + timedelta(minutes=1)


def test_nothing_happens_before_the_deadline():
    booking = waiting_for_answer(IfSilent.DECLINE)

    assert answer_overdue_approvals(booking.approval_due_at - timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    ("if_silent", "state", "mail"),
    [
        (IfSilent.CONFIRM, BookingState.CONFIRMED, "booking_receipt"),
        (IfSilent.DECLINE, BookingState.DECLINED, "booking_declined"),
    ],
)
def test_silence_is_answered_as_the_offer_says_once(if_silent, state, mail):
    booking = waiting_for_answer(if_silent)
    late = after_deadline(booking)

    assert (answer_overdue_approvals(late), answer_overdue_approvals(late)) == (1, 0)

    booking.refresh_from_db()
    assert booking.state == state
    assert mails(booking) == ["booking_received", mail]
    assert open_kinds(booking) == []


def test_escalating_asks_the_administration_and_tells_the_booker_once():
    booking = waiting_for_answer(IfSilent.ESCALATE)
    late = after_deadline(booking)

    answer_overdue_approvals(late)
    answer_overdue_approvals(late + timedelta(days=2))

    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL
    assert mails(booking) == ["booking_received", "booking_delayed"]
    assert open_kinds(booking) == ["approval_overdue", "booking_approval"]
    approve_booking(booking_id=booking.pk, actor=SYSTEM, now=late)
    assert open_kinds(booking) == []


def test_confirming_by_silence_asks_the_gate():
    booking = waiting_for_answer(IfSilent.CONFIRM)
    Provider.objects.update(state=ProviderState.SUSPENDED)

    answer_overdue_approvals(after_deadline(booking))

    booking.refresh_from_db()
    assert booking.state == BookingState.AWAITING_APPROVAL
    assert "approval_overdue" in open_kinds(booking)


def test_the_deadline_is_local_days_and_leaves_the_last_day_free():
    # Monday 19 October 2026 at 12:00 in Copenhagen; the clocks change on the 25th.
    asked = datetime(2026, 10, 23, 10, tzinfo=UTC)
    far = datetime(2026, 12, 1, 8, tzinfo=UTC)
    near = datetime(2026, 10, 25, 8, tzinfo=UTC)

    assert approval_deadline(now=asked, days=3, starts_at=far) == datetime(2026, 10, 26, 11, tzinfo=UTC)
    assert approval_deadline(now=asked, days=3, starts_at=near) == datetime(2026, 10, 24, 8, tzinfo=UTC)
    assert timezone.is_aware(approval_deadline(now=asked, days=3, starts_at=far))


def test_a_package_is_answered_as_its_visit_says_whatever_the_evening_says():
    visit, evening = a_package(title="Aften", approval_if_silent=IfSilent.CONFIRM)
    Offer.objects.filter(pk=visit.offer_id).update(
        title="Å, et besøg", approval=Approval.ADMINISTRATION, approval_if_silent=IfSilent.DECLINE
    )
    booking = book(visit, evening_id=evening.pk)

    answer_overdue_approvals(after_deadline(booking))

    booking.refresh_from_db()
    assert booking.state == BookingState.DECLINED
