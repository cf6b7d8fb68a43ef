"""What is read to show a form: its version in use, and the learning goals it asks about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from booking.enums import PUPIL_FORMS, FormKind, FormState, QuestionKind
from booking.evaluation.errors import (
    CodeEndedError,
    CodeNotOpenError,
    CodeUnknownError,
    CodeUsedUpError,
    FormNotInUseError,
)
from booking.evaluation.rules import normalise_code
from booking.models import AnswerCode, BookedSession, FormQuestion, FormVersion, LearningGoal
from booking.rules import is_evening_of_package
from workshops.enums import Audience


@dataclass(frozen=True)
class Item:
    """One question as it is shown: a learning-goal item has its goal."""

    question: FormQuestion
    goal: LearningGoal | None
    label: str

    @property
    def name(self) -> str:
        """Return the name of its field."""
        return f"q{self.question.pk}"

    @property
    def is_text(self) -> bool:
        """Whether it is answered in one's own words."""
        return self.question.kind == QuestionKind.TEXT


@dataclass(frozen=True)
class Paper:
    """A form as somebody sees it: the version, and what it asks about this offer or material."""

    version: FormVersion
    items: tuple[Item, ...]

    @property
    def goal_ids(self) -> str:
        """Return what the form carries to say which wording of the goals it showed."""
        return ",".join(str(item.goal.pk) for item in self.items if item.goal)


def form_in_use(kind: str) -> FormVersion:
    """Return the version in use. Raises FormNotInUseError."""
    found = FormVersion.objects.filter(kind=kind, state=FormState.IN_USE).first()
    if found is None:
        raise FormNotInUseError
    return found


def paper_of(
    kind: str,
    *,
    offer_id: int | None = None,
    pilot_id: int | None = None,
    version_id: int | None = None,
    goal_ids: Collection[int] = (),
) -> Paper:
    """Return the form about an offer or a pilot.

    Args:
        version_id, goal_ids: as the form that is posted was shown. A version or a goal that was replaced while
            somebody answered still stands: neither is ever edited.
    Raises:
        FormNotInUseError: no version is in use, or the one named never was.
    """
    if version_id is None:
        version = form_in_use(kind)
    else:
        shown = FormVersion.objects.filter(pk=version_id, kind=kind).exclude(state=FormState.DRAFT).first()
        if shown is None:
            raise FormNotInUseError
        version = shown
    goals = LearningGoal.objects.filter(offer=offer_id, pilot=pilot_id)
    goals = goals.filter(pk__in=goal_ids) if goal_ids else goals.filter(replaced_at=None)
    return Paper(version, tuple(items_of(version.kind, version.questions.all(), goals)))


def items_of(kind: str, questions: Iterable[FormQuestion], goals: Iterable[LearningGoal]) -> list[Item]:
    """Return the questions with their words; a goal item of an offer without that goal is left out."""
    by_number = {goal.number: goal for goal in goals}
    items = []
    for question in questions:
        if question.kind != QuestionKind.GOAL:
            items.append(Item(question, None, question.wording))
        elif goal := by_number.get(question.goal_number or 0):
            items.append(Item(question, goal, goal_text(goal, kind)))
    return items


def goal_text(goal: LearningGoal, kind: str) -> str:
    """Return a goal's words, as pupils or adults are asked."""
    return (goal.pupil_text or goal.text) if kind in PUPIL_FORMS else goal.text


def find_code(typed: str) -> AnswerCode:
    """Return the code, with what it is about. Raises CodeUnknownError."""
    found = (
        AnswerCode.objects.filter(code=normalise_code(typed))
        .select_related("session__offer", "pilot_class__pilot")
        .first()
    )
    if found is None:
        raise CodeUnknownError
    return found


def require_open(code: AnswerCode, *, now: datetime) -> None:
    """Refuse a code that opens nothing now.

    Raises:
        CodeNotOpenError, CodeEndedError: too early, too late.
        CodeUsedUpError: as many as it takes have answered.
    """
    if now < code.opens_at:
        raise CodeNotOpenError
    if now >= code.ends_at:
        raise CodeEndedError
    if code.answers >= code.max_answers:
        raise CodeUsedUpError


def paper_of_code(
    code: AnswerCode, *, version_id: int | None = None, goal_ids: Collection[int] = ()
) -> Paper:
    """Return the form that a code opens."""
    return paper_of(
        code.kind,
        offer_id=code.session.offer_id if code.session else None,
        pilot_id=code.pilot_class.pilot_id if code.pilot_class else None,
        version_id=version_id,
        goal_ids=goal_ids,
    )


def kind_of_link(booked: BookedSession) -> FormKind | None:
    """Return the form that a booked session's link opens: None for a whole evening that a school has taken."""
    if is_evening_of_package(booked.booking.kind, booked.session):
        return None
    is_school = booked.session.audience == Audience.SCHOOL
    return FormKind.TEACHER if is_school else FormKind.PARTICIPANTS
