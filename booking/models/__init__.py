"""Bookings, reports, evaluation, requests, notices and feeds. Written only by booking.operations (rule 1)."""

from booking.models.bookings import SESSION_MOVED, Attendance, BookedClass, BookedSession, Booking, ClassPlace
from booking.models.evaluations import (
    FEWEST_SHOWN,
    Answer,
    AnswerCode,
    AnswerSheet,
    EvaluationAnswered,
    EvaluationOptOut,
    FormQuestion,
    FormVersion,
    FreeText,
    LearningGoal,
    ResultBatch,
)
from booking.models.feeds import Feed
from booking.models.pilots import Pilot, PilotClass, PilotNote
from booking.models.readiness import ReadinessAssessment
from booking.models.reports import DoorTick, SessionReport
from booking.models.requests import DateNotice, DateRequest, ProposedTime, WishedDate
from booking.models.session_messages import SessionMessage

__all__ = [
    "FEWEST_SHOWN",
    "SESSION_MOVED",
    "Answer",
    "AnswerCode",
    "AnswerSheet",
    "Attendance",
    "BookedClass",
    "BookedSession",
    "Booking",
    "ClassPlace",
    "DateNotice",
    "DateRequest",
    "DoorTick",
    "EvaluationAnswered",
    "EvaluationOptOut",
    "Feed",
    "FormQuestion",
    "FormVersion",
    "FreeText",
    "LearningGoal",
    "Pilot",
    "PilotClass",
    "PilotNote",
    "ProposedTime",
    "ReadinessAssessment",
    "ResultBatch",
    "SessionMessage",
    "SessionReport",
    "WishedDate",
]
