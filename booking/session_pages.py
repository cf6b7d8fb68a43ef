"""What a person is shown before sessions are moved, cancelled or resized: exactly who is touched, and how (rule 3)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking import wording
from booking.affected import Affected
from booking.enums import BookingState, ForBooked
from booking.models import BookedSession
from charter.coverage import coverage_of
from charter.enums import ProviderState
from workshops.calendars import days_off, local_date_of
from workshops.clashes import find_clashes, is_refused
from workshops.enums import Audience, PlaceKind
from workshops.models import Session, Venue
from workshops.operations.moving import NewTime, Target, targets_of
from workshops.rules import Limits, is_outside_school_hours, limits_fit_taken


@dataclass(frozen=True)
class DateLine:
    """One date: when and where it is, where it goes, who has booked it, what to look out for."""

    when: str
    new: str
    who: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Consequence:
    """How many of a kind are touched, and what they get."""

    who: str
    what: str


@dataclass(frozen=True)
class Preview:
    """Everything shown before a step is taken."""

    lines: list[DateLine]
    consequences: list[Consequence]
    token: str
    refusals: list[str] = field(default_factory=list)
    """Why it cannot be done as asked; then there is no button."""

    @property
    def is_possible(self) -> bool:
        """Whether it can be confirmed."""
        return not self.refusals


def move_preview(
    affected: Sequence[Affected],
    new_time: NewTime,
    for_booked: ForBooked,
    *,
    token: str,
    now: datetime,
) -> Preview:
    """Return what moving sessions would do: new times, days off, double bookings, cover, and who is told."""
    sessions = [one.session for one in affected]
    targets = targets_of(sessions, new_time)
    notes, refusals = _about_targets(affected, targets, now=now)
    notes = [[*_about_course(one), *note] for one, note in zip(affected, notes, strict=True)]
    if all(target.is_where(session) for session, target in zip(sessions, targets, strict=True)):
        refusals.append(_("Nothing would change. Choose another time or place."))
    place = _place_change(sessions[0], new_time)
    return Preview(
        lines=[
            DateLine(
                when=wording.when_text(one.session),
                new=", ".join(
                    part for part in (wording.period_text(target.starts_at, target.ends_at), place) if part
                ),
                who=who_lines(one),
                notes=note,
            )
            for one, target, note in zip(affected, targets, notes, strict=True)
        ],
        consequences=_consequences(affected, _WHEN_MOVED[for_booked]()),
        token=token,
        refusals=refusals,
    )


def cancel_preview(affected: Sequence[Affected], for_booked: ForBooked, *, token: str) -> Preview:
    """Return what cancelling sessions would do."""
    return Preview(
        lines=[
            DateLine(
                when=wording.when_text(one.session),
                new="",
                who=who_lines(one),
                notes=_about_course(one),
            )
            for one in affected
        ],
        consequences=_consequences(affected, _WHEN_CANCELLED[for_booked]()),
        token=token,
    )


def limits_preview(one: Affected, limits: Limits, *, token: str) -> Preview:
    """Return what new limits would do: nobody loses a place, and those who wait may get one."""
    session, refusals = one.session, []
    if not limits_fit_taken(limits, groups_taken=session.groups_taken, people_taken=session.people_taken):
        taken = wording.free_text(
            session.groups_taken if limits.max_groups is not None else None,
            session.people_taken if limits.max_people is not None else None,
        )
        refusals.append(
            _("%(taken)s are taken already, and nobody loses a place. Choose a higher number.")
            % {"taken": taken}
        )
    if limits == session.limits:
        refusals.append(_("Nothing would change. Choose another number."))
    before = wording.free_text(session.max_groups, session.max_people)
    after = wording.free_text(limits.max_groups, limits.max_people)
    waiting = one.counts.get(BookingState.WAITING, 0)
    consequences = []
    if waiting:
        who = who_text(BookingState.WAITING, waiting)
        what = _("The first that fit are offered the places that become free, and told at once.")
        consequences.append(Consequence(who, what))
    consequences += _too_large(one.too_large_for(limits))
    return Preview(
        lines=[
            DateLine(
                when=wording.when_text(session),
                new=_("From %(before)s to %(after)s") % {"before": before, "after": after},
                who=who_lines(one),
                notes=[],
            )
        ],
        consequences=consequences,
        token=token,
        refusals=refusals,
    )


def _too_large(entries: Sequence[BookedSession]) -> list[Consequence]:
    """Warn of those who wait with more than there will ever be room for."""
    if not entries:
        return []
    who = ngettext("%(count)s of them never fits then", "%(count)s of them never fit then", len(entries)) % {
        "count": len(entries)
    }
    what = _("Keep their number and get a mail: they can enter a smaller number or leave the waiting list.")
    to_phone = [item.booking.reference for item in entries if not item.booking.contact_email]
    if to_phone:
        what += " " + _("Without an e-mail address, so phone: %(references)s.") % {
            "references": ", ".join(to_phone)
        }
    return [Consequence(who, what)]


def who_lines(one: Affected) -> list[str]:
    """Return who is touched by a change of one date: counts and schools, nobody's name."""
    lines = [who_text(state, count) for state, count in one.counts.items()]
    if one.schools:
        lines.append(
            ngettext("School: %(names)s", "Schools: %(names)s", len(one.schools))
            % {"names": ", ".join(one.schools)}
        )
    return lines


def who_text(state: BookingState, count: int) -> str:
    """Return "2 bookinger", "1 på ventelisten"."""
    texts = {
        BookingState.CONFIRMED: ngettext("%(count)s booking", "%(count)s bookings", count),
        BookingState.AWAITING_APPROVAL: ngettext(
            "%(count)s that awaits approval", "%(count)s that await approval", count
        ),
        BookingState.OFFERED: ngettext(
            "%(count)s who has been offered a place", "%(count)s who have been offered a place", count
        ),
        BookingState.WAITING: ngettext(
            "%(count)s on the waiting list", "%(count)s on the waiting list", count
        ),
        BookingState.HELD: ngettext(
            "%(count)s that has not been confirmed by e-mail yet",
            "%(count)s that have not been confirmed by e-mail yet",
            count,
        ),
    }
    return texts[state] % {"count": count}


def _consequences(affected: Sequence[Affected], what: dict[BookingState, str]) -> list[Consequence]:
    total: Counter[BookingState] = Counter()
    for one in affected:
        total.update(one.counts)
    found = [Consequence(who_text(state, total[state]), text) for state, text in what.items() if total[state]]
    if found:
        found.append(
            Consequence(
                _("The provider’s coordinators"), _("Get a mail, and files that correct their calendar.")
            )
        )
    return found


def _moved_and_told() -> dict[BookingState, str]:
    stays = _("Get a mail with the new time and the next free dates.")
    return {
        BookingState.CONFIRMED: _(
            "Follow to the new time. They get a mail with the new time, a file that corrects their calendar, and "
            "the next free dates. They can withdraw until the start."
        ),
        BookingState.AWAITING_APPROVAL: _("Follow to the new time and still await an answer.") + " " + stays,
        BookingState.OFFERED: _("The offer is for the new time.") + " " + stays,
        BookingState.WAITING: _("Keep their rank.") + " " + stays,
        BookingState.HELD: stays,
    }


def _moved_with_tasks() -> dict[BookingState, str]:
    asks = _("Each becomes a task: the administration asks whether the new time suits.")
    texts = _moved_and_told()
    for state in (BookingState.CONFIRMED, BookingState.AWAITING_APPROVAL, BookingState.HELD):
        texts[state] = f"{texts[state]} {asks}"
    return texts


def _cancelled_and_told() -> dict[BookingState, str]:
    told = _("Get a mail with the reason and the next free dates.")
    return {
        BookingState.CONFIRMED: _(
            "Are cancelled. They get a mail with the reason and the next free dates, and a file that removes the "
            "date from their calendar."
        ),
        BookingState.AWAITING_APPROVAL: _("Are cancelled.") + " " + told,
        BookingState.OFFERED: _("The offer ends.") + " " + told,
        BookingState.WAITING: _("The waiting list closes.") + " " + told,
        BookingState.HELD: _("Are let go.") + " " + told,
    }


def _closed_with_tasks() -> dict[BookingState, str]:
    asks = _(
        "Each becomes a task: the administration moves or cancels it and tells them. Nobody is told before that."
    )
    stands = _("Nothing happens for now: the date takes no more bookings, and nobody new is offered a place.")
    return {
        BookingState.CONFIRMED: asks,
        BookingState.AWAITING_APPROVAL: asks,
        BookingState.OFFERED: stands,
        BookingState.WAITING: stands,
        BookingState.HELD: asks,
    }


_WHEN_MOVED = {ForBooked.TELL: _moved_and_told, ForBooked.TASKS: _moved_with_tasks}
_WHEN_CANCELLED = {ForBooked.TELL: _cancelled_and_told, ForBooked.TASKS: _closed_with_tasks}


def _about_targets(
    affected: Sequence[Affected], targets: Sequence[Target], *, now: datetime
) -> tuple[list[list[str]], list[str]]:
    """Return for each date what to look out for, and why the whole is refused."""
    sessions = [one.session for one in affected]
    days = [local_date_of(target.starts_at) for target in targets]
    off = days_off(min(days), max(days))
    slots = [target.slot_of(session) for session, target in zip(sessions, targets, strict=True)]
    clashes = find_clashes(slots, ignoring=[session.pk for session in sessions])
    coverage = coverage_of(sessions[0].provider, today=local_date_of(now))
    is_active = sessions[0].provider.state == ProviderState.ACTIVE
    notes: list[list[str]] = []
    refusals: list[str] = []
    for one, target, day, in_the_way in zip(affected, targets, days, clashes, strict=True):
        found = []
        if target.starts_at <= now:
            refusals.append(_("The new time has passed. Choose a time in the future."))
        if one.session.audience == Audience.SCHOOL and day in off:
            found.append(_("A day off for the schools: %(name)s") % {"name": off[day]})
        if is_outside_school_hours(
            audience=one.session.audience, starts_at=target.starts_at, ends_at=target.ends_at
        ):
            found.append(_("Outside ordinary school hours"))
        for clash in in_the_way:
            found.append(_("In the way is %(other)s") % {"other": clash})
            if is_refused() and clash.is_refusable:
                refusals.append(_("In the way is %(other)s") % {"other": clash})
        if not (is_active and coverage.is_covered and coverage.covers(day)):
            text = _("The charter does not cover %(day)s") % {"day": wording.day_text(day)}
            found.append(text)
            if one.booked:
                refusals.append(
                    text + ". " + _("Bookings cannot be moved there. Choose a date the charter covers.")
                )
        notes.append(found)
    return notes, list(dict.fromkeys(refusals))


def _about_course(one: Affected) -> list[str]:
    """Say that a date is a day of a course: only that day changes."""
    if one.session.course is None:
        return []
    return [
        _("A day of the course “%(name)s”. Its other days stay as they are.")
        % {"name": one.session.course.name}
    ]


def _place_change(session: Session, new_time: NewTime) -> str:
    """Return the new place where it is another."""
    if session.place_kind == PlaceKind.VENUE and new_time.venue_id not in (None, session.venue_id):
        return str(Venue.objects.get(pk=new_time.venue_id))
    if session.place_kind == PlaceKind.ONLINE and new_time.online_url != session.online_url:
        return _("new link")
    return ""
