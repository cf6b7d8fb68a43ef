"""Schedules, the sessions they propose, and venues."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from charter.models import Programme, Provider
from workshops.enums import Audience, PlaceKind, SessionAccess, SessionState
from workshops.models.offers import Offer
from workshops.models.schools import District, School
from workshops.querysets import SessionQuerySet
from workshops.recurrence import LocalRecurrenceField
from workshops.rules import BookingFacts, Limits, Slot


class Venue(models.Model):
    """A place where sessions are held (sted)."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    address = models.CharField(_("address"), max_length=200)
    postal_code = models.CharField(_("postal code"), max_length=4)
    city = models.CharField(_("city"), max_length=60)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="venues",
        verbose_name=_("district"),
    )
    entrance = models.CharField(_("entrance"), max_length=200, blank=True)
    access_info = models.CharField(_("accessibility"), max_length=300, blank=True)
    phone = models.CharField(_("phone on the day"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def full_address(self) -> str:
        """Street, postal code and city on one line."""
        return f"{self.address}, {self.postal_code} {self.city}"


class Schedule(models.Model):
    """A series of dates for an offer. The rule only proposes: sessions are rows (rule 7).

    `recurrence` holds naive local dates: DTSTART-less RRULEs, EXDATE and RDATE at midnight (STACK.md 3).
    """

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="schedules", verbose_name=_("offer")
    )
    first_date = models.DateField(_("first date"))
    last_date = models.DateField(_("last date"))
    start_time = models.TimeField(_("starts at"))
    duration_minutes = models.PositiveSmallIntegerField(_("duration (minutes)"))
    recurrence = LocalRecurrenceField(verbose_name=_("repeats"), include_dtstart=False)
    skip_holidays = models.BooleanField(_("skip school holidays and public holidays"), default=True)
    venue = models.ForeignKey(
        Venue,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schedules",
        verbose_name=_("venue"),
    )
    online_url = models.URLField(_("online link"), blank=True)
    max_groups = models.PositiveSmallIntegerField(_("most classes"), null=True, blank=True)
    max_people = models.PositiveSmallIntegerField(_("most people"), null=True, blank=True)
    facilitator = models.CharField(_("facilitator"), max_length=120, blank=True)
    publishes_at_once = models.BooleanField(_("open the dates at once"), default=True)
    rolled_from = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rolled_to",
        verbose_name=_("rolled from"),
    )
    """The plan of the school year before whose dates were made again here (L5)."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["-first_date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="schedule_dates_in_order",
                violation_error_message=_("The last date must not be before the first date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.first_date:%d.%m.%Y}–{self.last_date:%d.%m.%Y}"


class Course(models.Model):
    """Two or three sessions of an offer that are booked as one: all or nothing (forløb, S20)."""

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="courses", verbose_name=_("offer")
    )
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["offer", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    """One date that can be booked (afholdelse).

    What it has taken never exceeds its limits: the CHECKs below are rule 1's last word. `groups_taken` and
    `people_taken` change only through booking.operations. provider, programme, audience and title are
    snapshots of the offer.
    """

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("offer")
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("provider")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("programme")
    )
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)

    schedule = models.ForeignKey(
        Schedule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("schedule"),
    )
    original_date = models.DateField(_("original date"), null=True, blank=True)
    """The local date the schedule proposed; stays when the session is moved."""

    follows_schedule = models.BooleanField(_("follows its schedule"), default=True)
    """False once changed by hand: later edits of the schedule leave it alone (S17)."""

    rolled_from = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rolled_to",
        verbose_name=_("rolled from"),
    )
    """The date of the school year before that was made again here: unique, so once (L5)."""

    course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("course"),
    )
    """Sessions of a course can only be booked together."""

    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    local_date = models.DateField(_("date"))
    """Date of starts_at in Europe/Copenhagen: the gate, calendars and goals ask by it."""

    place_kind = models.CharField(_("form"), max_length=20, choices=PlaceKind)
    venue = models.ForeignKey(
        Venue,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("venue"),
    )
    host_school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_sessions",
        verbose_name=_("host school"),
    )
    """At a school: set by the first claim, cleared when the last leaves; never public."""

    online_url = models.URLField(_("online link"), blank=True)
    facilitator = models.CharField(_("facilitator"), max_length=120, blank=True)

    access = models.CharField(_("access"), max_length=20, choices=SessionAccess, default=SessionAccess.OPEN)
    for_school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="own_evenings",
        verbose_name=_("for the parents of"),
    )
    link_generation = models.PositiveIntegerField(default=1)
    """Raising it revokes invitation links (core.links)."""

    max_groups = models.PositiveSmallIntegerField(_("most classes"), null=True, blank=True)
    max_people = models.PositiveSmallIntegerField(_("most people"), null=True, blank=True)
    groups_taken = models.PositiveSmallIntegerField(_("classes taken"), default=0)
    people_taken = models.PositiveSmallIntegerField(_("people taken"), default=0)
    waiting = models.PositiveSmallIntegerField(_("waiting"), default=0)
    """How many entries with a rank wait in the queue. Changes only through booking.operations (rule 8)."""

    reserved = models.PositiveSmallIntegerField(_("reserved"), default=0)
    """Kept back, in classes where max_groups is set, else in people."""

    adults_count = models.BooleanField(_("accompanying adults count as people"), default=False)

    state = models.CharField(_("state"), max_length=12, choices=SessionState, default=SessionState.DRAFT)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True)
    booking_opens_at = models.DateTimeField(_("booking opens"), null=True, blank=True)
    booking_closes_at = models.DateTimeField(_("booking closes"))
    withdrawal_closes_at = models.DateTimeField(_("withdrawal closes"))
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    """When its time, place, title or state last changed: stamps its entry in public feeds (rule 6)."""

    sequence = models.PositiveIntegerField("SEQUENCE", default=0)
    announced_at = models.DateTimeField(null=True, blank=True)
    """When it was first opened: only what was once announced is shown as cancelled."""

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="session_by_start"),
            models.Index(fields=["offer", "starts_at"], name="session_by_offer"),
            models.Index(fields=["provider", "starts_at"], name="session_by_provider"),
            models.Index(fields=["state", "local_date"], name="session_by_state"),
            models.Index(fields=["course"], name="session_of_course", condition=Q(course__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "original_date"], name="session_once_per_schedule_date"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(
                condition=Q(max_groups=None) | Q(groups_taken__lte=F("max_groups")),
                name="session_groups_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(max_people=None) | Q(people_taken__lte=F("max_people")),
                name="session_people_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(max_groups__isnull=False) | Q(max_people__isnull=False),
                name="session_has_a_limit",
                violation_error_message=_("Say how many classes or how many people there is room for."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.local_date:%d.%m.%Y}"

    def title_in(self, language: str) -> str:
        """Return the title in a language, Danish where there is no other."""
        return self.title_en or self.title if language == "en" else self.title

    @property
    def booking_facts(self) -> BookingFacts:
        """The facts of `SessionQuerySet.with_booking_facts`, for `rules.why_not_bookable`."""
        annotated: Any = self
        return BookingFacts(
            state=self.state,
            offer_is_open=self.offer.is_open,
            gate_is_open=annotated.gate_is_open,
            booking_opens_at=self.booking_opens_at,
            booking_closes_at=self.booking_closes_at,
            free_groups=annotated.free_groups,
            free_people=annotated.free_people,
        )

    @property
    def limits(self) -> Limits:
        """What it has room for."""
        return Limits(self.max_groups, self.max_people, self.reserved, self.adults_count)

    @property
    def slot(self) -> Slot:
        """What it occupies, for `workshops.clashes`."""
        return Slot(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            offer_id=self.offer_id,
            provider_id=self.provider_id,
            place_kind=self.place_kind,
            venue_id=self.venue_id,
            host_school_id=self.host_school_id,
            facilitator=self.facilitator,
            session_id=self.pk,
        )

    @property
    def duration_minutes(self) -> int:
        """Real minutes from start to end."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)
