"""What somebody asks of the costs by an address: programme, year, provider, what it counts as."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from charter.models import Programme
from portal.reporting.costs.enums import Counts
from portal.reporting.costs.sums import sessions_in, without_price, years_of
from portal.reporting.questions import id_of
from workshops.calendars import local_date_of


@dataclass(frozen=True)
class CostQuestion:
    """A question that can be answered: what makes no sense in an address is left out."""

    programmes: tuple[Programme, ...]
    programme: Programme
    years: tuple[int, ...]
    year: int
    provider_id: int | None = None
    counts: str = ""
    only_missing: bool = False

    def query(self, **changes: Any) -> str:
        """Return the address' query of this question, some of it changed; what is None is left out."""
        values: dict[str, Any] = {
            "programme": self.programme.pk,
            "year": self.year,
            "provider": self.provider_id,
            "counts": self.counts or None,
            "missing": "1" if self.only_missing else None,
        }
        return urlencode({key: value for key, value in {**values, **changes}.items() if value is not None})

    def sessions(self, *, now: datetime) -> QuerySet[Any, Any]:
        """Return the sessions asked for, the oldest first."""
        found = sessions_in(
            programme_id=self.programme.pk,
            year=self.year,
            now=now,
            provider_id=self.provider_id,
            counts=self.counts,
        ).order_by("starts_at", "pk")
        return without_price(found) if self.only_missing else found


def ask_costs(values: Mapping[str, str], *, now: datetime) -> CostQuestion | None:
    """Return the question of an address, or None where there is no programme. One statement."""
    today = local_date_of(now)
    programmes = tuple(Programme.objects.order_by("name", "pk"))
    if not programmes:
        return None
    programme = next(
        (row for row in programmes if str(row.pk) == values.get("programme")),
        # The largest frame: what the administration is asked about most.
        max(programmes, key=lambda row: (row.yearly_budget_dkk or 0, -row.pk)),
    )
    years = tuple(years_of(programme, today=today))
    year = next(
        (item for item in years if str(item) == values.get("year")),
        next((item for item in years if item <= today.year), years[0]),
    )
    counts = values.get("counts", "")
    return CostQuestion(
        programmes=programmes,
        programme=programme,
        years=years,
        year=year,
        provider_id=id_of(values.get("provider", "")),
        counts=counts if counts in Counts.values else "",
        only_missing=values.get("missing") == "1",
    )
