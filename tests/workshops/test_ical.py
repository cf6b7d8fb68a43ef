"""Calendar objects: bytes that every program reads alike."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from tests.booking.ical_checks import check_calendar, zone_offsets
from workshops.calendars import LOCAL_ZONE
from workshops.ical import VTIMEZONE, calendar, event, kept_event

ROOT = Path(__file__).resolve().parents[2]
STAMP = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _event(starts_at: datetime, **kwargs: object) -> icalendar.Event:
    return event(
        "session-1@example.dk",
        kwargs.pop("sequence", 0),
        starts_at,
        starts_at + timedelta(minutes=90),
        kwargs.pop("summary", "Workshop"),
        stamp=STAMP,
        **kwargs,
    )


def _parse_with_ical_js(data: bytes) -> list[dict[str, str]]:
    """Read a calendar with Thunderbird's parser."""
    script = """
    import ICAL from 'ical.js';
    import { readFileSync } from 'node:fs';
    const root = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
    for (const zone of root.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
    console.log(JSON.stringify(root.getAllSubcomponents('vevent').map((part) => {
      const entry = new ICAL.Event(part);
      return {uid: entry.uid, summary: entry.summary, location: entry.location,
              description: entry.description, sequence: entry.sequence,
              status: part.getFirstPropertyValue('status'),
              start: entry.startDate.toJSDate().toISOString(), end: entry.endDate.toJSDate().toISOString()};
    })));
    """
    result = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=data, capture_output=True, cwd=ROOT, check=True
    )
    return json.loads(result.stdout)


def test_calendar_uses_crlf_and_folds_danish_text_at_75_octets():
    summary = "Rød grød med fløde på Nørrebro: æbler, øl og ål til både børn, forældre og bedsteforældre, året rundt"

    data = calendar([_event(datetime(2026, 10, 20, 9, tzinfo=LOCAL_ZONE), summary=summary)], name="Prøve")

    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    entry = icalendar.Calendar.from_ical(data).walk("VEVENT")[0]
    assert str(entry["summary"]) == summary


def test_calendar_is_the_same_bytes_for_the_same_facts():
    first = calendar([_event(datetime(2026, 10, 20, 9, tzinfo=LOCAL_ZONE))], name="Prøve", method="PUBLISH")
    second = calendar([_event(datetime(2026, 10, 20, 7, tzinfo=UTC))], name="Prøve", method="PUBLISH")

    assert first == second


def test_calendar_reads_back_without_errors_or_unknown_zones():
    data = calendar(
        [
            _event(
                datetime(2026, 10, 20, 9, tzinfo=LOCAL_ZONE),
                organizer=("Dannelsesportalen, København", "post@example.dk"),
                attendee="laerer@example.dk",
                url="https://example.dk/booking/1",
                location="Skolegade 1, 2200 København N",
                description="Linje 1\nLinje 2; med komma, og semikolon",
            )
        ],
        name="Prøve",
        method="REQUEST",
    )

    check_calendar(data)
    parsed = icalendar.Calendar.from_ical(data)
    assert parsed["method"] == "REQUEST"
    assert parsed.errors == []
    assert parsed.get_missing_tzids() == set()
    entry = parsed.walk("VEVENT")[0]
    assert entry["dtstart"].params["TZID"] == "Europe/Copenhagen"
    assert entry["attendee"] == "mailto:laerer@example.dk"
    assert entry["organizer"].params["CN"] == "Dannelsesportalen, København"


def test_second_parser_reads_the_same_times_on_both_sides_of_the_changes_of_clocks():
    starts = [
        datetime(2026, 10, 20, 9, tzinfo=LOCAL_ZONE),
        datetime(2026, 10, 27, 9, tzinfo=LOCAL_ZONE),
        datetime(2027, 3, 23, 9, tzinfo=LOCAL_ZONE),
        datetime(2027, 3, 30, 9, tzinfo=LOCAL_ZONE),
    ]

    read = _parse_with_ical_js(
        calendar(
            [_event(moment, summary="Æblegrød, del 1; «prøve»", sequence=3) for moment in starts], name="P"
        )
    )

    assert [entry["start"] for entry in read] == [
        "2026-10-20T07:00:00.000Z",
        "2026-10-27T08:00:00.000Z",
        "2027-03-23T08:00:00.000Z",
        "2027-03-30T07:00:00.000Z",
    ]
    assert {(entry["summary"], entry["sequence"], entry["status"]) for entry in read} == {
        ("Æblegrød, del 1; «prøve»", 3, "CONFIRMED")
    }


def test_cancelled_event_says_so_and_blocks_nobodys_day():
    entry = _event(datetime(2026, 10, 20, 9, tzinfo=LOCAL_ZONE), is_cancelled=True)

    assert entry["status"] == "CANCELLED"
    assert entry["transp"] == "TRANSPARENT"


def test_vtimezone_equals_zoneinfo_in_every_hour_from_2026_to_2036():
    truth = ZoneInfo("Europe/Copenhagen")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    hours = int((datetime(2037, 1, 1, tzinfo=UTC) - first).total_seconds() // 3600)
    moments = (first + timedelta(hours=hour) for hour in range(hours))

    offsets = list(zone_offsets(moments))

    assert len(offsets) == 96432
    assert [moment for moment, offset in offsets if moment.astimezone(truth).utcoffset() != offset] == []


@pytest.mark.parametrize(
    "wrong", [VTIMEZONE.replace("BYMONTH=10", "BYMONTH=9"), VTIMEZONE.replace("T020000", "T030000")]
)
def test_comparison_with_zoneinfo_finds_a_wrong_rule(wrong):
    first = datetime(2027, 1, 1, tzinfo=UTC)
    year = (first + timedelta(hours=hour) for hour in range(365 * 24))

    truth = ZoneInfo("Europe/Copenhagen")
    assert any(moment.astimezone(truth).utcoffset() != offset for moment, offset in zone_offsets(year, wrong))


def test_kept_event_is_written_as_any_other():
    facts = {"stamp": datetime(2026, 11, 1, tzinfo=UTC), "location": "Aulaen, Skolegade 1", "is_busy": False}
    times = (datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC))

    kept = calendar([kept_event("a@b", 1, *times, "Æblekassen", **facts)], name="Prøve")

    assert kept == calendar([event("a@b", 1, *times, "Æblekassen", **facts)], name="Prøve")
    assert kept.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
