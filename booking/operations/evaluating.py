"""Answering an evaluation, and letting answers into the results: nothing here learns who answers (ADR 14, rule 10).

No act of answering is written to the audit log: an hour beside a session would tell who it was.
"""

import secrets
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from booking.attendance.reading import REPORTED_OF
from booking.enums import BookingKind, FormKind
from booking.evaluation.errors import AlreadyAnsweredError, CodeUsedUpError
from booking.evaluation.links import address_hash
from booking.evaluation.reading import Paper, require_open
from booking.evaluation.rules import (
    CODE_LENGTH,
    CODE_LETTERS,
    Given,
    code_ends,
    figures_of,
    form_for,
    most_answers,
    term_start,
)
from booking.models import (
    FEWEST_SHOWN,
    Answer,
    AnswerCode,
    AnswerSheet,
    BookedClass,
    BookedSession,
    EvaluationAnswered,
    EvaluationOptOut,
    FreeText,
    PilotClass,
    ResultBatch,
)
from workshops.calendars import local_date_of
from workshops.enums import UPCOMING_STATES, Audience, SessionState
from workshops.models import Session

_TRIES = 5
"""Codes that are tried: the letters give millions, so that two in a row are taken hardly ever happens."""


@dataclass(frozen=True)
class Answers:
    """What was answered: a step by question, and what was written by question."""

    steps: Mapping[int, int] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def answer_by_code(
    *, code_id: int, sheet_id: uuid.UUID, paper: Paper, answers: Answers, now: datetime
) -> None:
    """Take one anonymous answer. The same form posted twice is one answer.

    Raises:
        CodeNotOpenError, CodeEndedError: too early, too late.
        CodeUsedUpError: as many as the code takes have answered; also when two arrive for the last place.
    """
    # The lock comes first: of one form posted twice at once, the second finds the sheet of the first.
    codes = AnswerCode.objects.select_related("session", "pilot_class").select_for_update(of=("self",))
    code = codes.get(pk=code_id)
    if AnswerSheet.objects.filter(pk=sheet_id).exists():
        return
    require_open(code, now=now)
    claimed = AnswerCode.objects.filter(pk=code_id, answers__lt=F("max_answers")).update(
        answers=F("answers") + 1
    )
    if not claimed:
        raise CodeUsedUpError
    _write(sheet_id, paper, answers, session=code.session, pilot_class=code.pilot_class, now=now)


def answer_by_link(
    *, booked_session_id: int, sheet_id: uuid.UUID, paper: Paper, answers: Answers, now: datetime
) -> None:
    """Take the answer of whoever holds the link of a booked session; it takes one.

    Raises:
        AlreadyAnsweredError: the link has been used for another answer.
    """
    booked = BookedSession.objects.select_related("session").get(pk=booked_session_id)
    if AnswerSheet.objects.filter(pk=sheet_id).exists():
        return
    try:
        with transaction.atomic():
            EvaluationAnswered.objects.create(booked_session=booked)
            _write(sheet_id, paper, answers, session=booked.session, pilot_class=None, now=now)
    except IntegrityError as error:
        if AnswerSheet.objects.filter(pk=sheet_id).exists():
            return
        raise AlreadyAnsweredError from error


def _write(
    sheet_id: uuid.UUID,
    paper: Paper,
    answers: Answers,
    *,
    session: Session | None,
    pilot_class: PilotClass | None,
    now: datetime,
) -> None:
    """Write a sheet with what fits its form; steps and texts of other questions are left aside."""
    day = local_date_of(now)
    sheet = AnswerSheet(
        id=sheet_id, version=paper.version, session=session, pilot_class=pilot_class, answered_on=day
    )
    sheet.save(force_insert=True)
    Answer.objects.bulk_create(
        Answer(sheet=sheet, question=item.question, goal=item.goal, value=answers.steps[item.question.pk])
        for item in paper.items
        if not item.is_text and item.question.pk in answers.steps
    )
    FreeText.objects.bulk_create(
        FreeText(
            sheet=sheet,
            question=item.question,
            offer_id=session.offer_id if session else None,
            pilot_id=pilot_class.pilot_id if pilot_class else None,
            written_on=day,
            text=text,
        )
        for item in paper.items
        if item.is_text and (text := answers.texts.get(item.question.pk, "").strip())
    )


def make_session_codes(now: datetime) -> int:
    """Give each session that begins within a day a code for the board. Returns how many are new; safe to repeat."""
    today = local_date_of(now)
    sessions = Session.objects.filter(
        state__in=(*UPCOMING_STATES, SessionState.HELD),
        local_date__gte=today,
        local_date__lte=date.fromordinal(today.toordinal() + 1),
        answer_codes=None,
        booked_sessions__state__in=REPORTED_OF,
    ).distinct()
    made = 0
    for session in sessions.order_by("pk"):
        made += bool(_make_code(session))
    return made


def _make_code(session: Session) -> AnswerCode | None:
    people = _people_of(session)
    if not people:
        return None
    return make_code(
        kind=form_for(session.audience == Audience.SCHOOL),
        session=session,
        opens_at=session.starts_at,
        ends_at=code_ends(session.ends_at),
        max_answers=most_answers(people),
    )


def _people_of(session: Session) -> int:
    booked = BookedSession.objects.filter(session=session, state__in=REPORTED_OF)
    if session.audience == Audience.SCHOOL:
        pupils = BookedClass.objects.filter(booking__booked_sessions__in=booked).aggregate(all=Sum("pupils"))
        return pupils["all"] or 0
    seats = booked.exclude(booking__kind=BookingKind.SCHOOL).aggregate(all=Sum("people"))
    return seats["all"] or 0


def make_code(
    *,
    kind: FormKind | str,
    opens_at: datetime,
    ends_at: datetime,
    max_answers: int,
    session: Session | None = None,
    pilot_class: PilotClass | None = None,
) -> AnswerCode:
    """Return the code of a session or of a class on trial for a form; made where there is none yet.

    Raises:
        IntegrityError: something else than the letters is in the way.
    """
    about = {"kind": kind, "session": session, "pilot_class": pilot_class}
    for tries_left in reversed(range(_TRIES)):
        found = AnswerCode.objects.filter(**about).first()
        if found is not None:
            return found
        code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                return AnswerCode.objects.create(
                    code=code, opens_at=opens_at, ends_at=ends_at, max_answers=max_answers, **about
                )
        except IntegrityError:
            # Another node made it meanwhile, or the letters were taken: look again.
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def stop_asking(*, email: str, now: datetime) -> None:
    """Remember that an address does not want to be asked, without remembering the address."""
    EvaluationOptOut.objects.get_or_create(
        address_hash=address_hash(email), defaults={"since": local_date_of(now)}
    )


def ask_again(*, email: str) -> None:
    """Forget that an address does not want to be asked."""
    EvaluationOptOut.objects.filter(address_hash=address_hash(email)).delete()


@dataclass(frozen=True)
class _Group:
    """Whose answers come into the results together."""

    version: int
    offer: int | None = None
    provider: int | None = None
    pilot: int | None = None
    term: date | None = None


def release_answers(now: datetime) -> int:
    """Let waiting answers into the results, at least five of a kind at once. Returns how many batches are new.

    Safe to run twice and at once: the sheets of a batch are locked and read again before they are counted.
    """
    waiting = AnswerSheet.objects.filter(batch=None).values_list(
        "pk",
        "version_id",
        "session__offer_id",
        "session__provider_id",
        "session__local_date",
        "pilot_class__pilot_id",
    )
    groups: dict[_Group, list[uuid.UUID]] = defaultdict(list)
    for sheet_id, version, offer, provider, day, pilot in waiting.iterator(chunk_size=2000):
        term = term_start(day) if day else None
        groups[_Group(version, offer, provider, pilot, term)].append(sheet_id)
    enough = [(group, ids) for group, ids in groups.items() if len(ids) >= FEWEST_SHOWN]
    return sum(_release(group, ids, now=now) for group, ids in enough)


@transaction.atomic
def _release(group: _Group, sheet_ids: list[uuid.UUID], *, now: datetime) -> int:
    locked = AnswerSheet.objects.select_for_update().filter(batch=None, version=group.version)
    # Some database takes no more than some hundred values in one statement.
    ids = [
        pk
        for start in range(0, len(sheet_ids), 500)
        for pk in locked.filter(pk__in=sheet_ids[start : start + 500])
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
    if len(ids) < FEWEST_SHOWN:
        return 0
    given = [
        Given(*row)
        for start in range(0, len(ids), 500)
        for row in Answer.objects.filter(sheet__in=ids[start : start + 500]).values_list(
            "question_id", "goal_id", "value"
        )
    ]
    batch = ResultBatch.objects.create(
        version_id=group.version,
        offer_id=group.offer,
        provider_id=group.provider,
        pilot_id=group.pilot,
        term_starts_on=group.term,
        made_on=local_date_of(now),
        answers=len(ids),
        figures=figures_of(given),
    )
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        AnswerSheet.objects.filter(pk__in=some).update(batch=batch)
        FreeText.objects.filter(sheet__in=some).update(batch=batch)
    return 1
