"""Closing, merging and reopening schools. History is kept: bookings keep their school and what was copied (S29)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core.audit.log import Actor, record
from core.worklist.operations import open_item
from workshops import observers
from workshops.enums import UPCOMING_STATES
from workshops.errors import SchoolHeirError, SchoolNotClosedError
from workshops.models import School, SchoolDomain, Session
from workshops.work_items import SCHOOL_EVENING


@dataclass(frozen=True)
class SchoolEnded:
    """What closing a school did: the bookings and evenings on or after its last day that became tasks."""

    school: School
    bookings: int = 0
    evenings: int = 0


def close_school(*, school_id: int, closed_on: date, actor: Actor, now: datetime) -> SchoolEnded:
    """Close a school: from `closed_on` it cannot book, and what it has booked from then on becomes tasks.

    Nothing is cancelled by itself (rule 3), and no booking, figure or earlier name changes. Closing it again
    on another day moves the day.

    Args:
        closed_on: the first day without the school; may be past.
    """
    with transaction.atomic():
        school = _locked(school_id)
        if school.closed_on == closed_on and school.merged_into_id is None:
            return SchoolEnded(school)
        school.closed_on = closed_on
        school.merged_into = None
        return _write_end(school, "school.closed", actor=actor, now=now)


def merge_school(
    *, school_id: int, heir_id: int, merged_on: date, actor: Actor, now: datetime
) -> SchoolEnded:
    """Merge a school into another, which takes over from `merged_on`.

    The old one is kept, closed; whoever looks for it is shown the heir. The old one's e-mail domains become
    known for the heir too, so that its teachers' bookings still confirm at once. Its bookings from that day
    on become tasks.

    Raises:
        SchoolHeirError: the heir is the school itself, cannot book on that day, or has been merged into it.
    """
    with transaction.atomic():
        # One order, so that two merges the opposite way wait for each other instead of both passing.
        schools = {
            school.pk: school for school in School.objects.locked().filter(pk__in=[school_id, heir_id])
        }
        school, heir = schools[school_id], schools[heir_id]
        if heir.pk == school.pk or not heir.can_book(on=merged_on):
            raise SchoolHeirError
        if school.merged_into_id == heir.pk and school.closed_on == merged_on:
            return SchoolEnded(school)
        school.closed_on = merged_on
        school.merged_into = heir
        SchoolDomain.objects.bulk_create(
            (
                SchoolDomain(domain=domain, school=heir)
                for domain in school.domains.values_list("domain", flat=True)
            ),
            ignore_conflicts=True,
        )
        return _write_end(school, "school.merged", actor=actor, now=now, heir=heir.pk)


def reopen_school(*, school_id: int, actor: Actor, now: datetime) -> School:
    """Take a closing or a merger back: the school can book again. Tasks it made stay for a person to close.

    Raises:
        SchoolNotClosedError: it is open.
    """
    with transaction.atomic():
        school = _locked(school_id)
        if school.closed_on is None:
            raise SchoolNotClosedError
        before = school.closed_on
        school.closed_on = None
        school.merged_into = None
        school.save(update_fields=["closed_on", "merged_into"])
        record("school.reopened", f"school:{school.pk}", actor=actor, now=now, before=before.isoformat())
        return school


def _locked(school_id: int) -> School:
    return School.objects.locked().get(pk=school_id)


def _write_end(school: School, action: str, *, actor: Actor, now: datetime, **facts: int) -> SchoolEnded:
    closed_on = school.closed_on
    if closed_on is None:
        raise SchoolNotClosedError
    school.save(update_fields=["closed_on", "merged_into"])
    record(action, f"school:{school.pk}", actor=actor, now=now, closed_on=closed_on.isoformat(), **facts)
    return SchoolEnded(
        school,
        bookings=observers.schools_end([school.pk], now=now),
        evenings=_open_evening_tasks(school, closed_on, now=now),
    )


def _open_evening_tasks(school: School, closed_on: date, *, now: datetime) -> int:
    """Make a task of each evening for the school's parents that lies after its last day."""
    evenings = Session.objects.upcoming(now=now).filter(
        for_school=school, local_date__gte=closed_on, state__in=UPCOMING_STATES
    )
    for session in evenings:
        open_item(
            key=f"{SCHOOL_EVENING}:{session.pk}:{closed_on.isoformat()}",
            kind=SCHOOL_EVENING,
            subject=f"session:{session.pk}",
            provider_id=session.provider_id,
            data={"title": session.title, "date": session.local_date.isoformat(), "school": school.name},
            due_at=session.starts_at,
            now=now,
        )
    return len(evenings)
