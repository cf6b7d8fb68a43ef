"""Requests for dates that are not there yet, and notices when dates open (S16, S25, V2, V5)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.enums import BookingKind, PartOfDay, RequestKind, RequestState, UrgentTopic
from booking.models.bookings import Booking
from booking.querysets import DateNoticeQuerySet, DateRequestQuerySet
from workshops.models import Offer, School, Session, Venue


class DateRequest(models.Model):
    """A school, workplace or the team asks for a date (S16), a talk (V2) or help now (V5).

    Counts and fixed choices only: no data on individuals, no free text about an incident (rule 10).
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=RequestKind)
    party_kind = models.CharField(
        _("who asks"), max_length=12, choices=BookingKind, default=BookingKind.SCHOOL
    )
    offer = models.ForeignKey(
        Offer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("offer"),
    )
    """Empty for an urgent request that names no offer."""

    state = models.CharField(_("state"), max_length=12, choices=RequestState, default=RequestState.UNPROVEN)
    language = models.CharField(_("language"), max_length=5, default="da")
    topic = models.CharField(_("asks for"), max_length=20, choices=UrgentTopic, blank=True)
    """Urgent requests only."""

    contact_name = models.CharField(_("name"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=30, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    school = models.ForeignKey(
        School,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("school"),
    )
    classes = models.JSONField(_("classes"), default=list, blank=True)
    """[{"name": "7.A", "grade": 7, "pupils": 24, "adults": 1}], as booking.party.ClassSize."""

    seats = models.PositiveSmallIntegerField(_("people"), default=0)
    needs = models.JSONField(_("needs"), default=list, blank=True)
    interpreter_language = models.CharField(_("interpreter's language"), max_length=40, blank=True)

    submission_key = models.UUIDField(default=uuid.uuid4, unique=True)
    sent_at = models.DateTimeField(_("sent at"))
    proven_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    awaits_since = models.DateTimeField(_("awaits an answer since"), null=True, blank=True)
    """When it last was put to the one who answers: sent, confirmed, or sent with new wishes."""

    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=60, blank=True)
    link_generation = models.PositiveIntegerField(default=1)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    booking = models.OneToOneField(
        Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="request"
    )
    """What accepting a time made."""

    delete_after = models.DateField(_("contact deleted after"), null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = DateRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "sent_at"], name="request_by_state"),
            models.Index(fields=["contact_email"], name="request_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="urgent") | Q(offer__isnull=False), name="request_names_an_offer"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class WishedDate(models.Model):
    """One of up to three wishes: a local date and a part of the day."""

    request = models.ForeignKey(DateRequest, on_delete=models.CASCADE, related_name="wishes")
    date = models.DateField(_("date"))
    part_of_day = models.CharField(
        _("part of the day"), max_length=12, choices=PartOfDay, default=PartOfDay.ANY
    )

    class Meta:
        verbose_name = _("wished date")
        verbose_name_plural = _("wished dates")
        ordering = ["request", "date", "pk"]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"


class ProposedTime(models.Model):
    """A time the provider or the team answers with; accepting it makes session and booking in one go."""

    request = models.ForeignKey(DateRequest, on_delete=models.CASCADE, related_name="proposals")
    starts_at = models.DateTimeField(_("starts"))
    duration_minutes = models.PositiveSmallIntegerField(_("duration (minutes)"))
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("venue")
    )
    online_url = models.URLField(_("online link"), blank=True)
    facilitator = models.CharField(_("facilitator"), max_length=120, blank=True)
    is_open_to_others = models.BooleanField(_("others may book the places that are left"), default=False)
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    """A session that is there already (an urgent request may use its reserved places); else one is made."""

    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposed time")
        verbose_name_plural = _("proposed times")
        ordering = ["request", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(accepted_at__isnull=False),
                name="request_accepts_one_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%d.%m.%Y %H:%M}"


class DateNotice(models.Model):
    """An address that wants to hear when an offer gets dates: told once, then deleted (S25)."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="notices")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5, default="da")
    created_at = models.DateTimeField(_("asked at"))
    proven_at = models.DateTimeField(_("address confirmed at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    link_generation = models.PositiveIntegerField(default=1)
    delete_after = models.DateField(_("deleted after"))

    objects = DateNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of dates")
        verbose_name_plural = _("notices of dates")
        ordering = ["offer", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "email"], name="notice_once_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.pk}"
