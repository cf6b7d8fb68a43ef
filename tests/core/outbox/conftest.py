"""The sample mail type, registered for a test."""

from datetime import UTC, datetime

import pytest

from core.outbox import registry
from core.outbox.models import Message
from core.outbox.operations import queue_message
from tests.core.outbox.sample import SAMPLE, TEMPLATE_DIR


@pytest.fixture
def now():
    return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def sample_type(settings):
    settings.TEMPLATE_DIR = TEMPLATE_DIR
    registry.register(SAMPLE)
    yield SAMPLE
    registry.unregister("sample")


@pytest.fixture
def queue(sample_type, now):
    def queue_sample(number: int = 1, **values) -> Message:
        given = {
            "mail_type": "sample",
            "to": f"laerer{number}@skole.example",
            "ids": {"number": number},
            "language": "da",
            "key": f"sample:{number}",
            "about": f"booking:{number}",
            "now": now,
            **values,
        }
        queue_message(**given)
        return Message.objects.get(key=given["key"])

    return queue_sample
