"""Named reads of closed years, and of the years that can be."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from charter.models import Programme
from portal.reporting.yearly.models import AnnualReport, PeriodKind
from portal.reporting.yearly.periods import Period
from workshops.calendars import local_date_of, school_year_of
from workshops.models import Session


def newest_report(programme: Programme, period: Period) -> AnnualReport | None:
    """Return the report in force of a period: its newest revision."""
    first, last = period.days
    reports = AnnualReport.objects.filter(programme=programme, first_day=first, last_day=last)
    return reports.select_related("programme").order_by("-number").first()


@dataclass(frozen=True)
class Candidate:
    """A year of a programme that has sessions."""

    programme: Programme
    period: Period
    is_over: bool
    report: AnnualReport | None
    """The newest revision, where it is closed."""


def years_to_close(*, now: datetime) -> list[Candidate]:
    """Return the years with sessions, the newest first, closed or not, and those that run: three queries."""
    today = local_date_of(now)
    newest: dict[tuple[int, date, date], AnnualReport] = {}
    for report in AnnualReport.objects.order_by("number").defer("content"):
        newest[(report.programme_id, report.first_day, report.last_day)] = report
    firsts = dict(Session.objects.order_by().values_list("programme").annotate(first=Min("local_date")))
    found = []
    for programme in Programme.objects.order_by("name"):
        first = firsts.get(programme.pk)
        if first is None:
            continue
        periods = [Period(PeriodKind.CALENDAR, year) for year in range(first.year, today.year + 1)]
        periods += [
            Period(PeriodKind.SCHOOL, year)
            for year in range(school_year_of(first), school_year_of(today) + 1)
        ]
        found += [
            Candidate(programme, period, period.is_over(on=today), newest.get((programme.pk, *period.days)))
            for period in periods
        ]
    return sorted(found, key=lambda one: (one.period.days[1], one.programme.name), reverse=True)
