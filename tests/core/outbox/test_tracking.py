"""What the mail service reports: by the webhook as it comes in, secret and all (N4)."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from core.audit.log import SYSTEM
from core.outbox.delivery import METADATA_KEY
from core.outbox.models import Delivery
from core.outbox.operations import close_undelivered, record_delivery, retry_message, send_due
from core.worklist.models import WorkItem

pytestmark = pytest.mark.django_db
HAPPENED_AT = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
SECRET = "Basic " + b64encode(b"reporter:tests-only").decode()


@pytest.fixture
def report(client):
    """Post a report as Brevo does."""

    def post(message, event, authorization=SECRET):
        return client.post(
            "/anymail/brevo/tracking/",
            json.dumps(
                {
                    "event": event,
                    "email": message.to_email,
                    "id": 1,
                    "message-id": "<set-by-the-service@brevo.example>",
                    "ts_epoch": int(HAPPENED_AT.timestamp() * 1000),
                    "X-Mailin-custom": json.dumps({METADATA_KEY: message.message_id}),
                }
            ),
            content_type="application/json",
            headers={"authorization": authorization} if authorization else {},
        )

    return post


def test_a_delivery_is_stored_with_its_time(queue, now, report):
    message = queue()
    send_due(now=now)

    assert report(message, "delivered").status_code == 200

    message.refresh_from_db()
    assert message.state == "delivered"
    assert [(row.event, row.happened_at) for row in Delivery.objects.all()] == [("delivered", HAPPENED_AT)]


def test_a_bounce_is_a_task(queue, now, report):
    message = queue()
    send_due(now=now)

    report(message, "hard_bounce")

    message.refresh_from_db()
    assert (message.state, message.can_retry) == ("bounced", True)
    item = WorkItem.objects.get()
    assert (item.kind, item.subject, item.data) == (
        "mail_bounced",
        f"message:{message.pk}",
        {"mail_type": "sample", "about": "booking:1"},
    )


def test_a_report_told_twice_changes_nothing(queue, now, report):
    message = queue()
    send_due(now=now)

    report(message, "hard_bounce")
    report(message, "hard_bounce")

    assert (Delivery.objects.count(), WorkItem.objects.count()) == (1, 1)


@pytest.mark.parametrize("event", ["opened", "unique_opened", "click"])
def test_nobody_is_watched_reading(queue, now, report, event):
    message = queue()
    send_due(now=now)

    assert report(message, event).status_code == 200

    message.refresh_from_db()
    assert message.state == "sent"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("authorization", [None, "Basic " + b64encode(b"reporter:wrong").decode()])
def test_a_report_without_the_secret_is_refused(queue, now, report, authorization):
    message = queue()
    send_due(now=now)

    response = report(message, "hard_bounce", authorization)

    assert response.status_code == 400
    message.refresh_from_db()
    assert message.state == "sent"


def test_the_webhook_alone_needs_no_csrf_token(queue, now):
    message = queue()
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(
        "/anymail/brevo/tracking/",
        json.dumps({"event": "delivered", "X-Mailin-custom": json.dumps({METADATA_KEY: message.message_id})}),
        content_type="application/json",
        headers={"authorization": SECRET},
    )

    assert answer.status_code == 200
    assert strict.post("/was/", {}).status_code == 403


def tell(message, event, minute, *, now):
    return record_delivery(
        message_id=message.message_id,
        event=event,
        happened_at=HAPPENED_AT + timedelta(minutes=minute),
        description="",
        now=now,
    )


@pytest.mark.parametrize(
    ("told", "state", "open_tasks"),
    [
        pytest.param([("bounced", 1), ("delivered", 2)], "delivered", 0, id="came-through-later"),
        pytest.param(
            [("delivered", 2), ("bounced", 1)], "delivered", 0, id="late-report-of-an-earlier-bounce"
        ),
        pytest.param([("delivered", 1), ("bounced", 2)], "bounced", 1, id="came-back-after-all"),
        pytest.param([("bounced", 2), ("delivered", 1)], "bounced", 1, id="late-report-of-delivery"),
        pytest.param([("deferred", 1), ("delivered", 2)], "delivered", 0, id="delayed"),
        pytest.param([("delivered", 2), ("deferred", 3)], "delivered", 0, id="late-report-of-delay"),
        pytest.param([("rejected", 1)], "bounced", 1, id="refused"),
        pytest.param([("delivered", 1), ("complained", 2)], "delivered", 0, id="marked-as-spam"),
        pytest.param([("bounced", 1), ("bounced", 1)], "bounced", 1, id="told-twice"),
    ],
)
def test_the_newest_report_decides_in_whatever_order_they_come(queue, now, told, state, open_tasks):
    message = queue()
    send_due(now=now)

    for event, minute in told:
        tell(message, event, minute, now=now)

    message.refresh_from_db()
    assert message.state == state
    assert WorkItem.objects.open().count() == open_tasks


def test_reports_of_the_sending_before_a_retry_decide_nothing(queue, now):
    message = queue()
    send_due(now=now)
    tell(message, "bounced", 1, now=now)
    retry_message(message_id=message.pk, actor=SYSTEM, now=HAPPENED_AT + timedelta(minutes=10))

    tell(message, "failed", 2, now=now)

    message.refresh_from_db()
    assert message.state == "queued"
    assert not WorkItem.objects.open().exists()
    assert Delivery.objects.count() == 2


def test_the_task_says_what_to_do_and_closes_when_the_address_is_replaced(queue, now):
    message = queue(to="gammel@skole.example")
    other = queue(2, to="anden@skole.example", about="booking:1")
    for each in (message, other):
        tell(each, "bounced", 1, now=now)
    item = WorkItem.objects.get(subject=f"message:{message.pk}")

    closed = close_undelivered(to="Gammel@skole.example", about="booking:1", actor=SYSTEM, now=now)

    assert "ring, og ret adressen" in item.description()
    assert item.kind_title() == "Mailen kom ikke frem"
    assert "@" not in item.description() + str(item.data)
    assert item.url == "/admin/bookinger/1/"
    item.refresh_from_db()
    assert (closed, item.resolution) == (1, "address_changed")
    assert WorkItem.objects.open().get().subject == f"message:{other.pk}"


def test_a_delivery_reported_before_our_commit_keeps_the_message_from_going_again(queue, now):
    """The worker was killed between the service's answer and our commit; its report says that it went."""
    message = queue()

    record_delivery(
        message_id=message.message_id, event="delivered", happened_at=HAPPENED_AT, description="", now=now
    )

    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("delivered", HAPPENED_AT)
    assert send_due(now=now) == 0


def test_a_report_without_a_time_is_stored_once(queue, now):
    message = queue()

    for _ in range(2):
        record_delivery(
            message_id=message.message_id, event="deferred", happened_at=None, description="", now=now
        )

    assert Delivery.objects.get().happened_at == now


def test_a_report_on_an_unknown_message_is_ignored(queue, now):
    assert (
        record_delivery(message_id="<x@y>", event="bounced", happened_at=None, description="", now=now)
        is None
    )
