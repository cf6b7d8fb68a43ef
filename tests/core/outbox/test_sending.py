"""Queueing and sending, one process (rule 5)."""

import email
from dataclasses import replace
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction

from core.audit.log import SYSTEM
from core.outbox import delivery, registry
from core.outbox.errors import MessageNotFailedError, UnknownMailTypeError
from core.outbox.models import Message, MessageState
from core.outbox.operations import (
    BACKOFF,
    LEASE,
    MAX_ATTEMPTS,
    purge_messages,
    queue_message,
    retry_message,
    send_due,
)
from core.worklist.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def refuse(monkeypatch):
    """The mail service is away or refuses: the outside, faked at its edge."""

    def refuse_with(error: Exception) -> None:
        def transmit(email):
            raise error

        monkeypatch.setattr(delivery, "transmit", transmit)

    return refuse_with


def test_queue_message_keeps_no_text(queue):
    message = queue()

    assert (message.state, message.subject, message.body_text, message.body_html) == ("queued", "", "", "")
    assert message.ids == {"number": 1}


def test_queue_message_with_the_same_key_changes_nothing(queue):
    first = queue()

    second = queue(to="andre@skole.example")

    assert second.pk == first.pk
    assert Message.objects.get().to_email == "laerer1@skole.example"


def test_queue_message_costs_one_statement(sample_type, now, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        queue_message(mail_type="sample", to="a@b.example", ids={}, language="da", key="k", about="", now=now)


def test_queue_message_rolls_back_with_what_it_tells(queue):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_queue_message_refuses_an_unknown_type(now):
    with pytest.raises(UnknownMailTypeError):
        queue_message(mail_type="nope", to="a@b.example", ids={}, language="da", key="k", about="", now=now)


def test_queue_message_counts_the_retention_from_when_it_is_sent(queue, now):
    message = queue(send_after=now + timedelta(days=30))

    assert message.delete_after == date(2026, 11, 20) + timedelta(days=30 + 90)


def test_send_due_sends_text_html_and_calendar_with_its_headers(queue, now, settings):
    message = queue()

    assert send_due(now=now) == 1

    sent = mail.outbox[0]
    parsed = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
    assert parsed["Subject"] == "Booking DP-1 er på plads"
    assert parsed["To"] == "laerer1@skole.example"
    assert parsed["Message-ID"] == message.message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["From"] == settings.PORTAL_MAIL_FROM
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(parsed.walk())[-1]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_filename() == "booking.ics"
    assert calendar.get_payload(decode=True).startswith(b"BEGIN:VCALENDAR")
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == ("sent", now, 1)
    assert (message.subject, message.body_text, message.attachments) == ("", "", [])


def test_send_due_keeps_the_text_in_the_demo(queue, now, settings):
    settings.PORTAL_IS_DEMO = True
    message = queue()

    send_due(now=now)

    message.refresh_from_db()
    assert message.subject == "Booking DP-1 er på plads"
    assert "DP-1" in message.body_text
    assert message.body_html.startswith("<!DOCTYPE html>")
    assert message.attachments[0]["filename"] == "booking.ics"


def test_send_due_waits_for_its_time(queue, now):
    queue(send_after=now + timedelta(hours=1))

    assert send_due(now=now) == 0
    assert send_due(now=now + timedelta(hours=1)) == 1


def test_send_due_skips_what_is_no_longer_relevant(queue, now):
    message = queue(ids={"number": 1, "irrelevant_from": now.isoformat()})

    send_due(now=now)

    message.refresh_from_db()
    assert message.state == MessageState.SKIPPED
    assert mail.outbox == []


def test_send_due_tries_again_later_and_gives_up_with_one_task(queue, now, refuse):
    message = queue()
    refuse(SMTPServerDisconnected("away"))
    moment = now

    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert send_due(now=moment) == 1
        message.refresh_from_db()
        assert message.attempts == attempt
        if attempt < MAX_ATTEMPTS:
            assert message.state == "queued"
            assert send_due(now=moment) == 0
            moment = message.send_after
            assert message.send_after - now >= BACKOFF[attempt - 1]

    assert (message.state, message.last_error) == ("failed", "SMTPServerDisconnected")
    assert WorkItem.objects.get().kind == "mail_failed"
    assert send_due(now=moment + timedelta(days=2)) == 0


def test_send_due_gives_up_at_once_on_a_refused_address(queue, now, refuse):
    message = queue()
    refuse(SMTPRecipientsRefused({"laerer1@skole.example": (550, b"no such user laerer1")}))

    send_due(now=now)

    message.refresh_from_db()
    assert (message.state, message.last_error) == ("bounced", "SMTPRecipientsRefused 550")
    assert WorkItem.objects.get().kind == "mail_bounced"


def test_send_due_tries_a_greylisted_address_again(queue, now, refuse):
    message = queue()
    refuse(SMTPRecipientsRefused({"laerer1@skole.example": (451, b"try later")}))

    send_due(now=now)

    message.refresh_from_db()
    assert message.state == "queued"


def test_send_due_goes_on_after_a_mail_that_cannot_be_built(queue, now):
    broken = queue(1, ids={})
    queue(2)

    assert send_due(now=now) == 2

    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == ("queued", "KeyError")
    assert len(mail.outbox) == 1


def test_send_due_leaves_a_message_another_worker_has(queue, now):
    message = queue()
    Message.objects.all().claim(message.pk, now=now, until=now + LEASE)

    assert send_due(now=now + timedelta(minutes=1)) == 0
    assert send_due(now=now + LEASE) == 1


def test_send_due_gives_up_a_message_that_ends_every_worker(queue, now):
    message = queue()
    Message.objects.filter(pk=message.pk).update(attempts=MAX_ATTEMPTS, leased_until=now)

    send_due(now=now)

    message.refresh_from_db()
    assert message.state == "failed"
    assert mail.outbox == []


def test_message_id_is_the_same_for_a_key_and_tells_nothing_of_it():
    first = delivery.message_id_for("booking:anna@skole.example")

    assert first == delivery.message_id_for("booking:anna@skole.example")
    assert first != delivery.message_id_for("booking:other")
    assert "anna" not in first


def test_retry_message_sends_again_and_closes_the_task(queue, now, refuse, monkeypatch):
    message = queue()
    with monkeypatch.context():
        refuse(SMTPRecipientsRefused({"x": (550, b"")}))
        send_due(now=now)
    monkeypatch.undo()

    retry_message(message_id=message.pk, actor=SYSTEM, now=now)

    assert WorkItem.objects.get().resolution == "retried"
    assert send_due(now=now) == 1
    message.refresh_from_db()
    assert message.state == "sent"


def test_retry_message_that_bounces_again_is_a_new_task(queue, now, refuse):
    message = queue()
    refuse(SMTPRecipientsRefused({"x": (550, b"")}))
    send_due(now=now)

    retry_message(message_id=message.pk, actor=SYSTEM, now=now)
    send_due(now=now)

    assert WorkItem.objects.count() == 2
    assert WorkItem.objects.open().count() == 1


def test_retry_message_refuses_what_was_sent(queue, now):
    message = queue()
    send_due(now=now)

    with pytest.raises(MessageNotFailedError):
        retry_message(message_id=message.pk, actor=SYSTEM, now=now)


def test_purge_messages_deletes_by_date(queue, now):
    queue(1)
    registry.register(replace(registry.get("sample"), retention_days=365))
    queue(2)

    assert purge_messages(now + timedelta(days=90)) == 0
    assert purge_messages(now + timedelta(days=91)) == 1
    assert list(Message.objects.values_list("key", flat=True)) == ["sample:2"]
