"""Writing to all who have booked a session (L6): whom it reaches, once, counted, in the history, gone in time."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from booking.messaging.errors import MessagesClosedError, NobodyToTellError
from booking.messaging.reading import messages_of, recipients_of
from booking.messaging.retention import forget_message_texts
from booking.models import Booking, SessionMessage
from booking.operations import withdraw_booking
from booking.operations.messaging import send_session_message
from charter.enums import MemberRole
from core.audit.log import LINK, Actor
from core.audit.models import Entry
from core.limits.errors import LimitExceededError
from core.outbox.models import Message, MessageState
from core.outbox.operations import send_due
from tests.factories.accounts import UserFactory, log_in
from tests.factories.booking import a_contact, book, hold, queue_up
from tests.factories.charter import ProviderFactory, ProviderMemberFactory
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import SessionState
from workshops.models import Session

pytestmark = pytest.mark.django_db
TEXT = "Vi mødes ved porten.\nRing til Kaja på 00 00 00 00."


@pytest.fixture
def provider(portal_site):
    return ProviderFactory(covered=True, name="Klikklar")


@pytest.fixture
def evening(provider):
    return SessionFactory(offer=OfferFactory(provider=provider, evening=True, max_people=10))


def member(provider, role=MemberRole.COORDINATOR):
    user = UserFactory()
    ProviderMemberFactory(provider=provider, user=user, role=role)
    return log_in(Client(), user)


def url(session):
    return reverse("provider_session_message", args=[session.pk])


def send(session, *, key=None, user=None, now=None, **more):
    return send_session_message(
        session_id=session.pk,
        text=TEXT,
        key=key or uuid.uuid4(),
        is_from_staff=more.pop("is_from_staff", False),
        actor=Actor.of(user or UserFactory()),
        now=now or timezone.now(),
    )


def mails():
    return list(
        Message.objects.filter(mail_type__endswith="session_message")
        .order_by("to_email")
        .values_list("to_email", flat=True)
    )


def test_a_message_is_written_shown_with_its_number_and_sent_once(provider, evening, settings):
    client = member(provider)
    for name in ("a", "b"):
        book(evening, contact=a_contact(f"{name}@example.dk"))
    form = client.get(url(evening))
    key = form.context["form"]["key"].value()
    answers = {"text": TEXT, "key": str(key)}

    preview = client.post(url(evening), {**answers, "step": "preview"}).content.decode()
    nothing_yet = mails()
    done = client.post(url(evening), {**answers, "step": "send"}, follow=True).content.decode()
    client.post(url(evening), {**answers, "step": "send"})

    assert "Beskeden går til 2 bookinger." in preview
    assert nothing_yet == []
    assert mails() == ["a@example.dk", "b@example.dk"]
    assert "Beskeden er på vej til 2 bookinger." in done
    assert "Vi mødes ved porten." in done
    assert [entry.data["recipients"] for entry in Entry.objects.filter(action="session_message_sent")] == [2]


@pytest.mark.django_db(transaction=True)
def test_the_mail_says_who_writes_what_about_which_date(provider, evening):
    booking = book(evening, contact=a_contact("a@example.dk"))
    send(evening)
    Message.objects.exclude(mail_type="sign_up_session_message").delete()

    send_due(now=timezone.now())

    [message] = mail.outbox
    assert message.to == ["a@example.dk"]
    assert message.subject == f"Besked om din tilmelding {booking.reference}"
    assert "Klikklar skriver til alle, der er tilmeldt" in message.body
    assert "Vi mødes ved porten.\nRing til Kaja på 00 00 00 00." in message.body
    assert [(item.arrived, item.failed) for item in messages_of(evening.pk)] == [(1, 0)]


def test_nothing_typed_goes_to_an_unproven_address_or_to_who_has_no_place(provider, evening):
    book(evening, contact=a_contact("proven@example.dk"))
    book(evening, contact=a_contact("unproven@example.dk"), is_proven=False)
    hold(evening, contact=a_contact("filling@example.dk"))
    left = book(evening, contact=a_contact("left@example.dk"))
    withdraw_booking(booking_id=left.pk, reason="date", actor=LINK, now=timezone.now())
    book(evening, seats=7, contact=a_contact("group@example.dk"))
    queue_up(evening, contact=a_contact("waits@example.dk"), seats=3)

    send(evening)

    assert mails() == ["group@example.dk", "proven@example.dk"]


def test_an_address_that_was_never_asked_for_proof_is_counted_and_not_written_to(provider):
    offer = OfferFactory(provider=provider, evening=True, max_people=10, asks_for_proof=False)
    session = SessionFactory(offer=offer)
    book(session, contact=a_contact("typed@example.dk"), is_proven=False)

    page = member(provider).get(url(session)).content.decode()

    assert (recipients_of(session.pk).count, recipients_of(session.pk).unproven) == (0, 1)
    assert "1 har ikke bekræftet sin mailadresse og får den ikke." in page
    with pytest.raises(NobodyToTellError):
        send(session)
    log_in(Client(), UserFactory(email="typed@example.dk"))
    assert (recipients_of(session.pk).count, recipients_of(session.pk).unproven) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_who_has_left_before_it_goes_gets_nothing(provider, evening):
    booking = book(evening, contact=a_contact("a@example.dk"))
    send(evening)
    withdraw_booking(booking_id=booking.pk, reason="date", actor=LINK, now=timezone.now())

    send_due(now=timezone.now())

    assert Message.objects.get(mail_type="sign_up_session_message").state == MessageState.SKIPPED


def test_a_session_takes_five_messages_an_hour(provider, evening):
    book(evening, contact=a_contact("a@example.dk"))
    now = timezone.now().replace(minute=1)
    for _number in range(5):
        send(evening, now=now)

    with pytest.raises(LimitExceededError):
        send(evening, now=now)

    assert SessionMessage.objects.count() == 5


@pytest.mark.parametrize(
    "change",
    [
        {"state": SessionState.CANCELLED},
        {"state": SessionState.DRAFT},
        {"ends_at": timezone.now() - timedelta(days=15), "starts_at": timezone.now() - timedelta(days=16)},
    ],
    ids=["cancelled", "draft", "long over"],
)
def test_no_message_about_what_is_dead(change, provider, evening):
    book(evening, contact=a_contact("a@example.dk"))
    Session.objects.filter(pk=evening.pk).update(**change)

    with pytest.raises(MessagesClosedError):
        send(evening)
    assert member(provider).get(url(evening)).status_code == 302


@pytest.mark.parametrize(
    ("role", "status"),
    [(MemberRole.COORDINATOR, 200), (MemberRole.FACILITATOR, 200), (MemberRole.SIGNATORY, 404)],
)
def test_who_meets_them_may_write_who_only_signs_may_not(role, status, provider, evening):
    assert member(provider, role).get(url(evening)).status_code == status


def test_staff_write_in_the_administrations_name(evening, staff_client):
    book(evening, contact=a_contact("a@example.dk"))
    client = staff_client("Sagsbehandler")
    page = reverse("session_admin_message", args=[evening.pk])
    key = client.get(page).context["form"]["key"].value()

    client.post(page, {"text": TEXT, "key": str(key), "step": "send"})

    assert SessionMessage.objects.get().is_from_staff
    inspected = client.get(reverse("sessions:inspect", args=[evening.pk])).content.decode()
    assert page in inspected
    assert "Vi mødes ved porten." in inspected
    assert "Fra administrationen." in inspected


def test_an_editor_sees_no_message_on_a_session(evening, staff_client):
    book(evening, contact=a_contact("a@example.dk"))
    send(evening)

    page = staff_client("Redaktør").get(reverse("sessions:inspect", args=[evening.pk])).content.decode()

    assert "Vi mødes ved porten." not in page


def test_the_text_goes_a_year_after_the_session_and_the_number_stays(evening):
    book(evening, contact=a_contact("a@example.dk"))
    send(evening)
    later = evening.starts_at + timedelta(days=364)

    assert forget_message_texts(later) == 0
    assert forget_message_texts(later + timedelta(days=3)) == 1
    assert forget_message_texts(later + timedelta(days=3)) == 0

    message = SessionMessage.objects.get()
    assert (message.text, message.sent_by, message.recipients) == ("", None, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_takes_the_same_queries(count, evening, django_assert_num_queries):
    for number in range(count):
        book(evening, contact=a_contact(f"p{number}@example.dk"))
    for _number in range(count):
        send(evening)

    with django_assert_num_queries(3):
        found = messages_of(evening.pk)

    assert [item.under_way for item in found] == [count] * count
    assert Booking.objects.count() == count
