"""Bookings: who comes to which session, with how many. Written only by booking.operations (rule 1)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.enums import TAKING_STATES, BookingKind, BookingState, Channel
from booking.querysets import BookedSessionQuerySet, BookingQuerySet
from workshops.enums import SchoolType
from workshops.models import Course, District, School, Session

SESSION_MOVED = "session_moved"
"""`end_reason` of a form not sent yet whose date was moved meanwhile: its review must be read again."""


class Booking(models.Model):
    """One booking (a school's) or sign-up (a person's, an organisation's), with one contact.

    `held` without `submitted_at` is a form being filled (15 minutes); with it, an address not yet proven
    (24 hours). Both end at `held_until` by themselves (DESIGN.md 5).
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=BookingKind)
    state = models.CharField(_("state"), max_length=20, choices=BookingState, default=BookingState.HELD)
    language = models.CharField(_("language"), max_length=5, default="da")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)

    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    needs = models.JSONField(_("needs"), default=list, blank=True)
    interpreter_language = models.CharField(_("interpreter's language"), max_length=40, blank=True)

    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("school"),
    )
    school_number = models.CharField(_("institution number"), max_length=6, blank=True)
    school_name = models.CharField(_("school"), max_length=200, blank=True)
    school_type = models.CharField(_("type"), max_length=40, choices=SchoolType, blank=True)
    """Snapshots of the register when booked; `school_type` is the raw type (rule 11)."""

    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("district"),
    )
    room = models.CharField(_("room"), max_length=60, blank=True)
    entrance = models.CharField(_("entrance"), max_length=120, blank=True)
    phone_on_day = models.CharField(_("phone on the day"), max_length=30, blank=True)

    sms_phone = models.CharField(_("mobile"), max_length=20, blank=True)
    """Filled only where the booker has said yes to text messages, and about this booking alone (ADR 15)."""

    heads = models.JSONField(_("occupations"), default=list, blank=True)
    """[{"occupation": a value of Occupation, "department": str, "count": int}] (V4); counts, no names."""

    course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("course"),
    )
    """Set when the sessions were booked together as one course (S20)."""

    pending_name = models.CharField(_("handed over to"), max_length=120, blank=True)
    pending_email = models.EmailField(_("new e-mail"), blank=True)
    pending_until = models.DateTimeField(_("new e-mail to be confirmed by"), null=True, blank=True)
    """A new contact counts once its address is proven; the old one is told (S26)."""

    approval_reasons = models.JSONField(default=list, blank=True)
    """Why it needs approval: "offer", "unknown_domain", "grade", "district"."""

    changes = models.PositiveIntegerField(_("changes"), default=0)
    """How often it was changed: a form shown before the last change is not taken (S10)."""

    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    is_invited = models.BooleanField(_("came by invitation link"), default=False)
    """Whoever was invited may have an address outside the offer's domains (V1)."""
    approval_due_at = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    """While it awaits approval: what the offer says happens then, happens (S15)."""

    submission_key = models.UUIDField(default=uuid.uuid4, unique=True)
    """Carried by the form: the same form posted twice gives one booking."""

    browser_key = models.CharField(max_length=64, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    hold_extensions = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("started at"))
    submitted_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    proven_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=60, blank=True)
    link_generation = models.PositiveIntegerField(default=1)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    delete_after = models.DateField(_("contact deleted after"), null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["contact_email"], name="booking_by_email"),
            models.Index(fields=["state", "-started_at"], name="booking_by_state"),
            models.Index(
                fields=["-started_at", "-id"],
                name="booking_newest_first",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=["held_until"], name="booking_held_until", condition=Q(state="held")),
            models.Index(
                fields=["approval_due_at"],
                name="booking_approval_due",
                condition=Q(state="awaiting_approval"),
            ),
            models.Index(fields=["browser_key"], name="booking_by_browser", condition=~Q(browser_key="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="school") | Q(school__isnull=False), name="booking_school_has_school"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class BookedSession(models.Model):
    """A booking's places in one session, and its calendar entry (rule 6)."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="booked_sessions")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="booked_sessions")
    groups = models.PositiveSmallIntegerField(_("classes"), default=0)
    people = models.PositiveSmallIntegerField(_("people"), default=0)
    """What counts against max_people: pupils or seats, and adults where the session says so (rule 9)."""

    state = models.CharField(_("state"), max_length=20, choices=BookingState, default=BookingState.HELD)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    uid = models.CharField("UID", max_length=120, unique=True)
    sequence = models.PositiveIntegerField("SEQUENCE", default=0)

    queued_at = models.DateTimeField(_("in the queue since"), null=True, blank=True)
    """Rank in the queue, with pk after it; set when the address is proven. Kept while offered (rule 8)."""

    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    is_picked = models.BooleanField(_("picked by staff"), default=False)
    """Staff picked it from the queue: accepting needs no further approval."""

    passed_over_at = models.DateTimeField(_("passed over at"), null=True, blank=True)
    """When a place last went to a smaller entry behind it; it keeps its rank and its page says so (rule 8)."""

    moved_at = models.DateTimeField(_("moved at"), null=True, blank=True)
    """When its date last changed, by whomever: the mail of that day said when it is, as a receipt does."""

    was_moved_by_organiser = models.BooleanField(_("moved by the organiser"), default=False)
    """Its session was moved: it may be withdrawn until the start, whatever the deadline (L7)."""

    objects = BookedSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("booked session")
        verbose_name_plural = _("booked sessions")
        ordering = ["booking", "session"]
        indexes = [
            models.Index(fields=["session", "state"], name="booked_by_session"),
            models.Index(
                fields=["session", "held_until"],
                name="booked_holds",
                condition=Q(state__in=["held", "offered"]),
            ),
            models.Index(
                fields=["session", "queued_at", "id"], name="booked_queue", condition=Q(state="waiting")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "session"],
                condition=Q(state__in=[*TAKING_STATES, "waiting"]),
                name="booked_session_once_active",
            ),
            models.CheckConstraint(
                condition=Q(groups__gte=1) | Q(people__gte=1), name="booked_session_takes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booking} · {self.session}"


class BookedClass(models.Model):
    """A class in a booking: counts only, no pupil's name (rule 10)."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("class"), max_length=20)
    normalised_name = models.CharField(max_length=20)
    school_year = models.PositiveSmallIntegerField(_("school year"))
    """First calendar year of the school year: 2026 for 2026/27."""

    grade = models.PositiveSmallIntegerField(_("grade"))
    pupils = models.PositiveSmallIntegerField(_("pupils"))
    adults = models.PositiveSmallIntegerField(_("adults"), default=1)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["booking", "pk"]

    def __str__(self) -> str:
        return self.name


class ClassPlace(models.Model):
    """One active class in a session, once: the row that the constraint needs (constraints cannot join).

    `class_key` is "<school pk>:<school year>:<normalised name>", so two schools' 7.A never meet (S23).
    """

    booked_session = models.ForeignKey(BookedSession, on_delete=models.CASCADE, related_name="class_places")
    booked_class = models.ForeignKey(BookedClass, on_delete=models.CASCADE, related_name="places")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    class_key = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "class_key"], condition=Q(is_active=True), name="class_once_per_session"
            ),
        ]

    def __str__(self) -> str:
        return self.class_key


class Attendance(models.Model):
    """Who came, as counts, for a class of a booked session or for a sign-up (rule 11)."""

    booked_session = models.ForeignKey(BookedSession, on_delete=models.CASCADE, related_name="attendances")
    booked_class = models.ForeignKey(
        BookedClass, on_delete=models.CASCADE, null=True, blank=True, related_name="attendances"
    )
    people = models.PositiveSmallIntegerField(_("pupils or participants"))
    adults = models.PositiveSmallIntegerField(_("adults"), default=0)
    reported_at = models.DateTimeField(_("reported at"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["booked_session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booked_session", "booked_class"], name="attendance_once_per_class"
            ),
            models.UniqueConstraint(
                fields=["booked_session"], condition=Q(booked_class=None), name="attendance_once_per_sign_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.booked_session} {self.people}"
