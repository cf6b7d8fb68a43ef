"""How dates in lists read."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from core.cms.templatetags.dates import when

STARTS = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ENDS = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_when_reads_in_danish_and_local_time():
    with translation.override("da"):
        found = when(STARTS, ENDS)

    assert (found.date, found.clock) == ("Tirsdag 1. december 2026", "kl. 9.00–10.30")
    assert found.day_and_month == "tirsdag 1. december"
    assert found.iso == "2026-12-01T09:00:00+01:00"
    assert found.day == 1


def test_when_tells_a_moment_without_an_end():
    with translation.override("da"):
        assert when(STARTS).clock == "kl. 9.00"


@pytest.mark.parametrize(("language", "month"), [("da", "december"), ("en", "December")], ids=["da", "en"])
def test_when_remembers_each_language_by_itself(language: str, month: str):
    with translation.override(language):
        assert month in when(STARTS, ENDS).date


def test_when_follows_the_active_time_zone():
    with translation.override("da"), timezone.override("UTC"):
        assert when(STARTS, ENDS).clock == "kl. 8.00–9.30"
    with translation.override("da"):
        assert when(STARTS, ENDS).clock == "kl. 9.00–10.30"
