"""What the preview of a rolled season shows of each date, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from charter.coverage import Coverage
from workshops.calendars import local_date_of
from workshops.enums import RolledState
from workshops.seasons import RolledDate

_KINDS = {
    RolledState.KEPT: "success",
    RolledState.MOVED: "info",
    RolledState.DROPPED: "warning",
    RolledState.EXISTS: "neutral",
}


@dataclass(frozen=True)
class SeasonLine:
    """One date: this year's, next year's, and why."""

    title: str
    was: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    state: str
    kind: str
    reason: str
    notes: tuple[str, ...]
    is_uncovered: bool
    """Nobody can book it before the charter is signed for that day (rule 2)."""


def season_lines(dates: Sequence[RolledDate], *, coverage: Coverage) -> list[SeasonLine]:
    """Return the lines in the order of this year's dates."""
    return [
        SeasonLine(
            title=one.source.title,
            was=one.source.starts_at,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place=one.source.venue.name if one.source.venue else "",
            state=str(one.state.label),
            kind=_KINDS[one.state],
            reason=one.reason,
            notes=one.notes,
            is_uncovered=one.is_made
            and one.starts_at is not None
            and not coverage.covers(local_date_of(one.starts_at)),
        )
        for one in dates
    ]
