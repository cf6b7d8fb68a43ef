"""Which year is closed: a calendar year or a school year."""

from dataclasses import dataclass
from datetime import date

from portal.reporting.yearly.models import PeriodKind, year_label
from workshops.calendars import school_year_days


@dataclass(frozen=True)
class Period:
    """A calendar year or a school year."""

    kind: PeriodKind
    year: int
    """The calendar year in which it begins."""

    @property
    def days(self) -> tuple[date, date]:
        """Return its first and last day."""
        if self.kind == PeriodKind.SCHOOL:
            return school_year_days(self.year)
        return date(self.year, 1, 1), date(self.year, 12, 31)

    @property
    def label(self) -> str:
        """Return it as it is said: 2026, or 2025/26."""
        return year_label(self.kind, self.year)

    @property
    def slug(self) -> str:
        """Return it as a part of an address."""
        return self.label.replace("/", "-")

    def is_over(self, *, on: date) -> bool:
        """Whether its last day has passed."""
        return self.days[1] < on

    @classmethod
    def of(cls, slug: str) -> "Period | None":
        """Return the period of a part of an address, or None."""
        start = slug.partition("-")[0]
        if not (start.isascii() and start.isdigit() and len(start) == 4):
            return None
        found = [cls(kind, int(start)) for kind in PeriodKind]
        return next((period for period in found if period.slug == slug and period.year > 0), None)
