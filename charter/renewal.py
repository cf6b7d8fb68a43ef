"""Pure decisions about renewal: where a provider stands with the charter, and which reminder is due (C7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.enums import CoverageState, ProviderState
from charter.rules import CAN_SIGN_IN, Coverage, EndCause, Period

LADDER = (60, 30, 14, 7, 1)
"""Days before the last covered day on which signatories and team are reminded (C7)."""

LAPSED = 0
"""The step after the ladder: coverage is over."""

LAPSE_IS_NEWS = timedelta(days=30)
"""An older lapse is told by the board, not by a mail: the job may have been off, or the portal new."""


class Standing(models.TextChoices):
    """Where a provider stands with the charter, for the administration's board."""

    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NOT_SIGNED = "not_signed", _("Not yet signed")
    RENEWAL = "renewal", _("Can renew now")
    ENDING = "ending", _("Ends without renewal")
    COVERED = "covered", _("Covered")
    UPCOMING = "upcoming", _("Signed, covers later")
    SUSPENDED = "suspended", _("Paused")
    DECLINED = "declined", _("Has declined")


URGENCY = {standing: rank for rank, standing in enumerate(Standing)}
"""The order of the board: what needs a person first stands on top."""

ON_BOARD = frozenset({*CAN_SIGN_IN, ProviderState.SUSPENDED, ProviderState.DECLINED_CHARTER})
"""Who is on the board: vetted and not ended. Who is still being vetted cannot sign yet."""

MAY_BE_REMINDED = frozenset({Standing.LAPSED, Standing.NOT_SIGNED, Standing.RENEWAL})


def standing_of(*, state: str, coverage: Coverage, today: date) -> Standing:
    """Return where a provider that needs the charter stands: its own state first, then its coverage."""
    if state == ProviderState.SUSPENDED:
        return Standing.SUSPENDED
    if state == ProviderState.DECLINED_CHARTER:
        return Standing.DECLINED
    if coverage.state in {CoverageState.COVERED, CoverageState.RENEWAL_OPEN} and is_withdrawn_later(
        coverage, today=today
    ):
        return Standing.ENDING
    return {
        CoverageState.RENEWAL_OPEN: Standing.RENEWAL,
        CoverageState.COVERED: Standing.COVERED,
        CoverageState.UPCOMING: Standing.UPCOMING,
        CoverageState.LAPSED: Standing.LAPSED,
        CoverageState.WITHDRAWN: Standing.WITHDRAWN,
    }.get(coverage.state, Standing.NOT_SIGNED)


def is_withdrawn_later(coverage: Coverage, *, today: date) -> bool:
    """Return whether the stretch around today ends by a withdrawal: then nobody is asked to renew."""
    return any(i.covers(today) and i.ended_by == EndCause.WITHDRAWAL for i in coverage.intervals)


@dataclass(frozen=True)
class Due:
    """A step of the ladder that is due."""

    step: int
    """Days before the end (`LADDER`), or `LAPSED`."""

    ends_on: date
    """The last covered day."""


def step_due(*, state: str, coverage: Coverage, today: date) -> Due | None:
    """Return the one step that is due on a day, or None.

    A day the job did not run is not made up for: of several steps that have passed, the last is due. Whoever is
    not in a position to sign (suspended, ended, declined) or has withdrawn is not reminded.
    Source: DESIGN.md rules 2 and 5.
    """
    if state not in CAN_SIGN_IN:
        return None
    if coverage.state == CoverageState.LAPSED and coverage.lapsed_on is not None:
        is_news = today - coverage.lapsed_on <= LAPSE_IS_NEWS
        return Due(LAPSED, coverage.lapsed_on) if is_news else None
    if coverage.state not in {CoverageState.COVERED, CoverageState.RENEWAL_OPEN} or coverage.until is None:
        return None
    if is_withdrawn_later(coverage, today=today):
        return None
    left = (coverage.until - today).days
    step = min((days for days in LADDER if left <= days), default=None)
    return None if step is None else Due(step, coverage.until)


def prolongs(periods: Sequence[Period], *, ends_on: date) -> bool:
    """Return whether one of the periods that can be signed now covers a day after the end."""
    return any(period.last_day > ends_on for period in periods)


class Reminder(StrEnum):
    """What a provider is told; each is a mail of its own."""

    RENEW = "charter_renewal"
    LAPSED = "charter_lapsed"
    UNSIGNED = "charter_unsigned"


def reminder_for(standing: Standing) -> Reminder | None:
    """Return the mail that fits a standing when somebody presses the button, None where none does."""
    return {
        Standing.RENEWAL: Reminder.RENEW,
        Standing.LAPSED: Reminder.LAPSED,
        Standing.NOT_SIGNED: Reminder.UNSIGNED,
    }.get(standing)
