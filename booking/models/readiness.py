"""Readiness: a unit's own view of its work, five parameters from 0 to 4, repeated over the years (R11)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LEVELS = [
    (0, _("0: nothing yet")),
    (1, _("1: begun")),
    (2, _("2: partly in place")),
    (3, _("3: in place")),
    (4, _("4: in place, used and kept up")),
]
PARAMETERS = ("preparedness", "efforts", "internal_cooperation", "external_cooperation", "competences")


class ReadinessAssessment(models.Model):
    """One unit's assessment of itself on one day. A unit is a department or a school, never a person."""

    unit = models.CharField(_("unit"), max_length=120)
    assessed_on = models.DateField(_("day"))
    preparedness = models.PositiveSmallIntegerField(
        _("preparedness"),
        choices=LEVELS,
        help_text=_("Is there a plan for what you do when you are worried, and do all know it?"),
    )
    efforts = models.PositiveSmallIntegerField(
        _("efforts"),
        choices=LEVELS,
        help_text=_("Do you work with democracy, dialogue and life online every year?"),
    )
    internal_cooperation = models.PositiveSmallIntegerField(
        _("cooperation in house"),
        choices=LEVELS,
        help_text=_("Does everyone know whom to go to, and do you follow up together?"),
    )
    external_cooperation = models.PositiveSmallIntegerField(
        _("cooperation with others"),
        choices=LEVELS,
        help_text=_("Do you work with the police, associations, parents and the municipality’s team?"),
    )
    competences = models.PositiveSmallIntegerField(
        _("competences"),
        choices=LEVELS,
        help_text=_("Have those who need it been trained within the last two years?"),
    )
    note = models.CharField(
        _("what you will do next"), max_length=400, blank=True, help_text=_("No names of persons.")
    )
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("assessment of readiness")
        verbose_name_plural = _("assessments of readiness")
        ordering = ["unit", "assessed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "assessed_on"],
                name="readiness_once_a_day",
                violation_error_message=_("This unit already has an assessment on that day."),
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__lte": 4}), name=f"readiness_{name}_0_to_4")
                for name in PARAMETERS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.assessed_on:%d.%m.%Y}"

    @property
    def levels(self) -> list[int]:
        """Return the five levels in their order."""
        return [getattr(self, name) for name in PARAMETERS]
