"""Yearly goals, and what a school type counts as in them: data, with versions (rule 11)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from charter.models import Programme
from portal.reporting.enums import Counting, MilestoneSource, StatedStatus
from workshops.enums import Audience


class SchoolGroup(models.Model):
    """What goals tell apart among schools: "folkeskole", "fri_privatskole". Next year's plan may have others."""

    slug = models.SlugField(_("key"), max_length=30, primary_key=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("group of schools")
        verbose_name_plural = _("groups of schools")
        ordering = ["name"]

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class SchoolTypeMapping(models.Model):
    """Which group each raw type of the register counts as: one version, never changed.

    The highest number is in force. It is applied when figures are made, to the raw type that was the school's when
    it booked; a locked year keeps the version it was made with.
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    groups = models.JSONField(_("groups"))
    """{value of SchoolType: slug of SchoolGroup, or "" for none}"""

    reason = models.CharField(_("reason"), max_length=300)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    class Meta:
        verbose_name = _("counting of school types")
        verbose_name_plural = _("counting of school types")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    def types_of(self, group: str) -> frozenset[str]:
        """Return the raw types that count as a group."""
        return frozenset(raw for raw, slug in self.groups.items() if slug == group)


class AnnualGoal(models.Model):
    """A goal of a programme in a period: a figure to reach, a range, or a milestone in words."""

    class Measure(models.TextChoices):
        """What is counted."""

        PUPILS = "pupils_attended", _("Pupils attended")
        PARENTS = "parents_attended", _("Parents attended")
        SESSIONS = "sessions_held", _("Sessions held")
        AGREEMENTS = "agreements_signed", _("Agreements signed")
        MILESTONE = "milestone", _("Milestone")

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="goals", verbose_name=_("programme")
    )
    key = models.SlugField(
        _("key"),
        max_length=40,
        help_text=_("The same from year to year: so the goal can be followed over time."),
    )
    title = models.CharField(_("goal"), max_length=200)
    measure = models.CharField(_("measure"), max_length=30, choices=Measure)
    school_bucket = models.CharField(_("group of schools"), max_length=30, blank=True)
    """Slug of a SchoolGroup; empty counts pupils of every school."""

    audience = models.CharField(
        _("audience"),
        max_length=20,
        choices=Audience,
        blank=True,
        help_text=_("For goals that count sessions: whom the sessions are for. Empty counts them all."),
    )
    counting = models.CharField(
        _("how pupils are counted"), max_length=20, choices=Counting, default=Counting.REACHED
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    target_low = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    target_high = models.PositiveIntegerField(
        _("up to"), null=True, blank=True, help_text=_("Only for a range: 200 to 300.")
    )
    milestone_source = models.CharField(
        _("where it is seen"), max_length=10, choices=MilestoneSource, default=MilestoneSource.STATED
    )
    stated_status = models.CharField(_("how it stands"), max_length=10, choices=StatedStatus, blank=True)
    stated_note = models.CharField(
        _("what it rests on"),
        max_length=500,
        blank=True,
        help_text=_("Shown beside the goal and in the yearly report. Write nothing about individuals."),
    )

    class Meta:
        verbose_name = _("yearly goal")
        verbose_name_plural = _("yearly goals")
        ordering = ["programme", "first_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key", "first_day"], name="goal_once_per_period"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="goal_period_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(target_high=None) | Q(target_low__lte=F("target_high")),
                name="goal_range_in_order",
                violation_error_message=_("Write the smaller figure of the range first."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


from portal.reporting.costs.models import AgreedAmount as AgreedAmount  # noqa: E402
from portal.reporting.costs.models import SessionPrice as SessionPrice  # noqa: E402
from portal.reporting.yearly.models import AnnualReport as AnnualReport  # noqa: E402 - stand below the goals
from portal.reporting.yearly.models import AnnualReportDocument as AnnualReportDocument  # noqa: E402
