"""iCalendar objects from values: deterministic bytes that Outlook, Google and Apple read alike (rule 6, K4).

Written line by line: a library's objects take some milliseconds an entry, and a feed may hold thousands.
Tests read what comes out with two other parsers.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from workshops.calendars import LOCAL_ZONE

TZID = "Europe/Copenhagen"
VTIMEZONE = "\r\n".join(
    [
        "BEGIN:VTIMEZONE",
        f"TZID:{TZID}",
        "BEGIN:DAYLIGHT",
        "DTSTART:19960331T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]
)
"""The EU's rule since 1996. The library's own lists of dates make Thunderbird read autumn one hour wrong."""

FOLD_AT_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""Everything below a space but the newline: none of it may stand in a content line."""

PRODUCT = "-//Københavns Kommune//Dannelsesportalen//DA"


def event(
    uid: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    summary: str,
    *,
    stamp: datetime,
    location: str = "",
    description: str = "",
    url: str = "",
    is_cancelled: bool = False,
    organizer: tuple[str, str] | None = None,
    attendee: str = "",
    is_busy: bool = True,
    categories: Iterable[str] = (),
) -> str:
    """Return one VEVENT, for `calendar`.

    Args:
        uid: stays the same for the entry's life; `sequence` grows at each change.
        starts_at, ends_at: aware; written in Copenhagen's local time with the time zone's id.
        stamp: when the entry last changed. Never the clock: the same facts give the same bytes.
        organizer: name and e-mail address; needed, with `attendee`, in an invitation.
        is_busy: False in public feeds, so that a subscriber's day is not blocked.
    """
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART{_local(starts_at)}",
        f"DTEND{_local(ends_at)}",
        f"SUMMARY:{_text(summary)}",
    ]
    if location:
        lines.append(f"LOCATION:{_text(location)}")
    if description:
        lines.append(f"DESCRIPTION:{_text(description)}")
    if url:
        lines.append(f"URL:{_raw(url)}")
    names = [_text(name) for name in categories]
    if names:
        lines.append(f"CATEGORIES:{','.join(names)}")
    if organizer is not None:
        name, address = organizer
        lines.append(f"ORGANIZER;CN={_parameter(name)}:mailto:{_raw(address)}")
    if attendee:
        lines.append(f"ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:{_raw(attendee)}")
    lines.append(f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}")
    lines.append(f"TRANSP:{'OPAQUE' if is_busy and not is_cancelled else 'TRANSPARENT'}")
    lines.append("END:VEVENT")
    return _content(lines)


def calendar(events: Iterable[str], *, name: str, method: str | None = None) -> bytes:
    """Return a calendar as it is sent: CRLF, lines folded at 75 octets, one VTIMEZONE.

    Args:
        events: what `event` returned.
        name: what the reader's program shows.
        method: PUBLISH, REQUEST or CANCEL; none in a file to import.
    """
    head = _content(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:{_text(PRODUCT)}",
            "CALSCALE:GREGORIAN",
            *([f"METHOD:{method}"] if method else []),
            f"X-WR-CALNAME:{_text(name)}",
            f"X-WR-TIMEZONE:{TZID}",
        ]
    )
    return "".join([head, VTIMEZONE, *events, "END:VCALENDAR\r\n"]).encode()


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(moment: datetime) -> str:
    local = moment.astimezone(LOCAL_ZONE)
    # The hour that comes twice in October: its second pass can only be told in UTC.
    return f":{_utc(moment)}" if local.fold else f";TZID={TZID}:{local:%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    return _CONTROL.sub("", value.replace("\r\n", "\n")).translate(_ESCAPES)


def _raw(value: str) -> str:
    """Return a URI or address: no line may begin inside it."""
    return _CONTROL.sub("", value).replace("\n", "")


def _parameter(value: str) -> str:
    return '"' + _raw(value).replace('"', "'") + '"'


def _content(lines: Iterable[str]) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """Return a line in pieces of at most 75 octets, never split inside a letter (RFC 5545, 3.1)."""
    if len(line) <= FOLD_AT_OCTETS // 4 or len(line.encode()) <= FOLD_AT_OCTETS:
        return line
    pieces: list[str] = []
    piece, octets = "", 0
    for letter in line:
        size = len(letter.encode())
        if octets + size > FOLD_AT_OCTETS:
            pieces.append(piece)
            # The space that begins a continued line counts.
            piece, octets = "", 1
        piece += letter
        octets += size
    return "\r\n ".join([*pieces, piece])
