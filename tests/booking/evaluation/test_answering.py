"""Answering by code and by link, and what is stored of it: nothing of whoever answers (R6, ADR 14)."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.enums import FormKind
from booking.evaluation.errors import (
    AlreadyAnsweredError,
    CodeEndedError,
    CodeNotOpenError,
    CodeUsedUpError,
    FormNotInUseError,
)
from booking.evaluation.reading import paper_of, paper_of_code
from booking.evaluation.rules import CODE_LETTERS, Given, figures_of, most_answers, term_start
from booking.models import AnswerCode, AnswerSheet, BookedSession, FreeText, ResultBatch
from booking.operations.evaluating import (
    Answers,
    answer_by_code,
    answer_by_link,
    make_session_codes,
    release_answers,
)
from booking.operations.forming import GoalText, make_draft, set_learning_goals, take_into_use
from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.concurrency.threads import at_once
from tests.factories.booking import a_class, book
from tests.factories.evaluation import (
    answer,
    code_of,
    held_evening,
    held_visit,
    steps,
    teacher_answers,
    with_goals,
)
from tests.factories.workshops import OfferFactory, SessionFactory
from workshops.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return held_visit()


def test_pupils_form_asks_the_learning_goals_in_their_own_words(visit):
    paper = paper_of_code(code_of(visit))

    labels = [item.label for item in paper.items]

    assert labels[:2] == ["Jeg kan forklare, hvad et feed er.", "Jeg kan give eksempler."]
    assert len(labels) == 6  # the third goal is not set, two scales, two texts


def test_teachers_form_asks_the_same_goals_as_adults_are_asked(visit):
    paper = paper_of(FormKind.TEACHER, offer_id=visit.offer_id)

    assert paper.items[0].label == "Eleverne kan forklare, hvad et feed er."


def test_answer_stores_the_day_and_the_session_and_nothing_about_whoever_answers(visit):
    before = Entry.objects.count()

    answer(code_of(visit), text="Det var sjovt.")

    columns = {field.column for field in AnswerSheet._meta.concrete_fields}
    assert columns == {"id", "version_id", "session_id", "pilot_class_id", "answered_on", "batch_id"}
    sheet = AnswerSheet.objects.get()
    assert sheet.answered_on == timezone.localdate()
    assert sheet.answers.count() == 4
    assert FreeText.objects.get().state == "waiting"
    assert Entry.objects.count() == before


def test_the_same_form_posted_twice_is_one_answer(visit):
    code = code_of(visit)
    paper, sheet_id = paper_of_code(code), uuid.uuid4()

    for _time in range(2):
        answer_by_code(
            code_id=code.pk, sheet_id=sheet_id, paper=paper, answers=Answers(steps(paper)), now=timezone.now()
        )

    assert AnswerSheet.objects.count() == 1
    code.refresh_from_db()
    assert code.answers == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_posted_twice_at_once_is_one_answer(visit):
    code = code_of(visit)
    paper = paper_of_code(code)

    for number in range(1, 6):
        sheet_id = uuid.uuid4()
        results = at_once(
            *[
                partial(
                    answer_by_code,
                    code_id=code.pk,
                    sheet_id=sheet_id,
                    paper=paper,
                    answers=Answers(steps(paper)),
                    now=timezone.now(),
                )
                for _time in range(3)
            ]
        )

        assert results == [None, None, None]
        code.refresh_from_db()
        assert (AnswerSheet.objects.count(), code.answers) == (number, number)


def test_code_takes_a_whole_class_and_some_and_no_more(visit):
    code = code_of(visit, max_answers=3)
    answer(code, times=3)

    with pytest.raises(CodeUsedUpError):
        answer(code)

    assert AnswerSheet.objects.count() == 3


def test_database_refuses_more_answers_than_the_code_takes(visit):
    code = code_of(visit, max_answers=3)

    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerCode.objects.filter(pk=code.pk).update(answers=4)


def test_code_opens_when_the_session_begins_and_ends_14_days_after(visit):
    code = code_of(visit)

    with pytest.raises(CodeNotOpenError):
        answer(code, now=visit.starts_at - timedelta(minutes=1))
    answer(code, now=visit.starts_at)
    answer(code, now=visit.ends_at + timedelta(days=13, hours=23))
    with pytest.raises(CodeEndedError):
        answer(code, now=visit.ends_at + timedelta(days=15))


def test_link_takes_one_answer_and_does_not_know_which(visit):
    teacher_answers(visit)

    with pytest.raises(AlreadyAnsweredError):
        teacher_answers(visit)

    assert AnswerSheet.objects.get().version.kind == FormKind.TEACHER


def test_link_posted_twice_with_the_same_form_is_taken_quietly(visit):
    booked = BookedSession.objects.get(session=visit)
    paper, sheet_id = paper_of(FormKind.TEACHER, offer_id=visit.offer_id), uuid.uuid4()

    for _time in range(2):
        answer_by_link(
            booked_session_id=booked.pk,
            sheet_id=sheet_id,
            paper=paper,
            answers=Answers(steps(paper)),
            now=timezone.now(),
        )

    assert AnswerSheet.objects.count() == 1


def test_answer_keeps_the_version_it_was_shown_although_another_is_in_use_now(visit):
    code = code_of(visit)
    shown = paper_of_code(code)
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())
    take_into_use(version_id=draft.pk, actor=SYSTEM, now=timezone.now())

    late = paper_of_code(code, version_id=shown.version.pk)

    assert late.version.pk == shown.version.pk
    assert paper_of_code(code).version.pk == draft.pk


def test_draft_takes_no_answers(visit):
    draft = make_draft(kind=FormKind.PUPILS, actor=SYSTEM, now=timezone.now())

    with pytest.raises(FormNotInUseError):
        paper_of_code(code_of(visit), version_id=draft.pk)


def test_goal_with_other_words_is_another_goal_and_the_answers_stay_with_the_old_one(visit):
    code = code_of(visit)
    shown = paper_of_code(code)
    set_learning_goals(
        offer_id=visit.offer_id,
        goals=[GoalText("Noget helt andet.", "Jeg kan noget helt andet.")],
        actor=SYSTEM,
        now=timezone.now(),
    )

    goals = [int(part) for part in shown.goal_ids.split(",")]
    late = paper_of_code(code, version_id=shown.version.pk, goal_ids=goals)

    assert late.items[0].label == "Jeg kan forklare, hvad et feed er."
    assert paper_of_code(code).items[0].label == "Jeg kan noget helt andet."


def test_goals_of_another_offer_cannot_be_answered(visit):
    other = held_visit()
    foreign = [int(part) for part in paper_of_code(code_of(other)).goal_ids.split(",")]

    paper = paper_of_code(
        code_of(visit), version_id=paper_of_code(code_of(visit)).version.pk, goal_ids=foreign
    )

    assert [item.goal for item in paper.items if item.goal] == []


def test_codes_are_made_the_day_before_for_what_is_booked_and_once():
    now = timezone.now()
    booked = SessionFactory(offer=with_goals(OfferFactory()))
    book(booked, classes=[a_class(pupils=20)])
    SessionFactory(offer=booked.offer)
    Session.objects.update(local_date=timezone.localdate() + timedelta(days=1))

    assert make_session_codes(now) == 1
    assert make_session_codes(now) == 0

    code = AnswerCode.objects.get()
    assert code.session == booked
    assert code.max_answers == most_answers(20) == 30
    assert len(code.code) == 6
    assert set(code.code) <= set(CODE_LETTERS)


def test_four_answers_are_no_result_and_the_fifth_brings_all_of_them(visit):
    code = code_of(visit)
    answer(code, times=4)
    assert release_answers(timezone.now()) == 0

    answer(code)
    assert release_answers(timezone.now()) == 1

    batch = ResultBatch.objects.get()
    assert batch.answers == 5
    assert batch.offer_id == visit.offer_id
    assert batch.term_starts_on == term_start(visit.local_date)
    assert [figure["counts"] for figure in batch.figures] == [{"4": 5}] * 4


def test_sixth_answer_waits_for_four_more_so_that_no_difference_shows_it(visit):
    code = code_of(visit, max_answers=50)
    answer(code, times=5)
    release_answers(timezone.now())
    before = list(ResultBatch.objects.values_list("answers", "figures"))

    answer(code, value=1)
    release_answers(timezone.now())
    assert list(ResultBatch.objects.values_list("answers", "figures")) == before

    answer(code, times=4, value=1)
    release_answers(timezone.now())
    assert sorted(ResultBatch.objects.values_list("answers", flat=True)) == [5, 5]


def test_teachers_and_pupils_of_different_offers_are_not_put_together():
    for _number in range(3):
        held = held_visit()
        teacher_answers(held)
        answer(code_of(held), times=3)

    assert release_answers(timezone.now()) == 0


def test_question_that_four_of_five_answered_is_left_out():
    given = [Given(1, None, 3)] * 5 + [Given(2, None, 5)] * 4

    assert figures_of(given) == [{"question": 1, "goal": None, "counts": {"3": 5}}]


def test_database_refuses_a_batch_of_four(visit):
    code = code_of(visit)
    answer(code, times=5)
    release_answers(timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        ResultBatch.objects.update(answers=4)


def test_releasing_again_changes_nothing(visit):
    answer(code_of(visit), times=7)
    release_answers(timezone.now())

    assert release_answers(timezone.now()) == 0
    assert ResultBatch.objects.get().answers == 7


def test_evening_code_opens_the_participants_form():
    evening = held_evening()

    assert paper_of_code(code_of(evening)).version.kind == FormKind.PARTICIPANTS


def test_nothing_in_the_tables_tells_the_hour_of_an_answer(visit):
    answer(code_of(visit))

    for model in (AnswerSheet, FreeText):
        kinds = {field.name: field.get_internal_type() for field in model._meta.concrete_fields}
        times = {name for name, kind in kinds.items() if kind == "DateTimeField"} - {"read_at"}
        assert times == set()
