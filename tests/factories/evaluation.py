"""Evaluations, answered as people answer them."""

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from booking.enums import FormKind, FormState, QuestionKind
from booking.evaluation.reading import Paper, paper_of, paper_of_code
from booking.evaluation.rules import code_ends, form_for, most_answers
from booking.models import AnswerCode, BookedSession, FormVersion
from booking.operations.evaluating import Answers, answer_by_code, answer_by_link, make_code
from booking.operations.forming import GoalText, set_learning_goals
from core.audit.log import SYSTEM
from tests.factories.attendance import report, set_back
from tests.factories.booking import a_class, a_contact, book
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.enums import Audience
from workshops.models import Offer, Session

GOALS = (
    GoalText("Eleverne kan forklare, hvad et feed er.", "Jeg kan forklare, hvad et feed er."),
    GoalText("Eleverne kan give eksempler.", "Jeg kan give eksempler."),
)


def with_goals(offer: Offer) -> Offer:
    """Give an offer two learning goals to ask about."""
    set_learning_goals(offer_id=offer.pk, goals=GOALS, actor=SYSTEM, now=timezone.now())
    return offer


def held_visit(*, offer: Offer | None = None, pupils: int = 22, **more: Any) -> Session:
    """A visit to one class that ended an hour ago and is reported as held."""
    session = SessionFactory(offer=offer or with_goals(OfferFactory()))
    book(session, classes=[a_class(pupils=pupils)], **more)
    set_back(session)
    report(session, classes=(pupils,))
    session.refresh_from_db()
    return session


def held_evening(*, offer: Offer | None = None, seats: int = 2, **more: Any) -> Session:
    """An evening with one sign-up that ended an hour ago and is reported as held."""
    session = SessionFactory(offer=offer or OfferFactory(evening=True))
    book(session, seats=seats, contact=more.pop("contact", None) or a_contact("mor@post.example"), **more)
    set_back(session)
    report(session, people=seats)
    session.refresh_from_db()
    return session


def code_of(session: Session, *, max_answers: int | None = None) -> AnswerCode:
    """The code of a session for the board."""
    return make_code(
        kind=form_for(session.audience == Audience.SCHOOL),
        session=session,
        opens_at=session.starts_at,
        ends_at=code_ends(session.ends_at),
        max_answers=max_answers or most_answers(22),
    )


def steps(paper: Paper, value: int = 4) -> dict[int, int]:
    """The same step on every question."""
    return {item.question.pk: value for item in paper.items if not item.is_text}


def texts(paper: Paper, text: str) -> dict[int, str]:
    """A text for the first question in own words."""
    first = next((item for item in paper.items if item.question.kind == QuestionKind.TEXT), None)
    return {first.question.pk: text} if first else {}


def answer(
    code: AnswerCode, *, times: int = 1, value: int = 4, text: str = "", now: datetime | None = None
) -> None:
    """Answer the form of a code so many times, each with the same step."""
    for _time in range(times):
        code = AnswerCode.objects.select_related("session", "pilot_class").get(pk=code.pk)
        paper = paper_of_code(code)
        answer_by_code(
            code_id=code.pk,
            sheet_id=uuid.uuid4(),
            paper=paper,
            answers=Answers(steps(paper, value), texts(paper, text) if text else {}),
            now=now or timezone.now(),
        )


def teacher_answers(session: Session, *, value: int = 5, text: str = "") -> None:
    """The teacher of a session's only booking answers by the link."""
    booked = BookedSession.objects.get(session=session)
    paper = paper_of(FormKind.TEACHER, offer_id=session.offer_id)
    answer_by_link(
        booked_session_id=booked.pk,
        sheet_id=uuid.uuid4(),
        paper=paper,
        answers=Answers(steps(paper, value), texts(paper, text) if text else {}),
        now=timezone.now(),
    )


def version_in_use(kind: FormKind = FormKind.PUPILS) -> FormVersion:
    """The version of a form that takes answers."""
    return FormVersion.objects.get(kind=kind, state=FormState.IN_USE)
