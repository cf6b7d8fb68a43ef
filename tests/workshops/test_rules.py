"""Pure decisions about sessions."""

from datetime import datetime, timedelta

import pytest

from workshops.calendars import LOCAL_ZONE
from workshops.rules import is_outside_school_hours


def _at(day, hour, minute):
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    ("audience", "start", "outside"),
    [
        ("school", _at(24, 8, 0), False),
        ("school", _at(24, 7, 45), True),
        ("school", _at(24, 14, 30), False),
        ("school", _at(24, 14, 45), True),
        ("school", _at(24, 23, 0), True),
        ("school", _at(28, 9, 0), True),
        ("parents", _at(28, 19, 0), False),
    ],
    ids=["8", "too early", "until 16", "too late", "over midnight", "Saturday", "evening for parents"],
)
def test_visit_outside_school_hours(audience, start, outside):
    found = is_outside_school_hours(audience=audience, starts_at=start, ends_at=start + timedelta(minutes=90))

    assert found is outside
