"""Local time, school years, school holidays and public holidays (S18). Days off warn, they never block."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dateutil.easter import easter
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from core.prepared import prepared

if TYPE_CHECKING:
    from workshops.models import Holiday, School

LOCAL_ZONE = ZoneInfo("Europe/Copenhagen")
FIRST_MONTH_OF_SCHOOL_YEAR = 8


def local_date_of(moment: datetime) -> date:
    """Return the date in Europe/Copenhagen of an aware moment."""
    return moment.astimezone(LOCAL_ZONE).date()


def at_local_time(day: date, wall_time: time) -> datetime:
    """Return the aware moment when the clocks in Copenhagen show `wall_time` on `day` (rule 7)."""
    return datetime.combine(day, wall_time, tzinfo=LOCAL_ZONE)


def local_days_before(moment: datetime, days: int) -> datetime:
    """Return the same wall time so many local days earlier: a change of clocks in between does not show."""
    local = moment.astimezone(LOCAL_ZONE)
    return at_local_time(local.date() - timedelta(days=days), local.time())


def minutes_after(moment: datetime, minutes: int) -> datetime:
    """Return the moment so many real minutes later, also across a change of clocks."""
    return (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(LOCAL_ZONE)


def school_year_of(day: date) -> int:
    """Return the first calendar year of the school year of a day: 2026 from 1 August 2026 to 31 July 2027."""
    return day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1


def school_year_days(start_year: int) -> tuple[date, date]:
    """Return the first and last day of a school year."""
    return date(start_year, FIRST_MONTH_OF_SCHOOL_YEAR, 1), date(start_year + 1, 7, 31)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def public_holidays(year: int) -> dict[date, str]:
    """Return Denmark's public holidays of a year, and the days nearly everybody keeps off, by Danish name.

    Easter moves the rest. Store bededag is no holiday since 2024.
    """
    sunday = easter(year)
    return {
        date(year, 1, 1): "Nytårsdag",
        sunday - timedelta(days=3): "Skærtorsdag",
        sunday - timedelta(days=2): "Langfredag",
        sunday: "Påskedag",
        sunday + timedelta(days=1): "2. påskedag",
        sunday + timedelta(days=39): "Kristi himmelfartsdag",
        sunday + timedelta(days=49): "Pinsedag",
        sunday + timedelta(days=50): "2. pinsedag",
        date(year, 6, 5): "Grundlovsdag",
        date(year, 12, 24): "Juleaftensdag",
        date(year, 12, 25): "Juledag",
        date(year, 12, 26): "2. juledag",
        date(year, 12, 31): "Nytårsaftensdag",
    }


@prepared
def _free_and_taught(
    *, first: date, last: date, school_id: int | None
) -> "QuerySet[Holiday, tuple[Any, ...]]":
    """Return first day, last day, name, whether they are taught and whether they are public: plans, then holidays."""
    from workshops.models import Holiday, PublicHoliday

    whose = Q(school=None) if school_id is None else Q(school=None) | Q(school=school_id)
    planned = Holiday.objects.filter(whose, first_day__lte=last, last_day__gte=first).order_by()
    public = PublicHoliday.objects.filter(day__range=(first, last)).order_by()
    return (
        planned.annotate(is_public=Value(False))
        .values_list("first_day", "last_day", "name", "is_school_day", "is_public")
        .union(
            public.annotate(is_school_day=Value(False), is_public=Value(True)).values_list(
                "day", "day", "name", "is_school_day", "is_public"
            ),
            all=True,
        )
        .order_by("is_public", "first_day", "last_day", "name")
    )


def days_off(first: date, last: date, *, school: "School | None" = None) -> dict[date, str]:
    """Return the days off between two days by name: municipal plan, public holidays, a school's own plan. One statement.

    Args:
        first, last: both included.
        school: whose own plan counts too. It adds days off, and may make municipal days off into school
            days; a public holiday stays one.
    """
    planned: dict[date, str] = {}
    public: dict[date, str] = {}
    taught: set[date] = set()
    rows = _free_and_taught(first=first, last=last, school_id=school.pk if school else None)
    for first_day, last_day, name, is_school_day, is_public in rows:
        days = days_between(max(first, first_day), min(last, last_day))
        if is_school_day:
            taught.update(days)
        else:
            (public if is_public else planned).update(dict.fromkeys(days, name))
    off = {day: name for day, name in planned.items() if day not in taught}
    return dict(sorted({**off, **public}.items()))


def has_own_plan(school_path: str) -> Exists:
    """Return a condition for a queryset: the school at this path has days of its own in the holiday plan.

    Most schools have none: a page that knows need not ask for them.
    """
    from workshops.models import Holiday

    return Exists(Holiday.objects.filter(school=OuterRef(school_path)))


def known_school_years() -> frozenset[int]:
    """Return the first years of the school years whose holiday plan we have."""
    from workshops.models import SchoolYear

    return frozenset(SchoolYear.objects.values_list("start_year", flat=True))


def is_plan_known(day: date) -> bool:
    """Say whether the holiday plan of the day's school year is known; else show «ferieplan mangler»."""
    return school_year_of(day) in known_school_years()
