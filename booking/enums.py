"""Named states and kinds of bookings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingKind(models.TextChoices):
    """Who books."""

    SCHOOL = "school", _("School")
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class BookingState(models.TextChoices):
    """Where a booking, or one of its sessions, is (DESIGN.md 5)."""

    HELD = "held", _("Held")
    AWAITING_APPROVAL = "awaiting_approval", _("Awaiting approval")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Offered a place")
    CONFIRMED = "confirmed", _("Confirmed")
    ATTENDED = "attended", _("Attended")
    NO_SHOW = "no_show", _("Did not come")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CANCELLED = "cancelled", _("Cancelled")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


TAKING_STATES = (
    BookingState.HELD,
    BookingState.AWAITING_APPROVAL,
    BookingState.OFFERED,
    BookingState.CONFIRMED,
    BookingState.ATTENDED,
    BookingState.NO_SHOW,
)
"""States that hold places in the session's counters."""

ACTIVE_STATES = (*TAKING_STATES, BookingState.WAITING)
"""States in which a class counts as signed up."""


class Channel(models.TextChoices):
    """How the booking came (S24)."""

    WEB = "web", _("On the website")
    PHONE = "phone", _("By phone")
    REQUEST = "request", _("From a request")


class Need(models.TextChoices):
    """Needs as fixed choices, never free text (rule 10, F3); the provider sees sums."""

    INTERPRETER = "interpreter", _("Interpreter")
    STEP_FREE = "step_free", _("Step-free access")
    HEARING_LOOP = "hearing_loop", _("Hearing loop")
    CHILDCARE = "childcare", _("Childcare")
