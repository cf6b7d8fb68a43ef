"""A mail type of the tests' own, with its texts beside it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.outbox.registry import Attachment, Audience, Content, MailType

TEMPLATE_DIR = Path(__file__).parent / "templates"
NAMES = ("reference", "greeting", "sessions", "place", "note", "url")
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def build(ids: Mapping[str, Any], language: str, now: datetime) -> Content | None:
    """Say what the ids say; nothing when they name a time that has passed."""
    if ids.get("irrelevant_from") and now >= datetime.fromisoformat(ids["irrelevant_from"]):
        return None
    return Content(
        {
            "reference": f"DP-{ids['number']}",
            "greeting": "7.A",
            "sessions": "tirsdag den 1. december\nonsdag den 2. december",
            "place": "",
            "note": "",
            "url": "http://testserver/booking/abc/",
        },
        [Attachment("booking.ics", CALENDAR, "text/calendar; method=REQUEST; charset=utf-8")],
    )


SAMPLE = MailType("sample", Audience.SCHOOL, "Sample", NAMES, 90, build)
