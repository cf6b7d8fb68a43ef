"""How dates, places and parties read in a language: shared by pages, mails and calendar entries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from booking.enums import Need, Occupation
from booking.models import BookedClass, BookedSession, Booking
from booking.party import ClassSize
from booking.rules import can_ever_fit
from workshops.enums import PlaceKind
from workshops.models import Session


def date_text(moment: datetime) -> str:
    """Return "tirsdag 1. december 2026", in Copenhagen's time and the active language."""
    local = timezone.localtime(moment)
    return date_format(local, "l j F Y" if translation.get_language() == "en" else "l j. F Y")


def time_text(starts_at: datetime, ends_at: datetime) -> str:
    """Return "kl. 9.00–10.30" or "9:00–10:30"."""
    first, last = timezone.localtime(starts_at), timezone.localtime(ends_at)
    if translation.get_language() == "en":
        return f"{first.hour}:{first.minute:02d}–{last.hour}:{last.minute:02d}"
    return f"kl. {first.hour}.{first.minute:02d}–{last.hour}.{last.minute:02d}"


def duration_text(minutes: int) -> str:
    """Return "2 timer og 30 minutter", "3 timer" or "45 minutter"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours})
    if rest or not hours:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest})
    return names_text(parts)


def moment_text(moment: datetime) -> str:
    """Return "tirsdag 1. december kl. 12.00"."""
    local = timezone.localtime(moment)
    if translation.get_language() == "en":
        return f"{date_format(local, 'l j F')} at {local.hour}:{local.minute:02d}"
    return f"{date_format(local, 'l j. F')} kl. {local.hour}.{local.minute:02d}"


def period_text(starts_at: datetime, ends_at: datetime) -> str:
    """Return "tirsdag 1. december 2026, kl. 9.00–10.30"."""
    return f"{date_text(starts_at)}, {time_text(starts_at, ends_at)}"


def when_text(session: Session) -> str:
    """Return when a session is: "tirsdag 1. december 2026, kl. 9.00–10.30"."""
    return period_text(session.starts_at, session.ends_at)


def titled_date_text(session: Session) -> str:
    """Return "Forældreaften: tirsdag 1. december 2026, kl. 19.00–21.00"."""
    title = session.title_in(translation.get_language() or "da")
    return f"{title}: {when_text(session)}"


def dates_text(sessions: Sequence[Session]) -> str:
    """Return when all is that is booked together, a line each; the evening of a package with its title."""
    first = sessions[0]
    return "\n".join(
        when_text(session) if session.offer_id == first.offer_id else titled_date_text(session)
        for session in sessions
    )


def moments_text(sessions: Sequence[Session]) -> str:
    """Return when one session is, or all dates of a course, on one line."""
    return names_text([moment_text(session.starts_at) for session in sessions])


def class_text(item: BookedClass | ClassSize) -> str:
    """Return "7.A (7. klasse): 24 elever og 2 voksne"."""
    pupils = ngettext("%(count)s pupil", "%(count)s pupils", item.pupils) % {"count": item.pupils}
    adults = ngettext("%(count)s adult", "%(count)s adults", item.adults) % {"count": item.adults}
    return _("%(name)s (grade %(grade)s): %(pupils)s and %(adults)s") % {
        "name": item.name,
        "grade": item.grade,
        "pupils": pupils,
        "adults": adults,
    }


def names_text(names: Sequence[str]) -> str:
    """Return "7.A, 7.B og 7.C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def alternatives_text(names: Sequence[str]) -> str:
    """Return "kk.dk, buf.dk eller regionh.dk"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def heads_lines(heads: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return "3 × Lærere" for each occupation, the most first: sums over whatever bookings are given (V4)."""
    counts: Counter[str] = Counter()
    for item in heads:
        if item["occupation"] in Occupation:
            counts[item["occupation"]] += int(item["count"])
    return [f"{count} × {Occupation(name).label}" for name, count in counts.most_common()]


LANGUAGES: dict[str, Any] = {
    "ar": gettext_lazy("Arabic"),
    "en": gettext_lazy("English"),
    "so": gettext_lazy("Somali"),
    "tr": gettext_lazy("Turkish"),
    "ur": gettext_lazy("Urdu"),
    "sign": gettext_lazy("Danish sign language"),
}
"""Languages one can ask an interpreter for."""


def need_text(need: str, language: str) -> str:
    """Return "Tolk (arabisk)" or "Teleslynge"."""
    label = str(Need(need).label)
    if need == Need.INTERPRETER and language:
        return f"{label} ({str(LANGUAGES.get(language, language)).lower()})"
    return label


def needs_lines(bookings: Iterable[Booking]) -> list[str]:
    """Return what somebody needs, each once with its language: "Tolk (arabisk)" (F3)."""
    found = [
        need_text(need, booking.interpreter_language)
        for booking in bookings
        for need in booking.needs
        if need in Need
    ]
    return list(dict.fromkeys(found))


def seats_text(seats: int) -> str:
    """Return "2 pladser"."""
    return ngettext("%(count)s seat", "%(count)s seats", seats) % {"count": seats}


def party_text(booking: Booking) -> str:
    """Return what is booked: a line a class, or the number of seats."""
    classes = list(booking.classes.all())
    if classes:
        return "\n".join(class_text(item) for item in classes)
    return seats_text(sum(booked.people for booked in booking.booked_sessions.all()))


def place_text(booking: Booking, session: Session) -> str:
    """Return where to meet, on one line: for those who booked, never for the public."""
    if session.place_kind == PlaceKind.ONLINE:
        return _("Online")
    if session.place_kind == PlaceKind.VENUE and session.venue:
        return f"{session.venue.name}, {session.venue.full_address}"
    if booking.school:
        school = booking.school
        address = ", ".join(
            part for part in (school.address, f"{school.postal_code} {school.city}".strip()) if part
        )
        room = _("room %(room)s") % {"room": booking.room} if booking.room else ""
        return ", ".join(part for part in (booking.school_name, address, room) if part)
    if session.for_school:
        return f"{session.for_school.name}, {session.for_school.address}"
    return _("The place follows")


def places_of(booking: Booking, sessions: Sequence[Session]) -> str:
    """Return where to meet for all that is booked together: each place once, a line each."""
    return "\n".join(dict.fromkeys(place_text(booking, session) for session in sessions))


def practical_lines(booking: Booking, session: Session, *, is_for_booker: bool = True) -> list[str]:
    """Return what both sides need on the day (S30): entrance, access, phones, what the school makes ready.

    Args:
        is_for_booker: whether those who booked read it ("you make ready"); else provider or staff do.
    """
    from workshops.enums import SchoolProvides

    lines: list[str] = []
    if booking.entrance:
        lines.append(_("Entrance: %(text)s") % {"text": booking.entrance})
    elif session.venue and session.place_kind == PlaceKind.VENUE:
        if session.venue.entrance:
            lines.append(_("Entrance: %(text)s") % {"text": session.venue.entrance})
        if session.venue.access_info:
            lines.append(_("Accessibility: %(text)s") % {"text": session.venue.access_info})
        if session.venue.phone:
            lines.append(_("Phone at the venue on the day: %(text)s") % {"text": session.venue.phone})
    if booking.phone_on_day:
        lines.append(_("The teacher's phone on the day: %(text)s") % {"text": booking.phone_on_day})
    provider = session.provider
    if provider.contact_phone:
        lines.append(
            _("Phone of %(provider)s on the day: %(text)s")
            % {"provider": provider.name, "text": provider.contact_phone}
        )
    if booking.school_id and session.place_kind == PlaceKind.AT_SCHOOL:
        ready = [
            str(SchoolProvides(value).label)
            for value in session.offer.school_provides
            if value in SchoolProvides
        ]
        make_ready = _("You make ready: %(text)s") if is_for_booker else _("The school makes ready: %(text)s")
        lines += [make_ready % {"text": text[0].lower() + text[1:]} for text in ready]
    return lines


def classes_text(count: int) -> str:
    """Return "2 klasser"."""
    return ngettext("%(count)s school class", "%(count)s school classes", count) % {"count": count}


def places_text(booking: Booking) -> str:
    """Return "1 klasse, 24 elever" or "2 pladser": what a list has room for."""
    classes = list(booking.classes.all())
    if not classes:
        booked = list(booking.booked_sessions.all())
        return seats_text(max((item.people for item in booked), default=0))
    pupils = sum(item.pupils for item in classes)
    return ", ".join(
        [
            classes_text(len(classes)),
            ngettext("%(count)s pupil", "%(count)s pupils", pupils) % {"count": pupils},
        ]
    )


def free_text(groups: int | None, people: int | None) -> str:
    """Return what is free: "1 klasse, 25 pladser"; empty where nothing is limited."""
    parts = []
    if groups is not None:
        parts.append(classes_text(groups))
    if people is not None:
        parts.append(seats_text(people))
    return ", ".join(parts)


def day_text(day: date) -> str:
    """Return "31. juli 2028"."""
    return date_format(day, "j F Y" if translation.get_language() == "en" else "j. F Y")


def answer_text(booking: Booking, *, now: datetime) -> str:
    """Say by when a booking that awaits approval is answered: each offer has its own number of days."""
    due = booking.approval_due_at
    if due is None or due <= now:
        return _("You will hear from us as soon as possible.")
    return _("You will hear from us by %(moment)s.") % {"moment": moment_text(due)}


def position_text(entry: BookedSession) -> str:
    """Return "You are number 3 in the queue." and, where it was passed over or never fits, why (rule 8)."""
    if entry.queued_at is None:
        return ""
    if text := too_large_text(entry):
        return text
    number = BookedSession.objects.ahead_of(entry).count() + 1
    text = _("You are number %(number)s in the queue.") % {"number": number}
    if entry.passed_over_at:
        why = _(
            "A smaller group behind you has been offered a place, because there was not room for all of you. "
            "You keep your number."
        )
        text = f"{text} {why}"
    return text


def too_large_text(entry: BookedSession) -> str:
    """Say to a party that waits that the date never has room for so many, and what to do; empty where it has."""
    limits = entry.session.limits
    if can_ever_fit(limits, groups=entry.groups, people=entry.people):
        return ""
    return _(
        "The date does not have room for so many any more. At most %(most)s fit. Enter a smaller number, and you wait"
        " on, or leave the waiting list."
    ) % {"most": free_text(limits.max_groups, limits.max_people)}


def party_size_text(entry: BookedSession) -> str:
    """Return what an entry asks for in a session: "2 klasser, 45 personer"."""
    parts = []
    if entry.groups:
        parts.append(classes_text(entry.groups))
    if entry.people:
        parts.append(ngettext("%(count)s person", "%(count)s people", entry.people) % {"count": entry.people})
    return ", ".join(parts)
