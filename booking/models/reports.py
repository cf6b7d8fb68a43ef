"""Reports of sessions: whether held, and how many came. Written only by booking.operations.reporting (rule 11)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.enums import NotHeldReason, ReportSource
from booking.models.bookings import BookedSession
from workshops.models import Session


class SessionReport(models.Model):
    """One statement about a session, never changed: a correction is the next number (ADR 9).

    The highest number is in force. Counts only, and a note without persons (rule 10).
    """

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="reports", verbose_name=_("session")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    is_held = models.BooleanField(_("held"))
    reason = models.CharField(_("why not"), max_length=20, choices=NotHeldReason, blank=True)
    people = models.PositiveIntegerField(_("pupils or participants"), default=0)
    adults = models.PositiveIntegerField(_("adults"), default=0)
    counts = models.JSONField(_("by class"), default=list, blank=True)
    """[{"booked": pk of BookedSession, "class": pk of BookedClass, "people": int, "adults": int}]"""

    note = models.CharField(_("note"), max_length=500, blank=True)
    source = models.CharField(_("by"), max_length=10, choices=ReportSource)
    reported_at = models.DateTimeField(_("reported at"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reported by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["session", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="report_number_once"),
            models.CheckConstraint(
                condition=Q(is_held=True, reason="") | (Q(is_held=False) & ~Q(reason="")),
                name="report_says_why_not_held",
            ),
            models.CheckConstraint(
                condition=Q(is_held=True) | Q(people=0, adults=0), name="report_not_held_has_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} #{self.number}"


class DoorTick(models.Model):
    """One tick at the door (F5): so many of a sign-up are there, or one more or less without a sign-up.

    Only inserted. Of a sign-up the latest says how many are there; of those without one the rows are summed.
    A phone that lost its network sends its ticks again: `client_id` makes each count once.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="door_ticks")
    booked_session = models.ForeignKey(
        BookedSession, on_delete=models.CASCADE, null=True, blank=True, related_name="door_ticks"
    )
    people = models.SmallIntegerField(_("people"))
    client_id = models.UUIDField(unique=True)
    made_at = models.DateTimeField(_("made at"))
    """When it was made on the phone, as far as that can be: never later than it came."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tick at the door")
        verbose_name_plural = _("ticks at the door")
        ordering = ["session", "made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(booked_session=None) | Q(people__gte=0), name="door_tick_of_sign_up_is_a_count"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.people}"
