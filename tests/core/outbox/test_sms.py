"""Text messages: what fits, what a gateway may answer, and that nothing is sent while there is none (ADR 15)."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from core.audit.log import SYSTEM
from core.outbox import sms
from core.outbox.checks import check_sms_gateway
from core.outbox.models import Message, MessageState
from core.outbox.operations import BACKOFF, Draft, queue_messages, retry_message, send_due
from core.outbox.registry import Content, MailType, all_types, register, unregister
from core.outbox.rendering import render_sms
from core.outbox.rules import problems_of
from core.outbox.texts import Wording, default_wording, parse
from core.worklist.models import WorkItem

HTTP = "core.outbox.sms.HttpGateway"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))
        self.send_response(self.server.answer)
        if self.server.answer == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    """A gateway on this machine; `answer` is what it says to the next texts."""
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.got, server.answer = [], 202
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.PORTAL_SMS_ADAPTER = HTTP
    settings.PORTAL_SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.PORTAL_SMS_TOKEN = "hemmelig"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kind():
    """A text message that says which reference it is about."""
    made = MailType(
        name="sms_reminder",
        audience="unproven",
        title="Sms",
        placeholders=("dates", "place", "reference"),
        retention_days=30,
        build=lambda ids, language, now: Content(
            {"dates": "tirsdag 1. december 2026, kl. 9.00–10.30", "place": "", "reference": "DP-1"}
        ),
        is_sms=True,
    )
    from core.outbox.registry import get

    before = get("sms_reminder")
    register(made)
    yield made
    unregister("sms_reminder")
    register(before)


def queue(key="sms:1"):
    draft = Draft("sms_reminder", "m@example.dk", {}, "da", key, "booking:1", to_phone="+4512345678")
    queue_messages([draft], now=timezone.now())
    return Message.objects.get(key=key)


@pytest.mark.django_db(transaction=True)
class TestSending:
    def test_text_goes_to_the_gateway_once_and_no_mail_goes(self, gateway, kind):
        message = queue()
        queue()

        send_due(now=timezone.now())
        send_due(now=timezone.now())

        ((headers, body),) = gateway.got
        assert headers["Authorization"] == "Bearer hemmelig"
        assert body["to"] == "+4512345678"
        assert body["from"] == "Dannelse"
        assert body["reference"] == message.message_id
        assert body["text"].startswith("Husk aftalen tirsdag 1. december 2026, kl. 9.00-10.30.\nDet hele")
        assert mail.outbox == []
        message.refresh_from_db()
        assert (message.state, message.body_text) == (MessageState.SENT, "")

    @pytest.mark.parametrize("answer", [500, 503, 429, 401, 302])
    def test_gateway_that_cannot_now_is_tried_again(self, gateway, kind, answer):
        gateway.answer = answer
        message = queue()
        now = timezone.now()

        send_due(now=now)

        message.refresh_from_db()
        assert (message.state, message.send_after) == (MessageState.QUEUED, now + BACKOFF[0])
        assert message.last_error == f"SmsNotTakenError {answer}"
        gateway.answer = 200
        send_due(now=now + BACKOFF[0])
        message.refresh_from_db()
        assert message.state == MessageState.SENT

    def test_refused_number_is_a_task_with_a_way_to_try_again(self, gateway, kind):
        gateway.answer = 400
        message = queue()

        send_due(now=timezone.now())

        message.refresh_from_db()
        assert (message.state, message.last_error) == (MessageState.FAILED, "SmsRefusedError 400")
        assert list(WorkItem.objects.open().values_list("kind", flat=True)) == ["mail_failed"]
        gateway.answer = 200
        retry_message(message_id=message.pk, actor=SYSTEM, now=timezone.now())
        send_due(now=timezone.now())
        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert not WorkItem.objects.open().exists()

    def test_gateway_that_is_away_is_tried_again(self, gateway, kind, settings):
        settings.PORTAL_SMS_URL = "http://127.0.0.1:9/nobody"
        message = queue()

        send_due(now=timezone.now())

        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.QUEUED, 1)
        assert "1234" not in message.last_error

    def test_text_queued_before_the_gateway_was_taken_away_is_not_sent(self, gateway, kind, settings):
        message = queue()
        settings.PORTAL_SMS_ADAPTER = ""

        send_due(now=timezone.now())

        message.refresh_from_db()
        assert message.state == MessageState.SKIPPED
        assert gateway.got == []
        assert mail.outbox == []


def test_no_text_message_is_listed_while_there_is_no_gateway(settings):
    settings.PORTAL_SMS_ADAPTER = ""
    assert not [kind for kind in all_types() if kind.is_sms]

    settings.PORTAL_SMS_ADAPTER = "core.outbox.sms.MailboxGateway"
    assert [kind.name for kind in all_types() if kind.is_sms] == [
        "sms_cancelled",
        "sms_moved",
        "sms_reminder",
    ]


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"ADAPTER": ""}, []),
        ({"ADAPTER": "core.outbox.sms.MailboxGateway"}, []),
        ({"ADAPTER": "core.outbox.sms.Nothing"}, ["outbox.E007"]),
        ({"ADAPTER": HTTP}, ["outbox.E008", "outbox.E009"]),
        ({"ADAPTER": HTTP, "URL": "http://gateway.dk", "TOKEN": "x"}, ["outbox.E008"]),
        ({"ADAPTER": HTTP, "URL": "https://gateway.dk", "TOKEN": "x"}, []),
    ],
)
def test_gateway_is_checked_at_start_up(settings, values, ids):
    for name in ("ADAPTER", "URL", "TOKEN"):
        setattr(settings, f"PORTAL_SMS_{name}", values.get(name, ""))

    assert [error.id for error in check_sms_gateway(None)] == ids


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12345678", ""),
        ("22 34 56 78", "+4522345678"),
        ("+45 22-34.56 78", "+4522345678"),
        ("004522345678", "+4522345678"),
        ("+46701234567", ""),
        ("2234567", ""),
        ("٢٢٣٤٥٦٧٨", ""),
        ("", ""),
    ],
)
def test_only_danish_numbers_are_taken(typed, number):
    assert sms.mobile_number(typed) == number


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Rødkål på Ærø – kl. 9–10 “nu”…", 'Rødkål på Ærø - kl. 9-10 "nu"...'),
        ("Š ž ć ł \U0001f389 王", "S z c ? ? ?"),
        ("a\u030a", "å"),
    ],
)
def test_letters_that_a_text_has_not_are_written_with_those_it_has(text, written):
    assert sms.written(text) == written


@pytest.mark.parametrize(("length", "parts"), [(160, 1), (161, 2), (306, 2), (307, 3)])
def test_parts_are_counted_as_they_are_paid_for(length, parts):
    assert sms.segments("x" * length) == parts
    assert sms.segments("€" * 80) == 1
    assert sms.segments("€" * 81) == 2


@pytest.mark.django_db
def test_text_that_is_too_long_is_cut_at_two_parts(kind):
    text = parse("Emne: Sms\n\n{dates} " + "ordene " * 60 + "\n\n---\nHvorfor.\n", "da")

    rendered = render_sms(kind, kind.build({}, "da", timezone.now()), language="da", text=text)

    assert sms.segments(rendered.text) == 2
    assert rendered.text.endswith("...")


def test_written_text_must_be_short_and_plain(kind):
    body = "{dates} {place} {reference} "

    def codes(text):
        return [problem.code for problem in problems_of(Wording("Sms", text, "Hvorfor."), mail_type=kind)]

    assert codes(body) == []
    assert codes(body + "ord " * 70) == ["sms_long"]
    assert codes(body + "\n## Hej") == ["sms_lines"]


@pytest.mark.django_db
def test_text_message_is_edited_by_its_body_alone_and_only_where_there_is_a_gateway(settings, staff_client):
    client = staff_client("Administration")
    path = reverse("mail_text", args=["sms_reminder", "da"])
    edit = reverse("mail_text_edit", args=["sms_reminder", "da"])
    assert client.get(path).status_code == 404
    assert client.get(edit).status_code == 404
    assert "sms" not in client.get(reverse("mail_texts")).content.decode().lower()

    settings.PORTAL_SMS_ADAPTER = "core.outbox.sms.MailboxGateway"
    assert path in client.get(reverse("mail_texts")).content.decode()
    page = client.get(path).content.decode()
    assert "Husk aftalen" in page
    assert "<iframe" not in page
    page = client.get(edit).content.decode()
    assert 'type="hidden" name="subject"' in page
    words = default_wording("sms_reminder", "da")
    answers = {"subject": words.subject, "why": words.why, "seen": 0, "do": "save"}
    refused = client.post(edit, {**answers, "body": words.body + " mere" * 60})
    assert refused.status_code == 422
    assert "to sms" in refused.content.decode()
    saved = client.post(edit, {**answers, "body": words.body.replace("Husk", "Glem ikke")})
    assert saved.status_code == 302
    assert "Glem ikke aftalen" in client.get(path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_demo_keeps_the_text_for_its_mailbox(settings, kind, client, portal_site):
    settings.PORTAL_SMS_ADAPTER = "core.outbox.sms.MailboxGateway"
    settings.PORTAL_IS_DEMO = True
    message = queue()

    send_due(now=timezone.now())

    listed = client.get(reverse("mailbox")).content.decode()
    shown = client.get(reverse("mailbox_message", args=[message.pk])).content.decode()
    assert "12 34 56 78" in listed
    assert "Husk aftalen" in shown
    assert "<iframe" not in shown
