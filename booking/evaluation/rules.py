"""When a form is open, how many may answer, and to which term an answer belongs. Values in, verdict out."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from booking.enums import PUPIL_FORMS, FormKind
from booking.models import FEWEST_SHOWN
from workshops.calendars import local_date_of, local_days_before

LINK_DAYS = 30
"""So many local days after the end the link of the mail takes an answer."""

ASK_DAYS = 14
"""A session reported later than this after its end is not asked about: nobody remembers."""

CODE_DAYS = 14
CODE_LENGTH = 6
CODE_LETTERS = "ABCDEFHJKMNPRTUVWXYZ234679"
"""Without letters and digits that are taken for each other on a board: no G, I, L, O, Q, S, 0, 1, 5, 8."""

MAX_TEXT = 600
STEPS = (1, 2, 3, 4, 5)

ADULT_STEPS = {
    1: _("Disagree entirely"),
    2: _("Disagree"),
    3: _("Neither nor"),
    4: _("Agree"),
    5: _("Agree entirely"),
}
PUPIL_STEPS = {
    1: _("No, not at all"),
    2: _("No, not really"),
    3: _("A bit of both"),
    4: _("Yes, mostly"),
    5: _("Yes, definitely"),
}


def steps_of(kind: str) -> Mapping[int, Any]:
    """Return the words of the five steps, as pupils or adults are asked."""
    return PUPIL_STEPS if kind in PUPIL_FORMS else ADULT_STEPS


def link_ends(ends_at: datetime) -> datetime:
    """Return until when the link of the mail about a session that ended then takes an answer."""
    return local_days_before(ends_at, -LINK_DAYS)


def code_ends(ends_at: datetime) -> datetime:
    """Return until when the code of a session that ended then opens its form."""
    return local_days_before(ends_at, -CODE_DAYS)


def may_be_asked(ends_at: datetime, *, now: datetime) -> bool:
    """Say whether those who came to a session that ended then are still asked by mail."""
    return ends_at <= now < local_days_before(ends_at, -ASK_DAYS)


def most_answers(people: int) -> int:
    """Return how many answers a code takes: everybody, and a few who came without being counted."""
    return math.ceil(people * 1.25) + 5


def normalise_code(typed: str) -> str:
    """Return a code as it is stored, however it was typed: small letters, spaces, hyphens."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[: CODE_LENGTH + 2]


def term_start(day: date) -> date:
    """Return the first day of the term: spring begins on 1 January, autumn on 1 August.

    Both a calendar year and a school year are two whole terms (ADR 14).
    """
    return date(day.year, 8 if day.month >= 8 else 1, 1)


def next_term_start(first_day: date) -> date:
    """Return the first day of the term after the one that begins then."""
    return date(first_day.year, 8, 1) if first_day.month < 8 else date(first_day.year + 1, 1, 1)


def is_term_over(first_day: date, *, now: datetime) -> bool:
    """Say whether a term has ended."""
    return local_date_of(now) >= next_term_start(first_day)


@dataclass(frozen=True)
class Given:
    """One step given to one question."""

    question: int
    goal: int | None
    value: int


def figures_of(given: Iterable[Given]) -> list[dict[str, Any]]:
    """Count answers by question, leaving out what fewer than five have answered."""
    counted: dict[tuple[int, int | None], Counter[int]] = {}
    for item in given:
        counted.setdefault((item.question, item.goal), Counter())[item.value] += 1
    return [
        {
            "question": question,
            "goal": goal,
            "counts": {str(step): number for step, number in sorted(steps.items())},
        }
        for (question, goal), steps in sorted(counted.items(), key=lambda one: (one[0][0], one[0][1] or 0))
        if steps.total() >= FEWEST_SHOWN
    ]


def form_for(audience_is_school: bool) -> FormKind:
    """Return the form that the code of a session opens."""
    return FormKind.PUPILS if audience_is_school else FormKind.PARTICIPANTS


SHEET_DAYS = 365
QUOTE_DAYS = 730
UNREAD_DAYS = 180
CODE_KEPT_DAYS = 30
OPT_OUT_DAYS = 730


def days_ago(now: datetime, days: int) -> date:
    """Return the local day so many days ago."""
    return local_date_of(now) - timedelta(days=days)
