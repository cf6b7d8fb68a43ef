"""Making and changing evaluation forms and learning goals: what has answers is never changed (ADR 14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from booking.enums import FormState, QuestionKind
from booking.evaluation.errors import FormIncompleteError, FormLockedError
from booking.models import FormQuestion, FormVersion, LearningGoal
from core.audit.log import Actor, record
from workshops.models import Offer


@dataclass(frozen=True)
class QuestionText:
    """One question as it is typed; a goal item has the goal's number instead of a text."""

    kind: str
    text: str = ""
    text_en: str = ""
    goal_number: int | None = None


@dataclass(frozen=True)
class FormTexts:
    """A whole form as it is typed."""

    title: str
    title_en: str
    intro: str
    intro_en: str
    questions: Sequence[QuestionText]


@dataclass(frozen=True)
class GoalText:
    """A learning goal as adults and as pupils are asked; empty takes it away."""

    text: str
    pupil_text: str = ""


@transaction.atomic
def make_draft(*, kind: str, actor: Actor, now: datetime) -> FormVersion:
    """Return the draft of a form; made as a copy of the version in use where there is none."""
    versions = list(FormVersion.objects.select_for_update().filter(kind=kind).order_by("-number"))
    draft = next((version for version in versions if version.state == FormState.DRAFT), None)
    if draft is not None:
        return draft
    source = next((version for version in versions if version.state == FormState.IN_USE), None)
    draft = FormVersion.objects.create(
        kind=kind,
        number=versions[0].number + 1 if versions else 1,
        title=source.title if source else "",
        title_en=source.title_en if source else "",
        intro=source.intro if source else "",
        intro_en=source.intro_en if source else "",
        made_at=now,
    )
    for question in source.questions.all() if source else []:
        question.pk = None
        question.version = draft
        question.save(force_insert=True)
    record("form_drafted", f"form:{draft.pk}", actor=actor, now=now)
    return draft


@transaction.atomic
def change_draft(*, version_id: int, texts: FormTexts, actor: Actor, now: datetime) -> FormVersion:
    """Replace the texts and questions of a draft.

    Raises:
        FormLockedError: it is no draft any more.
        FormIncompleteError: nothing in it can be counted.
    """
    version = FormVersion.objects.select_for_update().get(pk=version_id)
    if version.state != FormState.DRAFT:
        raise FormLockedError
    if not any(question.kind != QuestionKind.TEXT for question in texts.questions):
        raise FormIncompleteError
    version.title, version.title_en = texts.title, texts.title_en
    version.intro, version.intro_en = texts.intro, texts.intro_en
    version.save(update_fields=["title", "title_en", "intro", "intro_en"])
    version.questions.all().delete()
    FormQuestion.objects.bulk_create(
        FormQuestion(
            version=version,
            position=position,
            kind=question.kind,
            text="" if question.kind == QuestionKind.GOAL else question.text,
            text_en="" if question.kind == QuestionKind.GOAL else question.text_en,
            goal_number=question.goal_number if question.kind == QuestionKind.GOAL else None,
        )
        for position, question in enumerate(texts.questions, start=1)
    )
    record("form_changed", f"form:{version.pk}", actor=actor, now=now)
    return version


@transaction.atomic
def take_into_use(*, version_id: int, actor: Actor, now: datetime) -> FormVersion:
    """Let a draft replace the version in use. It is locked from here on. Repeated, it changes nothing.

    Raises:
        FormLockedError: it has been replaced.
        FormIncompleteError: it has no question.
    """
    kind = FormVersion.objects.values_list("kind", flat=True).get(pk=version_id)
    versions = {
        row.pk: row for row in FormVersion.objects.select_for_update().filter(kind=kind).order_by("pk")
    }
    version = versions[version_id]
    if version.state == FormState.IN_USE:
        return version
    if version.state != FormState.DRAFT:
        raise FormLockedError
    if not version.title or not version.questions.exclude(kind=QuestionKind.TEXT).exists():
        raise FormIncompleteError
    FormVersion.objects.filter(kind=kind, state=FormState.IN_USE).update(state=FormState.REPLACED)
    version.state, version.in_use_at = FormState.IN_USE, now
    version.save(update_fields=["state", "in_use_at"])
    record("form_taken_into_use", f"form:{version.pk}", actor=actor, now=now)
    return version


@transaction.atomic
def drop_draft(*, version_id: int, actor: Actor, now: datetime) -> None:
    """Delete a draft. Raises FormLockedError where it is none."""
    version = FormVersion.objects.select_for_update().get(pk=version_id)
    if version.state != FormState.DRAFT:
        raise FormLockedError
    record("form_draft_dropped", f"form:{version.pk}", actor=actor, now=now)
    version.delete()


@transaction.atomic
def set_learning_goals(
    *,
    goals: Sequence[GoalText],
    actor: Actor,
    now: datetime,
    offer_id: int | None = None,
    pilot_id: int | None = None,
) -> int:
    """Set what an offer's, or a pilot's, learning-goal items ask. Returns how many are new or gone.

    A goal with other words is another goal: the old one is replaced and keeps its answers.
    """
    if offer_id is not None:
        Offer.objects.select_for_update().get(pk=offer_id)
    current = {
        goal.number: goal
        # In their own order: the model's would join what may be missing, and such rows cannot be locked.
        for goal in LearningGoal.objects.select_for_update()
        .filter(offer=offer_id, pilot=pilot_id, replaced_at=None)
        .order_by("pk")
    }
    changed = 0
    for number, wanted in enumerate(goals, start=1):
        goal = current.get(number)
        if goal and (goal.text, goal.pupil_text) == (wanted.text, wanted.pupil_text):
            continue
        if goal is None and not wanted.text:
            continue
        changed += 1
        if goal is not None:
            goal.replaced_at = now
            goal.save(update_fields=["replaced_at"])
        if wanted.text:
            LearningGoal.objects.create(
                offer_id=offer_id,
                pilot_id=pilot_id,
                number=number,
                text=wanted.text,
                pupil_text=wanted.pupil_text,
                made_at=now,
            )
    if changed:
        subject = f"offer:{offer_id}" if offer_id is not None else f"pilot:{pilot_id}"
        record("learning_goals_set", subject, actor=actor, now=now, changed=changed)
    return changed
