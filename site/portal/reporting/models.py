"""Yearly goals as data (rule 11)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from charter.models import Programme


class AnnualGoal(models.Model):
    """A goal of a programme in a period: a figure to reach, a range, or a milestone in words."""

    class Measure(models.TextChoices):
        """What is counted."""

        PUPILS = "pupils_attended", _("Pupils attended")
        PARENTS = "parents_attended", _("Parents attended")
        SESSIONS = "sessions_held", _("Sessions held")
        AGREEMENTS = "agreements_signed", _("Agreements signed")
        MILESTONE = "milestone", _("Milestone")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="goals")
    key = models.SlugField(max_length=40)
    title = models.CharField(_("goal"), max_length=200)
    measure = models.CharField(_("measure"), max_length=30, choices=Measure)
    school_bucket = models.CharField(_("school type"), max_length=30, blank=True)
    """For pupils: "folkeskole" or "fri_privatskole"."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    target_low = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    target_high = models.PositiveIntegerField(_("up to"), null=True, blank=True)

    class Meta:
        verbose_name = _("yearly goal")
        verbose_name_plural = _("yearly goals")
        ordering = ["programme", "first_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key", "first_day"], name="goal_once_per_period"),
        ]

    def __str__(self) -> str:
        return self.title
