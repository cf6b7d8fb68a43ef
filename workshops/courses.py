"""Which single dates of an offer would make courses: values in, proposals out (S20)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from workshops.calendars import LOCAL_ZONE
from workshops.models import Session

FEWEST, MOST = 2, 3
"""Dates in a course."""


@dataclass(frozen=True)
class CourseProposal:
    """Dates that would be one course, the soonest first."""

    sessions: tuple[Session, ...]

    @property
    def key(self) -> str:
        """The dates' numbers, for a form: "4-9-12"."""
        return "-".join(str(session.pk) for session in self.sessions)


def propose_courses(sessions: Iterable[Session], *, dates: int, weeks_between: int) -> list[CourseProposal]:
    """Return courses of so many dates, so many weeks apart on the same weekday and wall time; each date once.

    The wall time decides, so a course goes across a change of clocks (rule 7). A date without a follower so
    many weeks later, a holiday for example, begins no course.
    """
    left = sorted(sessions, key=lambda session: (session.starts_at, session.pk))
    at = {
        session.starts_at.astimezone(LOCAL_ZONE).replace(tzinfo=None): session for session in reversed(left)
    }
    used: set[int] = set()
    found = []
    for session in left:
        first = session.starts_at.astimezone(LOCAL_ZONE).replace(tzinfo=None)
        chain = [at.get(first + timedelta(weeks=weeks_between * step)) for step in range(dates)]
        whole = [one for one in chain if one is not None and one.pk not in used]
        if len(whole) == dates and whole[0].pk == session.pk:
            used.update(one.pk for one in whole)
            found.append(CourseProposal(tuple(whole)))
    return found
