"""Pilots: new teaching material is tried by classes, reported, and decided on by a named person (P7, ADR 14)."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.enums import PilotDecision, PilotState
from booking.models.bookings import BookedSession
from workshops.enums import STAGES
from workshops.models import School


class Pilot(models.Model):
    """The trial of one version of a material.

    `material_key` is the page's translation key: the same in every language, and it outlives the page. Title and
    version are snapshots.
    """

    material_key = models.UUIDField(_("teaching material"), default=uuid.uuid4)
    title = models.CharField(_("teaching material"), max_length=200)
    material_version = models.CharField(_("version on trial"), max_length=20)
    question = models.CharField(
        _("what we want to find out"), max_length=400, help_text=_("In one or two sentences.")
    )
    state = models.CharField(_("state"), max_length=10, choices=PilotState, default=PilotState.RUNNING)
    started_on = models.DateField(_("started on"))

    findings = models.TextField(_("what we saw"), max_length=6000, blank=True)
    changes = models.TextField(_("what should be changed"), max_length=6000, blank=True)
    recommendation = models.CharField(_("we recommend"), max_length=10, choices=PilotDecision, blank=True)
    reported_on = models.DateField(_("report written on"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    decision = models.CharField(_("decision"), max_length=10, choices=PilotDecision, blank=True)
    decision_reason = models.CharField(_("reason"), max_length=1000, blank=True)
    decision_reference = models.CharField(_("decision reference (F2/eDoc)"), max_length=60, blank=True)
    decided_name = models.CharField(_("decided by"), max_length=160, blank=True)
    """Name and role of the one who decided, as it is to stand."""

    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        ordering = ["-started_on", "-pk"]
        indexes = [models.Index(fields=["material_key", "decision"], name="pilot_by_material")]
        constraints = [
            models.UniqueConstraint(
                fields=["material_key"], condition=~Q(state="decided"), name="pilot_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="decided")
                    & ~Q(decision="")
                    & ~Q(decided_name="")
                    & Q(decided_on__isnull=False)
                    & ~Q(findings="")
                )
                | (~Q(state="decided") & Q(decision="", decided_on=None)),
                name="pilot_decision_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.material_version}"


class PilotClass(models.Model):
    """A class that tries the material: counts only, and a booking where one belongs to it (rule 10)."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="classes")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", verbose_name=_("school"))
    name = models.CharField(_("class"), max_length=20)
    grade = models.PositiveSmallIntegerField(_("grade"), validators=[MaxValueValidator(10)])
    pupils = models.PositiveSmallIntegerField(_("pupils"))
    used_on = models.DateField(_("used on"), null=True, blank=True)
    booked_session = models.ForeignKey(
        BookedSession,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("visit that belongs to it"),
    )

    class Meta:
        verbose_name = _("class on trial")
        verbose_name_plural = _("classes on trial")
        ordering = ["pilot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "school", "name"], name="pilot_class_once"),
            models.CheckConstraint(condition=Q(pupils__gte=1), name="pilot_class_has_pupils"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.school}"

    @property
    def stage(self) -> str:
        """Return the key of the stage: indskoling, mellemtrin, udskoling."""
        return next(key for key, (first, last) in STAGES.items() if first <= self.grade <= last)


class PilotNote(models.Model):
    """A line of the log: what happened, without names."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="notes")
    pilot_class = models.ForeignKey(
        PilotClass, on_delete=models.CASCADE, null=True, blank=True, related_name="notes"
    )
    happened_on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=1000)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("note of the log")
        verbose_name_plural = _("notes of the log")
        ordering = ["-happened_on", "-pk"]

    def __str__(self) -> str:
        return self.text
