"""Trying a material: classes, before and after, a report, a decision by somebody else, and then it is spread (P7)."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.enums import FormKind, PilotDecision, PilotState
from booking.evaluation.errors import (
    OwnReportError,
    PilotNotReportedError,
    PilotRunsError,
    PilotStateError,
)
from booking.evaluation.pilots.reading import pilot_results, pilot_state
from booking.models import AnswerCode, Pilot
from booking.operations.evaluating import release_answers
from booking.operations.forming import GoalText
from booking.operations.piloting import (
    add_class,
    decide_pilot,
    mark_used,
    report_pilot,
    start_pilot,
    write_note,
)
from core.audit.log import SYSTEM, Actor
from tests.factories.accounts import UserFactory
from tests.factories.evaluation import answer
from tests.factories.workshops import SchoolFactory
from workshops.enums import MaterialState
from workshops.models import TeachingMaterialPage

pytestmark = pytest.mark.django_db
GOALS = [GoalText("Eleverne kan forklare et feed.", "Jeg kan forklare et feed.")]


def a_pilot(*, grade: int | None = 5, pupils: int = 20, key: uuid.UUID | None = None) -> Pilot:
    """A pilot with one class that has used the material; without class where there is no grade."""
    now = timezone.now()
    pilot = start_pilot(
        material_key=key or uuid.uuid4(),
        title="Feedet og mig",
        version="0.4",
        question="Forstår de, hvad et feed er?",
        goals=GOALS,
        actor=SYSTEM,
        now=now,
    )
    if grade is not None:
        a_class_of(pilot, grade=grade, pupils=pupils)
    return pilot


def a_class_of(pilot, *, grade, pupils=20, name="A"):
    now = timezone.now()
    added = add_class(
        pilot_id=pilot.pk,
        school_id=SchoolFactory().pk,
        name=f"{grade}.{name}",
        grade=grade,
        pupils=pupils,
        actor=SYSTEM,
        now=now,
    )
    return mark_used(pilot_class_id=added.pk, used_on=timezone.localdate(), actor=SYSTEM, now=now)


def reported(pilot, *, actor=SYSTEM):
    return report_pilot(
        pilot_id=pilot.pk,
        findings="De forstod det.",
        changes="Kortere lektion to.",
        recommendation=PilotDecision.SPREAD,
        actor=actor,
        now=timezone.now(),
    )


def decided(pilot, decision=PilotDecision.SPREAD, *, actor=SYSTEM):
    return decide_pilot(
        pilot_id=pilot.pk,
        decision=decision,
        name="Kontorchef Kim Prøve",
        reference="2026-123",
        reason="",
        actor=actor,
        now=timezone.now(),
    )


def today_and_around():
    today = timezone.localdate()
    return today - timedelta(days=100), today + timedelta(days=100)


def material(**more):
    return TeachingMaterialPage(
        **{
            "title": "Feedet og mig",
            "slug": "feedet-og-mig",
            "teaser": "Kort",
            "intro": "<p>Kort</p>",
            "lessons": 4,
            "state": MaterialState.PUBLISHED,
            "depth": 1,
            "path": "0001",
            **more,
        }
    )


def refusals(page):
    try:
        page.clean()
    except ValidationError as error:
        return {name: [item.code for item in items] for name, items in error.error_dict.items()}
    return {}


def test_class_on_trial_gets_a_code_for_before_and_one_for_after():
    pilot = a_pilot()

    kinds = AnswerCode.objects.filter(pilot_class__pilot=pilot).values_list("kind", flat=True)
    assert sorted(kinds) == [FormKind.PILOT_AFTER, FormKind.PILOT_BEFORE]


def test_same_material_is_not_tried_twice_at_once():
    pilot = a_pilot()

    with pytest.raises(PilotRunsError):
        a_pilot(key=pilot.material_key)


def test_before_and_after_are_compared_question_by_question_from_five_answers_up():
    pilot = a_pilot()
    codes = {code.kind: code for code in AnswerCode.objects.filter(pilot_class__pilot=pilot)}
    answer(codes[FormKind.PILOT_BEFORE], times=5, value=2)
    answer(codes[FormKind.PILOT_AFTER], times=4, value=4)
    release_answers(timezone.now())

    found = pilot_results(pilot)
    assert found.after is None
    assert [change.difference for change in found.changes] == [None, None]

    answer(codes[FormKind.PILOT_AFTER], value=4)
    release_answers(timezone.now())

    changes = pilot_results(pilot).changes
    assert [(change.label, change.difference) for change in changes] == [
        ("Jeg kan forklare et feed.", 2.0),
        ("Jeg tør sige min mening i klassen, når vi er uenige.", 2.0),
    ]


def test_report_asks_for_a_class_that_has_used_the_material():
    pilot = a_pilot(grade=None)

    with pytest.raises(PilotNotReportedError):
        reported(pilot)


def test_whoever_wrote_the_report_does_not_decide():
    author, other = Actor.of(UserFactory()), Actor.of(UserFactory())
    pilot = reported(a_pilot(), actor=author)

    with pytest.raises(OwnReportError):
        decided(pilot, actor=author)

    assert decided(pilot, actor=other).state == PilotState.DECIDED


def test_nothing_is_decided_without_a_report():
    with pytest.raises(PilotStateError):
        decided(a_pilot())


def test_decided_pilot_takes_no_more_notes_or_classes():
    pilot = decided(reported(a_pilot()))

    with pytest.raises(PilotStateError):
        write_note(
            pilot_id=pilot.pk, text="Mere", happened_on=date(2026, 1, 1), actor=SYSTEM, now=timezone.now()
        )
    with pytest.raises(PilotStateError):
        a_class_of(pilot, grade=6)


def test_database_refuses_a_decision_without_a_name():
    pilot = decided(reported(a_pilot()))

    with pytest.raises(IntegrityError), transaction.atomic():
        Pilot.objects.filter(pk=pilot.pk).update(decided_name="")


def test_material_with_lessons_is_not_published_before_it_is_tried():
    page = material(decided_by="Chefen", decided_on=date(2026, 1, 1), decision_reference="1")

    assert refusals(page) == {"state": ["not_tried"]}


@pytest.mark.parametrize("decision", [PilotDecision.REVISE, PilotDecision.DROP])
def test_material_that_is_not_approved_is_not_published(decision):
    pilot = decided(reported(a_pilot()), decision)
    page = material(
        translation_key=pilot.material_key,
        decided_by="Chefen",
        decided_on=date(2026, 1, 1),
        decision_reference="1",
    )

    assert refusals(page) == {"state": ["not_tried"]}


def test_approved_material_is_published_with_the_decision_filled_in():
    pilot = decided(reported(a_pilot()))
    page = material(translation_key=pilot.material_key)

    assert refusals(page) == {}
    assert (page.decided_by, page.decision_reference) == ("Kontorchef Kim Prøve", "2026-123")
    assert page.decided_on == timezone.localdate()


def test_sheet_without_lessons_needs_the_decision_only():
    page = material(lessons=None, decided_by="Chefen", decided_on=date(2026, 1, 1), decision_reference="1")

    assert refusals(page) == {}


def test_milestone_is_reached_when_material_was_evaluated_on_both_stages():
    first, last = today_and_around()
    decided(reported(a_pilot(grade=5)))
    one = pilot_state(first, last)
    assert (one.is_reached, one.evaluated_stages, one.missing_stages) == (
        False,
        ("mellemtrin",),
        ("udskoling",),
    )

    other = a_pilot(grade=8)
    assert pilot_state(first, last).running_stages == ("udskoling",)
    decided(reported(other), PilotDecision.DROP)

    both = pilot_state(first, last)
    assert both.is_reached
    assert len(both.evaluated) == 2


def test_milestone_counts_decisions_of_the_period_and_classes_that_used_the_material():
    first, last = today_and_around()
    pilot = a_pilot(grade=5)
    add_class(
        pilot_id=pilot.pk,
        school_id=SchoolFactory().pk,
        name="8.A",
        grade=8,
        pupils=20,
        actor=SYSTEM,
        now=timezone.now(),
    )
    decided(reported(pilot))

    assert pilot_state(first, last).evaluated_stages == ("mellemtrin",)
    assert pilot_state(date(2020, 1, 1), date(2020, 12, 31)).evaluated == ()


def test_milestone_costs_one_query_whatever_the_number(django_assert_num_queries):
    first, last = today_and_around()
    decided(reported(a_pilot(grade=5)))
    with django_assert_num_queries(1):
        pilot_state(first, last)
    for _number in range(2):
        decided(reported(a_pilot(grade=8)))
    with django_assert_num_queries(1):
        pilot_state(first, last)
