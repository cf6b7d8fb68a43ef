"""Named kinds of goals, figures and breakdowns."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Counting(models.TextChoices):
    """How a class that comes more than once counts in a goal for pupils (DESIGN.md 5)."""

    REACHED = "reached", _("Pupils reached: each class once in the period")
    PARTICIPATIONS = "participations", _("Participations: every session counts")


class MilestoneSource(models.TextChoices):
    """Where it is seen whether a milestone is reached."""

    STATED = "stated", _("The administration says so")
    PILOTS = "pilots", _("Pilots of teaching material, both in grades 4-6 and 7-10")


class StatedStatus(models.TextChoices):
    """What the administration says of a milestone."""

    REACHED = "reached", _("Reached")
    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")


class GoalStatus(models.TextChoices):
    """How a goal stands, in words (DOMAIN.md 8)."""

    REACHED = "reached", pgettext_lazy("goal", "Reached")
    ABOVE = "above", pgettext_lazy("goal", "Reached, and above the range")
    ON_TRACK = "on_track", pgettext_lazy("goal", "On track")
    BEHIND = "behind", pgettext_lazy("goal", "Behind")
    MISSED = "missed", pgettext_lazy("goal", "Not reached")
    EARLY = "early", pgettext_lazy("goal", "Too early to say")
    NOT_BEGUN = "not_begun", pgettext_lazy("goal", "Not begun")
    NOT_MEASURED = "not_measured", pgettext_lazy("goal", "Not measured")


class Dimension(models.TextChoices):
    """By what figures are broken down."""

    MONTH = "month", _("Month")
    DISTRICT = "district", _("District")
    STAGE = "stage", _("Stage")
    SCHOOL_TYPE = "school_type", _("School type")
    OFFER = "offer", _("Offer")
    PROVIDER = "provider", _("Provider")


class Subject(models.TextChoices):
    """Whose figures are broken down: one audience each, since pupils and people are counted differently."""

    PUPILS = "pupils", _("Pupils")
    PARENTS = "parents", _("Parents")
    ADULTS = "adults", _("Adults and associations")
    PROFESSIONALS = "professionals", _("Professionals")
    SESSIONS = "sessions", _("Sessions of every kind")


class Reach(models.TextChoices):
    """How far a school has been reached in a period."""

    TOOK_PART = "took_part", _("Took part")
    BOOKED = "booked", _("Booked, but not there")
    NEVER = "never", _("Never booked")
