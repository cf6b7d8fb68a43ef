"""Real worker processes against a real mail server: killed at three points, and several at once (rule 5)."""

import email
import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from core.outbox.models import Message
from core.outbox.operations import LEASE
from portal.periodic.models import JobRun

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ENTRY = Path(__file__).parent / "worker_process.py"
AFTER_THE_LEASE = LEASE.total_seconds() / 60 + 1


class Sink:
    """A mail server that accepts everything and remembers it."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 Accepted"

    @property
    def message_ids(self):
        return [mail["Message-ID"] for mail in self.mails]


@pytest.fixture
def sink():
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield sink
    controller.stop()


@pytest.fixture
def worker(sink):
    """`with worker(stop="before commit") as process:` kills -9 whatever is left at the end."""

    @contextmanager
    def start(**options):
        options = {"database": str(connection.settings_dict["NAME"]), "smtp_port": sink.port, **options}
        process = subprocess.Popen(
            [sys.executable, ENTRY, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    return start


def run_once(worker, **options):
    with worker(arguments=["--once"], **options) as process:
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("stop", "mails_before", "mails_after"),
    [("before sending", 0, 1), ("before commit", 1, 2), ("after commit", 1, 1)],
)
def test_a_worker_killed_while_sending_loses_nothing(queue, worker, sink, stop, mails_before, mails_after):
    message = queue(now=timezone.now())
    with worker(stop=stop) as process:
        assert process.stdout.readline() == "reached\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(sink.mails) == mails_before

    assert not Message.objects.due(now=timezone.now()).exists(), "the lease of the dead worker still holds"

    run_once(worker, minutes_later=AFTER_THE_LEASE)
    assert sink.message_ids == [message.message_id] * mails_after
    message.refresh_from_db()
    assert (message.state, message.leased_until) == ("sent", None)


def test_several_workers_send_each_message_once(queue, worker, sink):
    keys = [queue(number, now=timezone.now()).message_id for number in range(40)]

    _race(worker, workers=3)

    assert Counter(sink.message_ids) == Counter(keys)
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_several_workers_without_the_claim_send_twice(queue, worker, sink):
    """The negative control: the race above is one."""
    keys = [queue(number, now=timezone.now()).message_id for number in range(40)]

    _race(worker, workers=2, stop="no claim")

    assert len(sink.mails) > len(keys)


def _race(worker, *, workers, **options):
    with ExitStack() as stack:
        processes = [
            stack.enter_context(worker(wait_for_go=True, arguments=["--once"], **options))
            for _ in range(workers)
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            assert process.wait(timeout=60) == 0


def test_a_worker_told_to_stop_ends_after_the_message_at_hand(queue, worker, sink):
    queue(now=timezone.now())
    with worker() as process:
        deadline = time.monotonic() + 30
        while not sink.mails and time.monotonic() < deadline:
            select_wait(process)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0

    assert Message.objects.get().state == "sent"
    assert JobRun.objects.get(name="worker").last_succeeded_at is not None


def select_wait(process):
    """Give the worker a moment without spinning."""
    select.select([process.stdout], [], [], 0.2)
