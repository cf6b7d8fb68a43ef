"""Bringing schools, districts, domains and days off in from files."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import log
from core.audit.log import SYSTEM, Actor
from workshops.calendars import public_holidays
from workshops.models import District, Holiday, PublicHoliday, School, SchoolDomain, SchoolYear
from workshops.register import ReadResult, RowError, SchoolRecord, read_register
from workshops.schools import search_text_of

DATA = resources.files("workshops") / "data"
YEARS_OF_PUBLIC_HOLIDAYS = range(-2, 6)
"""Around the current year: past figures and schedules made ahead both ask."""

Value = str | float | None


@dataclass(frozen=True)
class Difference:
    """One field that a file changes."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, or would change."""

    created: Sequence[str]
    changed: Sequence[tuple[str, Sequence[Difference]]]
    unchanged: int
    vanished: Sequence[str]
    """Schools of the register that the file no longer names. Nothing is deleted: closing is a decision."""

    errors: Sequence[RowError]

    @property
    def has_changes(self) -> bool:
        """Whether anything was, or would be, written."""
        return bool(self.created or self.changed)


@dataclass
class _Tally:
    created: list[str] = field(default_factory=list)
    changed: list[tuple[str, list[Difference]]] = field(default_factory=list)
    unchanged: int = 0


def import_schools(
    *, content: bytes, now: datetime, actor: Actor = SYSTEM, is_dry_run: bool = False
) -> ImportReport:
    """Bring a file of schools in: the register's JSON or our CSV. Importing it again changes nothing.

    Name, type, address and the like follow the file, where it says something. What people decide is never
    touched on a known school: whether it can book, that it has closed, what it merged into. No school is
    ever deleted.

    Args:
        is_dry_run: report only.
    Raises:
        RegisterUnreadableError: the whole file cannot be read.
    Source: FEATURES S7, S29.
    """
    read = read_register(content)
    with transaction.atomic():
        report = _write(read, is_dry_run=is_dry_run)
        if report.has_changes and not is_dry_run:
            log.record(
                "schools.imported",
                "school:*",
                actor=actor,
                now=now,
                created=len(report.created),
                changed=len(report.changed),
                errors=len(report.errors),
            )
    return report


def load_shipped_register(*, now: datetime, actor: Actor = SYSTEM) -> ImportReport:
    """Load the shipped districts, schools, domains, holiday plans and public holidays; safe to repeat.

    A school year that is there already is the editors' and is left alone.
    """
    with transaction.atomic():
        for row in _shipped_rows("bydele.csv"):
            District.objects.update_or_create(number=int(row["bydel_no"]), defaults={"name": row["name"]})
        report = import_schools(content=(DATA / "schools.csv").read_bytes(), now=now, actor=actor)
        _load_domains()
        _load_holiday_plans()
        load_public_holidays(year=now.year)
    return report


def load_public_holidays(*, year: int) -> None:
    """Write the public holidays of the years around one; days that are there already are left alone."""
    PublicHoliday.objects.bulk_create(
        (
            PublicHoliday(day=day, name=name)
            for offset in YEARS_OF_PUBLIC_HOLIDAYS
            for day, name in public_holidays(year + offset).items()
        ),
        ignore_conflicts=True,
    )


def _write(read: ReadResult, *, is_dry_run: bool) -> ImportReport:
    known = list(School.objects.select_for_update().order_by("pk"))
    by_number = {school.institution_number: school for school in known if school.institution_number}
    unnumbered = {school.name: school for school in known if not school.institution_number}
    districts = set(District.objects.values_list("number", flat=True))
    errors = list(read.errors)
    matched: set[int] = set()
    tally = _Tally()
    # Umbrellas first, so that a unit finds its parent whatever the file's order.
    for record in sorted(read.records, key=lambda record: bool(record.parent_number)):
        if record.district_number is not None and record.district_number not in districts:
            reason = _("There is no district number %(number)d.") % {"number": record.district_number}
            errors.append(RowError(record.line, reason))
            continue
        school = by_number.get(record.number) or unnumbered.get(record.name)
        if school is None:
            school = School(is_bookable=record.can_book)
            tally.created.append(_label(record.number, record.name))
            _apply(school, record, by_number)
        else:
            matched.add(school.pk)
            label = _label(school.institution_number, school.name)
            differences = _apply(school, record, by_number)
            if not differences:
                tally.unchanged += 1
                continue
            tally.changed.append((label, differences))
        if not is_dry_run:
            school.search_text = search_text_of(school)
            school.save()
        if record.number:
            by_number[record.number] = school
    vanished = [
        _label(school.institution_number, school.name)
        for school in known
        if school.closed_on is None and school.pk not in matched
    ]
    return ImportReport(tally.created, tally.changed, tally.unchanged, vanished, errors)


def _apply(school: School, record: SchoolRecord, by_number: dict[str, School]) -> list[Difference]:
    """Set what the record says on the school; return the differences. Nothing is blanked."""
    wanted: dict[str, Value] = {
        "institution_number": record.number,
        "name": record.name,
        "school_type": record.school_type,
        "unit_type": record.unit_type,
        "owner": record.owner,
        "address": record.address,
        "postal_code": record.postal_code,
        "city": record.city,
        "municipality": record.municipality,
        "district_id": record.district_number,
        "latitude": record.latitude,
        "longitude": record.longitude,
        "website": record.website,
        "cvr": record.cvr,
    }
    differences: list[Difference] = []
    for name, after in wanted.items():
        before = getattr(school, name)
        if after in ("", None) or before == after:
            continue
        setattr(school, name, after)
        differences.append(Difference(name.removesuffix("_id"), before, after))
    parent = by_number.get(record.parent_number)
    if parent is not None and (school.parent_id is None or school.parent_id != parent.pk):
        before = school.parent.name if school.parent else None
        school.parent = parent
        differences.append(Difference("parent", before, parent.name))
    return differences


def _label(number: str | None, name: str) -> str:
    return f"{number} {name}" if number else name


def _load_domains() -> None:
    schools = dict(School.objects.exclude(institution_number=None).values_list("institution_number", "pk"))
    known = set(SchoolDomain.objects.values_list("domain", "school_id"))
    wanted = (
        (row["domain"], schools[row["institution_no"]] if row["institution_no"] else None)
        for row in _shipped_rows("school_domains.csv")
    )
    SchoolDomain.objects.bulk_create(
        SchoolDomain(domain=domain, school_id=school_id)
        for domain, school_id in wanted
        if (domain, school_id) not in known
    )


def _load_holiday_plans() -> None:
    rows = _shipped_rows("school_holidays.csv")
    known = set(SchoolYear.objects.values_list("start_year", flat=True))
    for start_year in sorted({int(row["school_year"][:4]) for row in rows} - known):
        SchoolYear.objects.create(start_year=start_year)
        Holiday.objects.bulk_create(
            Holiday(
                school_year_id=start_year,
                name=row["name"],
                first_day=date.fromisoformat(row["first_day"]),
                last_day=date.fromisoformat(row["last_day"]),
            )
            for row in rows
            if int(row["school_year"][:4]) == start_year
        )


def _shipped_rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"))))
