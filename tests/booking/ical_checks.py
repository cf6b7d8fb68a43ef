"""Whether a calendar object is what RFC 5545 and 5546 ask for, read alike by two independent parsers (rule 6).

For every test that makes an entry: `check_calendar(data)`, `mail_entries(message)`, `check_follows(before, after)`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import icalendar
import vobject

from workshops.ical import VTIMEZONE

LINE_OCTETS = 75
_LINE = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)',
    re.DOTALL,
)
_PARAM = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "X-WR-CALNAME", "UID", "PRODID"}
_LISTS_OF_TEXT = {"CATEGORIES"}
_ESCAPED = re.compile(r'(?:[^\\;,"\x00-\x08\x0a-\x1f]|"|\\[\\;,nN])*')
_UTC = re.compile(r"\d{8}T\d{6}Z")
_LOCAL = re.compile(r"\d{8}T\d{6}")
_GLOBAL_UID = re.compile(r"[^@\s]+@[a-z0-9.-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AT_MOST_ONCE = (
    "CLASS",
    "CREATED",
    "DESCRIPTION",
    "DURATION",
    "DTEND",
    "LAST-MODIFIED",
    "LOCATION",
    "ORGANIZER",
    "PRIORITY",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TRANSP",
    "URL",
)
_METHODS = ("PUBLISH", "REQUEST", "CANCEL")


@dataclass(frozen=True)
class Line:
    """One unfolded content line."""

    name: str
    params: dict[str, str]
    value: str


@dataclass(frozen=True)
class Entry:
    """A VEVENT as both parsers read it; times in UTC."""

    method: str | None
    uid: str
    sequence: int
    status: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    stamp: datetime
    attendees: tuple[str, ...]


def check_calendar(data: bytes) -> list[Entry]:
    """Check a calendar object from its bytes to its meaning, and return its entries."""
    lines = _unfold(data)
    method = _check_structure(lines)
    entries = _read_with_icalendar(data, method)
    others = _read_with_vobject(data)
    assert [_common(entry) for entry in entries] == others, "the two parsers disagree"
    return entries


def check_part(part: Any) -> Entry:
    """Check a mail's calendar part: its MIME method is the object's METHOD; one entry each (rule 6)."""
    assert part.get_content_type() == "text/calendar"
    assert str(part.get_content_charset()).lower() == "utf-8"
    data = part.get_payload(decode=True)
    (entry,) = check_calendar(data)
    assert part.get_param("method") == entry.method, "the MIME part's method is not the object's (RFC 6047)"
    assert entry.method in ("REQUEST", "CANCEL")
    assert str(part.get_filename()).endswith(".ics")
    return entry


def mail_entries(message: Any) -> list[Entry]:
    """Check and return the entries that go with a mail, one object each, from its bytes on the wire."""
    sent = message_from_bytes(message.message().as_bytes(policy=SMTP), policy=SMTP)
    return [check_part(part) for part in sent.walk() if part.get_content_type() == "text/calendar"]


def check_follows(before: Entry, after: Entry) -> None:
    """Check that `after` replaces `before` in every calendar: same UID, a higher SEQUENCE."""
    assert after.uid == before.uid, "a calendar would show both"
    assert after.sequence > before.sequence, "a calendar would keep the old one"


def _unfold(data: bytes) -> list[Line]:
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    for line in physical:
        assert b"\r" not in line, f"a bare CR: {line!r}"
        assert b"\n" not in line, f"a bare LF: {line!r}"
        assert line, "an empty line"
        assert len(line) <= LINE_OCTETS, f"{len(line)} octets: {line!r}"
        line.decode()  # raises where a fold breaks inside a character
    assert physical[0] == b"BEGIN:VCALENDAR"
    assert physical[-1] == b"END:VCALENDAR"
    text = data.decode().replace("\r\n ", "").replace("\r\n\t", "")
    return [_line(line) for line in text[:-2].split("\r\n")]


def _line(text: str) -> Line:
    found = _LINE.fullmatch(text)
    assert found, f"not a content line: {text!r}"
    name, value = found["name"].upper(), found["value"]
    if name in _TEXTS:
        assert _ESCAPED.fullmatch(value), f"not escaped: {text!r}"
    if name in _LISTS_OF_TEXT:
        for item in re.split(r"(?<!\\),", value):
            assert _ESCAPED.fullmatch(item), f"not escaped: {text!r}"
    params = {key.upper(): text.strip('"') for key, text in _PARAM.findall(found["params"])}
    return Line(name, params, value)


def _check_structure(lines: list[Line]) -> str | None:
    """Check nesting, required properties and what the method asks for; return the method."""
    calendar: list[Line] = []
    events: list[list[Line]] = []
    zones: set[str] = set()
    open_parts: list[str] = []
    for line in lines:
        if line.name == "BEGIN":
            open_parts.append(line.value)
            if line.value == "VEVENT":
                events.append([])
        elif line.name == "END":
            assert open_parts.pop() == line.value, f"END:{line.value} without its BEGIN"
        elif open_parts == ["VCALENDAR"]:
            calendar.append(line)
        elif open_parts == ["VCALENDAR", "VEVENT"]:
            events[-1].append(line)
        elif open_parts == ["VCALENDAR", "VTIMEZONE"] and line.name == "TZID":
            zones.add(line.value)
    assert open_parts == []
    head = Counter(line.name for line in calendar)
    assert (head["PRODID"], head["VERSION"]) == (1, 1)
    assert head["CALSCALE"] <= 1
    assert head["METHOD"] <= 1
    assert _value(calendar, "VERSION") == "2.0"
    method = _value(calendar, "METHOD")
    assert method in (None, *_METHODS)
    uids = [_check_event(event, zones, method) for event in events]
    assert len(uids) == len(set(uids)), "two entries with one UID"
    return method


def _check_event(event: list[Line], zones: set[str], method: str | None) -> str:
    count = Counter(line.name for line in event)
    assert (count["UID"], count["DTSTAMP"], count["DTSTART"]) == (1, 1, 1)
    for name in _AT_MOST_ONCE:
        assert count[name] <= 1, f"{name} twice"
    assert count["DTEND"] + count["DURATION"] == 1
    for line in event:
        if line.name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
            assert _UTC.fullmatch(line.value), f"{line.name} is not UTC: {line.value}"
        if line.name in ("DTSTART", "DTEND"):
            assert line.params.get("TZID") in zones, f"{line.name} in a zone that is not described"
            assert _LOCAL.fullmatch(line.value)
        if line.name in ("ORGANIZER", "ATTENDEE"):
            assert re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", line.value), line.value
    uid = _value(event, "UID") or ""
    assert _GLOBAL_UID.fullmatch(uid), f"not unique in the world: {uid}"
    assert len(uid.encode()) <= 255
    status = _value(event, "STATUS")
    assert status in (None, "TENTATIVE", "CONFIRMED", "CANCELLED")
    sequence = _value(event, "SEQUENCE")
    assert sequence is None or (sequence.isascii() and sequence.isdigit())
    if method is not None:  # RFC 5546, 3.2.1, 3.2.2 and 3.2.5
        assert count["ORGANIZER"] == 1, f"{method} needs an ORGANIZER"
        assert count["SUMMARY"] == 1
    if method == "PUBLISH":
        assert count["ATTENDEE"] == 0, "PUBLISH invites nobody"
    if method == "REQUEST":
        assert count["ATTENDEE"] >= 1, "REQUEST needs an ATTENDEE"
        assert status in ("TENTATIVE", "CONFIRMED")
    if method == "CANCEL":
        assert count["SEQUENCE"] == 1
        assert int(sequence or 0) > 0, "a cancellation follows something"
        assert status == "CANCELLED"
    return uid


def _value(lines: list[Line], name: str) -> str | None:
    return next((line.value for line in lines if line.name == name), None)


def _read_with_icalendar(data: bytes, method: str | None) -> list[Entry]:
    parsed = icalendar.Calendar.from_ical(data)
    assert parsed.errors == []
    assert parsed.get_missing_tzids() == set()
    return [_entry(event, method) for event in parsed.walk("VEVENT")]


def _entry(event: Any, method: str | None) -> Entry:
    assert event.errors == []
    attendees = event.get("attendee", [])
    return Entry(
        method=method,
        uid=str(event["uid"]),
        sequence=int(event.get("sequence", 0)),
        status=str(event.get("status", "")),
        starts_at=event["dtstart"].dt.astimezone(UTC),
        ends_at=event["dtend"].dt.astimezone(UTC),
        summary=str(event.get("summary", "")),
        location=str(event.get("location", "")),
        description=str(event.get("description", "")),
        url=str(event.get("url", "")),
        stamp=event["dtstamp"].dt,
        attendees=tuple(
            str(one).removeprefix("mailto:")
            for one in (attendees if isinstance(attendees, list) else [attendees])
        ),
    )


def _common(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.uid,
        entry.sequence,
        entry.status,
        entry.starts_at,
        entry.ends_at,
        entry.summary,
        entry.location,
        entry.description,
        entry.url,
        entry.stamp,
    )


def _read_with_vobject(data: bytes) -> list[tuple[Any, ...]]:
    parsed = vobject.readOne(data.decode())

    def text(event: Any, name: str) -> str:
        return str(event.getChildValue(name, ""))

    return [
        (
            text(event, "uid"),
            int(event.getChildValue("sequence", 0)),
            text(event, "status"),
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            text(event, "summary"),
            text(event, "location"),
            text(event, "description"),
            text(event, "url"),
            event.dtstamp.value.astimezone(UTC),
        )
        for event in parsed.contents.get("vevent", [])
    ]


def zone_offsets(moments: Iterator[datetime], vtimezone: str = VTIMEZONE) -> Iterator[tuple[datetime, Any]]:
    """Yield each UTC moment with the offset that our VTIMEZONE gives it, by the letter of RFC 5545, 3.6.5.

    Written without a calendar library: the last onset at or before the moment rules. Moments must ascend.
    """
    onsets: list[tuple[datetime, Any]] = []
    zone = icalendar.Timezone.from_ical(vtimezone)
    for part in zone.subcomponents:
        before, after = part["tzoffsetfrom"].td, part["tzoffsetto"].td
        first = part["dtstart"].dt
        month, (day,) = int(part["rrule"]["bymonth"][0]), part["rrule"]["byday"]
        assert (part["rrule"]["freq"], str(day)) == (["YEARLY"], "-1SU")
        onsets += [
            (_last_sunday(year, month, first).replace(tzinfo=UTC) - before, after)
            for year in range(first.year, 2040)
        ]
    onsets.sort()
    place = 0
    for moment in moments:
        while onsets[place + 1][0] <= moment:
            place += 1
        yield moment, onsets[place][1]


def _last_sunday(year: int, month: int, clock: datetime) -> datetime:
    first_of_next = clock.replace(year=year + month // 12, month=month % 12 + 1, day=1)
    days = (first_of_next - timedelta(days=back) for back in range(1, 8))
    return next(day for day in days if day.weekday() == 6)
