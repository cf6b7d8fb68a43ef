"""How often a digest comes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cadence(models.TextChoices):
    """What a person has chosen."""

    OFF = "off", _("Never")
    DAILY = "daily", _("Every weekday at 7")
    WEEKLY = "weekly", _("Every Monday at 7")
