"""What the mail service reports: by the webhook as it comes in, secret and all (N4)."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from core.outbox.delivery import METADATA_KEY
from core.outbox.models import Delivery
from core.outbox.operations import record_delivery, send_due
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
