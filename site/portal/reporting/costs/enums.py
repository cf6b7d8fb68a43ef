"""Named kinds of amounts, and of what they count as."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(models.TextChoices):
    """What an amount of an agreement is for."""

    PER_SESSION = "per_session", _("Price per session")
    ONCE = "once", _("Fixed amount")


class Counts(models.TextChoices):
    """What the price of a session counts as (ADR 16)."""

    SPENT = "spent", pgettext_lazy("money", "Spent")
    COMMITTED = "committed", pgettext_lazy("money", "Committed")
    OPEN = "open", _("Open date without a confirmed booking")
