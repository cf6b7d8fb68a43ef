"""Evaluation: forms in versions, answers that know nobody, and results in batches (ADR 14, rule 10)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from booking.enums import FormKind, FormState, QuestionKind, QuoteState
from booking.models.bookings import BookedSession
from booking.models.pilots import Pilot, PilotClass
from charter.models import Provider
from workshops.models import Offer, Session

FEWEST_SHOWN = 5
"""No result is of fewer answers."""


class FormVersion(models.Model):
    """One version of a form. Changed while it is a draft, answered while it is in use, then kept."""

    kind = models.CharField(_("form"), max_length=20, choices=FormKind)
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=FormState, default=FormState.DRAFT)
    title = models.CharField(_("heading"), max_length=120)
    title_en = models.CharField(_("heading in English"), max_length=120, blank=True)
    intro = models.CharField(_("introduction"), max_length=400, blank=True)
    intro_en = models.CharField(_("introduction in English"), max_length=400, blank=True)
    made_at = models.DateTimeField(_("made at"))
    in_use_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="form_version_number_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(state="draft"), name="form_one_draft"),
            models.UniqueConstraint(fields=["kind"], condition=Q(state="in_use"), name="form_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.number}"

    @property
    def heading(self) -> str:
        """Return the heading in the reader's language."""
        return (self.title_en or self.title) if get_language() == "en" else self.title

    @property
    def introduction(self) -> str:
        """Return the introduction in the reader's language."""
        return (self.intro_en or self.intro) if get_language() == "en" else self.intro


class FormQuestion(models.Model):
    """One question of a version. A learning-goal item has its place among the goals instead of a text."""

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("answered with"), max_length=10, choices=QuestionKind)
    text = models.CharField(_("question"), max_length=200, blank=True)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)
    goal_number = models.PositiveSmallIntegerField(_("which learning goal"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="question_position_once"),
            models.CheckConstraint(
                condition=Q(kind="goal", goal_number__isnull=False)
                | (~Q(kind="goal") & Q(goal_number__isnull=True) & ~Q(text="")),
                name="question_has_text_or_goal",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.get_kind_display()} {self.goal_number}"

    @property
    def wording(self) -> str:
        """Return the question in the reader's language."""
        return (self.text_en or self.text) if get_language() == "en" else self.text


class LearningGoal(models.Model):
    """One of three things an offer, or a material on trial, wants pupils to learn: as pupils and adults are asked.

    Never edited: another wording is another row, and answers stay with the one they were given to.
    """

    offer = models.ForeignKey(
        Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="learning_goals"
    )
    pilot = models.ForeignKey(
        Pilot, on_delete=models.CASCADE, null=True, blank=True, related_name="learning_goals"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.CharField(_("to teachers and participants"), max_length=200)
    pupil_text = models.CharField(_("to pupils"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("learning goal")
        verbose_name_plural = _("learning goals")
        ordering = ["offer", "pilot", "number", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offer__isnull=False, pilot=None) | Q(offer=None, pilot__isnull=False),
                name="learning_goal_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["offer", "number"], condition=Q(replaced_at=None), name="learning_goal_once_per_offer"
            ),
            models.UniqueConstraint(
                fields=["pilot", "number"], condition=Q(replaced_at=None), name="learning_goal_once_per_pilot"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ResultBatch(models.Model):
    """At least five answers that came into the results together; the figures are counted once and stay.

    `figures`: [{"question": pk, "goal": pk or null, "counts": {"1": 3, "4": 9}}], only of questions that at least
    five answered. Results are sums of whole batches, so no difference of two results is of fewer (ADR 14).
    """

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="batches")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, null=True, blank=True, related_name="batches")
    term_starts_on = models.DateField(_("term begins"), null=True, blank=True)
    made_on = models.DateField(_("made on"))
    answers = models.PositiveIntegerField(_("answers"))
    figures = models.JSONField(_("figures"), default=list)

    class Meta:
        verbose_name = _("batch of answers")
        verbose_name_plural = _("batches of answers")
        ordering = ["term_starts_on", "pk"]
        indexes = [models.Index(fields=["term_starts_on", "offer"], name="batch_by_term")]
        constraints = [
            models.CheckConstraint(condition=Q(answers__gte=FEWEST_SHOWN), name="batch_has_enough_answers"),
            models.CheckConstraint(
                condition=Q(pilot__isnull=False, offer=None, term_starts_on=None)
                | Q(pilot=None, offer__isnull=False, provider__isnull=False, term_starts_on__isnull=False),
                name="batch_of_sessions_or_of_a_pilot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.answers}"


class AnswerSheet(models.Model):
    """One filled-in form. It knows what it is about and the day: nobody, no address, no time (rule 10).

    The key is the random number the form was shown with: the same form posted twice is one sheet.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="sheets")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="answer_sheets"
    )
    pilot_class = models.ForeignKey(
        PilotClass, on_delete=models.CASCADE, null=True, blank=True, related_name="answer_sheets"
    )
    answered_on = models.DateField(_("answered on"))
    batch = models.ForeignKey(
        ResultBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="sheets"
    )

    class Meta:
        verbose_name = _("filled-in form")
        verbose_name_plural = _("filled-in forms")
        ordering = ["answered_on"]
        indexes = [
            models.Index(fields=["version"], name="sheet_not_counted", condition=Q(batch=None)),
            models.Index(fields=["answered_on"], name="sheet_by_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, pilot_class=None)
                | Q(session=None, pilot_class__isnull=False),
                name="sheet_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.answered_on}"


class Answer(models.Model):
    """One step on a scale, from 1 to 5."""

    sheet = models.ForeignKey(AnswerSheet, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(FormQuestion, on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey(LearningGoal, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    value = models.PositiveSmallIntegerField(_("step"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "question"], name="answer_once_per_question"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=5), name="answer_on_the_scale"),
        ]

    def __str__(self) -> str:
        return str(self.value)


class FreeText(models.Model):
    """What somebody wrote. Read by a person before anybody else sees it; what is rejected is deleted."""

    sheet = models.ForeignKey(
        AnswerSheet, on_delete=models.SET_NULL, null=True, blank=True, related_name="texts"
    )
    batch = models.ForeignKey(
        ResultBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="texts"
    )
    question = models.ForeignKey(FormQuestion, on_delete=models.PROTECT, related_name="texts")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, null=True, blank=True, related_name="texts")
    written_on = models.DateField(_("written on"))
    text = models.CharField(_("text"), max_length=600, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=QuoteState, default=QuoteState.WAITING)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("free text")
        verbose_name_plural = _("free texts")
        ordering = ["written_on", "pk"]
        indexes = [
            models.Index(fields=["written_on"], name="text_not_read", condition=Q(state="waiting")),
            models.Index(fields=["batch", "state"], name="text_by_batch"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(text=""), name="text_rejected_is_deleted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AnswerCode(models.Model):
    """What is written on the board: opens a form for one session, or for one class on trial, for a while.

    Holds how many answers came, and takes no more than it may: that bounds abuse without knowing anybody.
    """

    code = models.CharField(_("code"), max_length=8, unique=True)
    kind = models.CharField(_("form"), max_length=20, choices=FormKind)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="answer_codes"
    )
    pilot_class = models.ForeignKey(
        PilotClass, on_delete=models.CASCADE, null=True, blank=True, related_name="codes"
    )
    opens_at = models.DateTimeField(_("opens"))
    ends_at = models.DateTimeField(_("ends"))
    max_answers = models.PositiveSmallIntegerField(_("most answers"))
    answers = models.PositiveSmallIntegerField(_("answers"), default=0)

    class Meta:
        verbose_name = _("code to answer")
        verbose_name_plural = _("codes to answer")
        ordering = ["opens_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answers__lte=models.F("max_answers")), name="code_answers_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=False, pilot_class=None)
                | Q(session=None, pilot_class__isnull=False),
                name="code_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["session", "kind"], condition=Q(session__isnull=False), name="code_once_per_session"
            ),
            models.UniqueConstraint(
                fields=["pilot_class", "kind"],
                condition=Q(pilot_class__isnull=False),
                name="code_once_per_pilot_class",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class EvaluationAnswered(models.Model):
    """That the link of a booked session has been used: it takes one answer, and does not know which."""

    booked_session = models.OneToOneField(
        BookedSession, on_delete=models.CASCADE, primary_key=True, related_name="evaluation_answered"
    )

    class Meta:
        verbose_name = _("answered evaluation")
        verbose_name_plural = _("answered evaluations")

    def __str__(self) -> str:
        return str(self.booked_session_id)


class EvaluationOptOut(models.Model):
    """Somebody does not want to be asked: a keyed hash of the address, and the day."""

    address_hash = models.CharField(max_length=64, unique=True)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("address not to be asked")
        verbose_name_plural = _("addresses not to be asked")

    def __str__(self) -> str:
        return self.address_hash[:8]
