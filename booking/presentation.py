"""What booking pages show, computed before the template: rows, states, dates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from booking import wording
from booking.enums import BookingKind, BookingState
from booking.errors import (
    BookingRefusedError,
    CharterNotCoveredError,
    EveningNotFreeError,
    SessionClosedError,
    SessionFullError,
)
from booking.models import Booking
from booking.party import Party
from booking.reading import booked_of
from booking.rules import classes_that_fit
from booking.texting import may_text
from core.outbox.sms import shown_number
from core.prepared import prepared
from workshops.calendars import days_off, local_date_of
from workshops.models import School, Session


@dataclass(frozen=True)
class Row:
    """One line of a review or receipt."""

    label: str
    value: str
    url: str = ""
    edit: str = ""


@dataclass(frozen=True)
class Section:
    """A group of lines, with where it can be edited."""

    heading: str
    rows: list[Row]
    edit_url: str = ""


def booking_sections(booking: Booking, *, edit: bool = False) -> list[Section]:
    """Return a booking as sections of rows: the same on review, receipt and personal page."""
    language = get_language() or "da"
    booked = booked_of(booking)
    first = booked[0].session
    edit_url = reverse("booking_form", args=[first.pk]) if edit else ""
    when = wording.dates_text([item.session for item in booked])
    what = [
        Row(_("Offer"), first.title_in(language)),
        Row(_("Date") if len(booked) == 1 else _("Dates"), when),
        Row(_("Place"), wording.places_of(booking, [item.session for item in booked])),
        Row(_("Provider"), first.provider.name),
    ]
    if booking.kind == BookingKind.SCHOOL:
        classes = _("Classes") if len(booking.classes.all()) > 1 else _("Class")
        who = [Row(_("School"), booking.school_name), Row(classes, wording.party_text(booking))]
    else:
        who = [Row(_("Seats"), wording.party_text(booking))]
        if booking.organisation:
            who.insert(0, Row(_("Organisation"), booking.organisation))
    if booking.heads:
        who.append(Row(_("Occupations"), "\n".join(wording.heads_lines(booking.heads))))
        if department := next((item["department"] for item in booking.heads if item["department"]), ""):
            who.append(Row(_("Workplace and department"), department))
    needs = wording.needs_lines([booking])
    if needs:
        who.append(Row(_("Needs"), "\n".join(needs)))
    contact = [Row(_("Name"), booking.contact_name), Row(_("E-mail"), booking.contact_email)]
    if booking.phone_on_day:
        contact.append(Row(_("Phone on the day"), booking.phone_on_day))
    if may_text(booking):
        contact.append(Row(_("Text messages"), shown_number(booking.sms_phone)))
    if booking.entrance:
        contact.append(Row(_("Entrance"), booking.entrance))
    return [
        Section(_("What and when"), what),
        Section(_("Who comes"), who, edit_url),
        Section(_("Contact"), contact, edit_url),
    ]


STATE_KINDS = {
    BookingState.HELD: "warning",
    BookingState.AWAITING_APPROVAL: "warning",
    BookingState.CONFIRMED: "success",
    BookingState.ATTENDED: "success",
    BookingState.OFFERED: "info",
    BookingState.WAITING: "info",
}
"""The badge of a state; the text says it too, never colour alone."""


END_TEXTS = {
    "offer_declined": gettext_lazy("You said no to the place."),
    "offer_expired": gettext_lazy(
        "You had a place until the time to answer ran out. It went to the next in line."
    ),
    "queue_closed": gettext_lazy("The waiting list has closed. Unfortunately there was no room."),
    "queue_unproven": gettext_lazy("The e-mail address was not confirmed in time."),
}
"""Why a wait ended, for the one who waited."""


@dataclass(frozen=True)
class FreeDate:
    """A date to book instead, or a course with all its dates (S20)."""

    session: Session
    title: str = ""
    more_dates: tuple[Session, ...] = ()


def next_free_dates(
    offer_id: int, *, now: datetime, leave_out: Session | None = None, limit: int = 5
) -> list[FreeDate]:
    """Return the next dates of an offer that can be booked now; a course is one of them.

    Args:
        leave_out: the date that was asked for; with it goes the rest of its course.
    """
    dates = Session.objects.for_offer(offer_id).public().bookable(now=now).upcoming(now=now).one_a_course()
    if leave_out is not None:
        dates = dates.exclude(pk=leave_out.pk)
    if leave_out is not None and leave_out.course_id is not None:
        dates = dates.filter(Q(course=None) | ~Q(course=leave_out.course_id))
    found: list[Session] = list(dates.select_related("venue")[:limit])
    courses = dates_of_courses(found, now=now)
    return [
        FreeDate(session, course_title(courses[session.course_id]), tuple(courses[session.course_id][1:]))
        if session.course_id
        else FreeDate(session)
        for session in found
    ]


def dates_of_courses(sessions: Iterable[Session], *, now: datetime) -> dict[int, list[Session]]:
    """Return the dates of the courses that some sessions belong to, by course; no query where there is none."""
    ids = sorted({session.course_id for session in sessions if session.course_id is not None})
    found: dict[int, list[Session]] = {course_id: [] for course_id in ids}
    if ids:
        for session in _of_courses(course_ids=ids, now=now):
            found[session.course_id].append(session)
    return found


@prepared(derives={"now": [local_date_of]})
def _of_courses(*, course_ids: Collection[int], now: datetime) -> QuerySet[Session]:
    return Session.objects.of_courses(course_ids, now=now).select_related("venue")


def days_off_text(days: Sequence[date], *, school: School | None) -> str:
    """Return the name of the day off that a date falls on; of several dates, with which date it is."""
    off = days_off(min(days), max(days), school=school)
    if len(days) == 1:
        return off.get(days[0], "")
    return ", ".join(f"{wording.day_text(day)}: {off[day]}" for day in sorted(days) if day in off)


def course_title(dates: Sequence[Session]) -> str:
    """Return "Forløb på 3 gange"."""
    return ngettext("Course of %(count)s date", "Course of %(count)s dates", len(dates)) % {
        "count": len(dates)
    }


@dataclass(frozen=True)
class FewerClasses:
    """What to book instead when not all classes fit: all or nothing, and the visitor chooses (rule 8)."""

    text: str
    label: str
    rows: str
    """The numbers of the form's rows to keep, for its button; empty when no class fits."""


def fewer_classes(party: Party, refusal: SessionFullError, *, adults_count: bool) -> FewerClasses:
    """Say which of several classes would fit together in what is left."""
    chosen = classes_that_fit(
        party.classes,
        groups_left=refusal.facts.get("groups_left"),  # type: ignore[arg-type]  # facts are of any type
        people_left=refusal.facts.get("people_left"),  # type: ignore[arg-type]
        adults_count=adults_count,
    )
    names = wording.names_text([party.classes[place].name for place in chosen])
    if not chosen:
        return FewerClasses(_("None of the classes fits on this date. Choose another date."), "", "")
    text = ngettext(
        "There is room for %(names)s. You can book that class now, and find another date for the rest.",
        "There is room for %(names)s. You can book those classes now, and find another date for the rest.",
        len(chosen),
    )
    return FewerClasses(
        text % {"names": names},
        _("Book only %(names)s") % {"names": names},
        ",".join(str(place + 1) for place in chosen),
    )


def refusal_text(
    refusal: BookingRefusedError, party: Party | None = None, *, to_insider: bool = False
) -> str:
    """Return a refusal in words, with what is left where the session is full, and which date of several."""
    text = _refusal_text(refusal, party, to_insider=to_insider)
    if refusal.session is None:
        return text
    date = wording.date_text(refusal.session.starts_at)
    if isinstance(refusal, EveningNotFreeError):
        return text
    if isinstance(refusal, SessionFullError):
        lead = _("There is not room enough on %(date)s, and a course is booked as a whole.") % {"date": date}
        return f"{lead} {text}"
    return _("%(date)s: %(text)s") % {"date": date[:1].upper() + date[1:], "text": text}


def _refusal_text(refusal: BookingRefusedError, party: Party | None, *, to_insider: bool) -> str:
    left = refusal.facts.get("people_left")
    if not isinstance(refusal, SessionFullError):
        return refusal.insider_message if to_insider else refusal.message
    if party and len(party.classes) > 1:
        return _("There is not room for all %(count)s classes. Left on this date: %(free)s.") % {
            "count": len(party.classes),
            "free": wording.free_text(refusal.facts.get("groups_left"), left),  # type: ignore[arg-type]
        }
    if isinstance(left, int) and left > 0:
        return ngettext(
            "There is only %(count)s place left on this date. Enter a smaller number, or choose another date.",
            "There are only %(count)s places left on this date. Enter a smaller number, or choose another date.",
            left,
        ) % {"count": left}
    return refusal.message


def change_refusal_text(refusal: BookingRefusedError, *, to_insider: bool = False) -> str:
    """Return in words why a booking cannot be changed so, and which of several dates says no; it stays as it was."""
    text = _change_refusal_text(refusal, to_insider=to_insider)
    if refusal.session is None:
        return text
    date = wording.date_text(refusal.session.starts_at)
    return _("%(date)s: %(text)s") % {"date": date[:1].upper() + date[1:], "text": text}


def _change_refusal_text(refusal: BookingRefusedError, *, to_insider: bool) -> str:
    match refusal:
        case SessionFullError():
            free = wording.free_text(refusal.facts.get("groups_left"), refusal.facts.get("people_left"))  # type: ignore[arg-type]  # facts are of any type
            return _("There is not room for so many more. Besides what you have, this is free: %(free)s.") % {
                "free": free
            }
        case SessionClosedError():
            return _(
                "Booking has closed for this date, so your booking cannot grow any more. You can still enter a lower"
                " number, or call us."
            )
        case CharterNotCoveredError() if not to_insider:
            return _("Your booking cannot grow right now. Call us if you need more places.")
        case CharterNotCoveredError():
            return _(
                "Your booking cannot grow right now, because the provider's charter is not in force for the date."
            )
    return refusal.message


def before_and_after(booking: Booking, party: Party) -> list[Row]:
    """Return what is booked beside what was asked for, when a change is refused."""
    if party.classes:
        wanted = "\n".join(wording.class_text(item) for item in party.classes)
    else:
        wanted = wording.seats_text(party.seats)
    return [
        Row(_("Your booking, unchanged"), wording.party_text(booking)),
        Row(_("What you asked for"), wanted),
    ]
