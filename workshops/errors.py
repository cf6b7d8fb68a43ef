"""Why something about offers, schedules or sessions was refused: one error per refusal."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workshops.calendars import LOCAL_ZONE

if TYPE_CHECKING:
    from workshops.clashes import Clash
    from workshops.models import Session


class WorkshopError(Exception):
    """A refusal with a stable code and a sentence that says what to do."""

    code: ClassVar[str] = "workshop_refused"
    message: ClassVar[str | Promise] = ""

    def __str__(self) -> str:
        return str(self.message)


class SessionLimitMissingError(WorkshopError):
    """Neither a limit of classes nor of people is known."""

    code = "session_limit_missing"
    message = _("Say how many classes or how many people there is room for.")


class SessionPlaceMissingError(WorkshopError):
    """A session at a venue has no venue."""

    code = "session_place_missing"
    message = _("Choose the place where the session is held.")


class SessionEndsBeforeStartError(WorkshopError):
    """The end is not after the start."""

    code = "session_ends_before_start"
    message = _("The session must end after it begins.")


class LimitBelowTakenError(WorkshopError):
    """A limit would fall below the places already taken (rule 1)."""

    code = "limit_below_taken"
    message = _("The limit cannot be lower than the places that are already taken.")


class UnitFrozenError(WorkshopError):
    """The unit or the adult rule would change while somebody is booked or waiting."""

    code = "unit_frozen"
    message = _(
        "Somebody has booked or is waiting. What is counted (classes, people, accompanying adults) can no longer change."
    )


class SessionHasBookingsError(WorkshopError):
    """The session has bookings that this act would touch (rule 3)."""

    code = "session_has_bookings"
    message = _(
        "Somebody has booked this date. Use “Move the date” or “Cancel the date” on its page: they tell everybody affected."
    )


class SessionStateError(WorkshopError):
    """The session's state does not allow this act."""

    code = "session_state"
    message = _(
        "This cannot be done with the session in its present state. Reload the page and see its state."
    )


class SessionStartedError(WorkshopError):
    """The session has begun or is over."""

    code = "session_started"
    message = _("The session has already begun. Choose a time in the future.")


class SessionClashError(WorkshopError):
    """The venue or the facilitator is taken, and the setting says to refuse that; `clashes` says by what (S21)."""

    code = "session_clash"
    message = _("The time is taken. Choose another time, place or facilitator.")

    def __init__(self, clashes: "Sequence[Clash]") -> None:
        super().__init__(len(clashes))
        self.clashes = list(clashes)

    def __str__(self) -> str:
        return " ".join([str(self.message), *(f"{clash}." for clash in self.clashes)])


class ScheduleRuleError(WorkshopError):
    """A schedule's rule cannot be read or proposes no date."""

    code = "schedule_rule"
    message = _("The plan gives no dates. Choose weekdays between the first and the last date, or add dates.")


class SchoolHeirError(WorkshopError):
    """A school cannot be merged into this one: itself, closed by then, or not bookable."""

    code = "school_heir"
    message = _("Choose another school that can book on that day.")


class SchoolNotClosedError(WorkshopError):
    """The school is open: there is nothing to take back."""

    code = "school_not_closed"
    message = _("The school is not closed. Reload the page.")


class OfferRulesError(WorkshopError):
    """An offer's rules contradict each other or its audience; `problems` says what to do by field."""

    code = "offer_rules_wrong"
    message = _("Correct the rules that are marked.")

    def __init__(self, problems: Mapping[str, str | Promise]) -> None:
        super().__init__(", ".join(problems))
        self.problems = dict(problems)


class OfferHasSessionsError(WorkshopError):
    """Provider or audience would change although the offer has sessions; `fields` names which."""

    code = "offer_has_sessions"
    message = _(
        "The offer has dates, and they keep their provider and audience. Make a new offer instead, and close this one."
    )

    def __init__(self, fields: Collection[str] = ()) -> None:
        super().__init__(", ".join(fields))
        self.fields = list(fields)


class CourseSizeError(WorkshopError):
    """A course has two or three dates (S20)."""

    code = "course_size"
    message = _("A course has two or three dates. Choose two or three.")


class CourseDatesError(WorkshopError):
    """A date cannot be part of the course: over, cancelled, of another offer or course, or for other people."""

    code = "course_dates"
    message = _(
        "Choose coming dates of this offer that are in no other course and that the same people may book."
    )


class CourseDatesOverlapError(WorkshopError):
    """Two dates of a course are held at the same time: no class can be at both."""

    code = "course_dates_overlap"
    message = _(
        "Two of the dates overlap: %(first)s and %(second)s. Choose dates that are not held at the same time."
    )

    def __init__(self, first: "Session", second: "Session") -> None:
        super().__init__(first.pk, second.pk)
        self.sessions = (first, second)

    def __str__(self) -> str:
        first, second = (
            f"{session.starts_at.astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}" for session in self.sessions
        )
        return str(self.message) % {"first": first, "second": second}


class CourseHasBookingsError(WorkshopError):
    """Somebody has booked, or waits for, a date that would join or leave a course (rule 3); `sessions` says which."""

    code = "course_has_bookings"
    message = _(
        "Somebody has booked these dates, or waits for them: %(dates)s. Move or cancel the bookings first; then the course can be changed."
    )

    def __init__(self, sessions: "Sequence[Session]") -> None:
        super().__init__(len(sessions))
        self.sessions = list(sessions)

    def __str__(self) -> str:
        dates = ", ".join(f"{session.local_date:%d.%m.%Y}" for session in self.sessions)
        return str(self.message) % {"dates": dates}


class SeasonChangedError(WorkshopError):
    """What rolling a season would do is no longer what was shown."""

    code = "season_changed"
    message = _("Something has changed since you saw the dates. Look at them again and confirm.")


class DraftChangedError(WorkshopError):
    """Somebody else has saved the draft since this form was opened."""

    code = "draft_changed"
    message = _(
        "Somebody else has saved this draft since you opened it. What you have typed stands below: save again to replace theirs."
    )


class DraftStateError(WorkshopError):
    """The draft is being read, or is published: it is not written in now."""

    code = "draft_state"
    message = _("The draft has been sent, so it cannot be changed now. Take it back first.")


class PageInReviewError(WorkshopError):
    """The offer's page is already in review, or locked by an editor."""

    code = "page_in_review"
    message = _(
        "The administration is working on this offer's page right now. Save your draft and send it later."
    )


class NothingToBelongToError(WorkshopError):
    """There is no catalogue, no review or no programme to put a new offer in."""

    code = "nothing_to_belong_to"
    message = _("The offer cannot be sent right now. Your draft is saved; write to us, and we help.")
