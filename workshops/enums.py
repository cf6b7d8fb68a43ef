"""Named kinds and states of offers, sessions and schools."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Whom an offer is for."""

    SCHOOL = "school", _("Schools")
    PARENTS = "parents", _("Parents")
    ADULTS = "adults", _("Adults and associations")
    PROFESSIONALS = "professionals", _("Professionals")


class PlaceKind(models.TextChoices):
    """Where a session is held."""

    AT_SCHOOL = "at_school", _("At the school")
    VENUE = "venue", _("At a venue")
    ONLINE = "online", _("Online")


class Approval(models.TextChoices):
    """Who says yes to a booking (S15)."""

    NONE = "none", _("At once")
    PROVIDER = "provider", _("After approval by the provider")
    ADMINISTRATION = "administration", _("After approval by the administration")


class SessionState(models.TextChoices):
    """Where a session is (DESIGN.md 5)."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    HELD = "held", _("Held")
    NOT_HELD = "not_held", _("Not held")
    CANCELLED = "cancelled", _("Cancelled")


UPCOMING_STATES = (SessionState.OPEN, SessionState.CLOSED)
"""States in which a session is announced and may still take place."""


class SessionAccess(models.TextChoices):
    """Who may sign up (F6)."""

    OPEN = "open", _("Open to all")
    SCHOOL = "school", _("For one school's parents")
    INVITATION = "invitation", _("By invitation link only")


class SchoolType(models.TextChoices):
    """The register's raw type, as shipped; what it counts as in a goal is mapped when reporting."""

    FOLKESKOLE = "folkeskole", _("Folkeskole (public school)")
    FOLKESKOLE_10 = "folkeskole_10_klasse", _("Municipal 10th grade unit")
    INTERNATIONAL = "kommunal_international", _("Municipal international school")
    FRI_PRIVAT = "fri_privatskole", _("Independent school")
    SPECIAL = "specialskole", _("Special school")


class SchoolProvides(models.TextChoices):
    """What the school makes ready, as fixed choices so that mails can say it in any language."""

    ROOM = "room", _("A classroom where tables can be moved")
    SCREEN = "screen", _("A screen or projector with sound")
    WIFI = "wifi", _("Wi-Fi for a guest")
    DEVICES = "devices", _("A computer or tablet for every two pupils")
    TEACHER = "teacher", _("A teacher who takes part all the time")


STAGES = {"indskoling": (0, 3), "mellemtrin": (4, 6), "udskoling": (7, 10)}
"""First and last grade of each stage (DOMAIN.md 2.1)."""
