"""iCalendar objects from values: deterministic bytes that Outlook, Google and Apple read alike (rule 6, K4)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vText

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

_END = b"END:VCALENDAR\r\n"

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
    is_tentative: bool = False,
    organizer: tuple[str, str] | None = None,
    attendee: str = "",
    is_busy: bool = True,
    categories: Iterable[str] = (),
) -> Event:
    """Build one VEVENT.

    Args:
        uid: stays the same for the entry's life; `sequence` grows at each change.
        starts_at, ends_at: aware; written in Copenhagen's local time with the time zone's id.
        stamp: when the entry last changed. Never the clock: the same facts give the same bytes.
        is_tentative: a place that is offered or awaits a yes.
        organizer: name and e-mail address; RFC 5546 wants it with every method.
        attendee: the address invited: in REQUEST and CANCEL, never in PUBLISH.
        is_busy: False in public feeds, so that a subscriber's day is not blocked.
    """
    entry = Event()
    entry.add("uid", uid)
    entry.add("sequence", sequence)
    entry.add("dtstamp", stamp.astimezone(UTC))
    entry.add("dtstart", starts_at.astimezone(LOCAL_ZONE))
    entry.add("dtend", ends_at.astimezone(LOCAL_ZONE))
    entry.add("summary", summary)
    if location:
        entry.add("location", location)
    if description:
        entry.add("description", description)
    if url:
        entry.add("url", url)
    names = list(categories)
    if names:
        entry.add("categories", names)
    if organizer is not None:
        name, address = organizer
        sender = vCalAddress(f"mailto:{address}")
        sender.params["cn"] = vText(name)
        entry["organizer"] = sender
    if attendee:
        guest = vCalAddress(f"mailto:{attendee}")
        guest.params["role"] = vText("REQ-PARTICIPANT")
        guest.params["partstat"] = vText("ACCEPTED")
        guest.params["rsvp"] = vText("FALSE")
        entry.add("attendee", guest)
    status = "TENTATIVE" if is_tentative else "CONFIRMED"
    entry.add("status", "CANCELLED" if is_cancelled else status)
    entry.add("transp", "OPAQUE" if is_busy and not is_cancelled else "TRANSPARENT")
    return entry


@lru_cache(maxsize=4096)
def kept_event(
    uid: str, sequence: int, starts_at: datetime, ends_at: datetime, summary: str, **facts: Any
) -> bytes:
    """Return `event(...)` as it is written, remembered by the process: feeds are asked for all day long.

    The same facts give the same bytes, so a changed fact is another entry.
    """
    written: bytes = event(uid, sequence, starts_at, ends_at, summary, **facts).to_ical()
    return written


def calendar(
    events: Iterable[Event | bytes],
    *,
    name: str,
    method: str | None = None,
    refresh_after: timedelta | None = None,
) -> bytes:
    """Return a calendar as it is sent: CRLF, lines folded at 75 octets, one VTIMEZONE.

    Args:
        name: what the reader's program shows.
        method: PUBLISH, REQUEST or CANCEL; none in a file to import.
        refresh_after: in a feed, how often a subscriber's program should ask again, in whole hours.
    """
    result = Calendar()
    result.add("prodid", PRODUCT)
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    if method:
        result.add("method", method)
    result.add("x-wr-calname", name)
    result.add("x-wr-timezone", TZID)
    if refresh_after is not None:
        # RFC 7986's name, and the older one that Outlook knows.
        result.add("refresh-interval", refresh_after, parameters={"value": "DURATION"})
        result.add("x-published-ttl", vDuration(refresh_after))
    result.add_component(Timezone.from_ical(VTIMEZONE))
    written = result.to_ical()
    entries = b"".join(entry if isinstance(entry, bytes) else entry.to_ical() for entry in events)
    return written.removesuffix(_END) + entries + _END
