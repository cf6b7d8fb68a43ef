"""The offer: one plain row of booking rules, independent of language (DESIGN.md 5)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from charter.models import Programme, Provider
from workshops.enums import Approval, Audience, IfSilent, PlaceKind
from workshops.models.schools import District
from workshops.querysets import OfferQuerySet


def default_municipalities() -> list[str]:
    """Return the municipalities whose schools may book unless an offer says otherwise."""
    return ["København"]


class Subject(models.Model):
    """A school subject (fag): data."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering = ["name"]

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class Topic(models.Model):
    """What an offer or material is about: data."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name


class Offer(models.Model):
    """What can be booked: provider, programme, audience, limits and rules. Its texts are on OfferPage."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="offers", verbose_name=_("provider")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="offers", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience)
    place_kind = models.CharField(_("form"), max_length=20, choices=PlaceKind)
    grade_from = models.PositiveSmallIntegerField(
        _("from grade"), null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    grade_to = models.PositiveSmallIntegerField(
        _("to grade"), null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    subjects = models.ManyToManyField(Subject, blank=True, related_name="offers", verbose_name=_("subjects"))
    topics = models.ManyToManyField(Topic, blank=True, related_name="offers", verbose_name=_("topics"))
    districts = models.ManyToManyField(
        District, blank=True, related_name="offers", verbose_name=_("districts served (none = all)")
    )
    school_types = models.JSONField(_("school types that may book (none = all)"), default=list, blank=True)
    municipalities = models.JSONField(
        _("municipalities whose schools may book (none = all)"), default=default_municipalities, blank=True
    )
    teaching_languages = models.JSONField(_("languages"), default=list, blank=True)
    school_provides = models.JSONField(_("what the school makes ready"), default=list, blank=True)

    duration_minutes = models.PositiveSmallIntegerField(
        _("duration (minutes)"), validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    lessons = models.PositiveSmallIntegerField(_("lessons"), null=True, blank=True)
    max_groups = models.PositiveSmallIntegerField(_("most classes per session"), null=True, blank=True)
    max_people = models.PositiveSmallIntegerField(_("most people per session"), null=True, blank=True)
    min_group_size = models.PositiveSmallIntegerField(_("smallest group"), null=True, blank=True)
    max_group_size = models.PositiveSmallIntegerField(_("largest group"), null=True, blank=True)
    """Pupils in one class, or seats in one sign-up (S3)."""

    adults_count = models.BooleanField(_("accompanying adults count as people"), default=False)
    approval = models.CharField(_("approval"), max_length=20, choices=Approval, default=Approval.NONE)
    booking_closes_days = models.PositiveSmallIntegerField(_("booking closes (days before)"), default=3)
    withdrawal_closes_days = models.PositiveSmallIntegerField(_("withdrawal closes (days before)"), default=7)
    approval_days = models.PositiveSmallIntegerField(_("days to answer a booking"), default=3)
    approval_if_silent = models.CharField(
        _("when nobody answers in time"), max_length=12, choices=IfSilent, default=IfSilent.ESCALATE
    )
    has_waiting_list = models.BooleanField(_("has a waiting list"), default=True)
    takes_requests = models.BooleanField(_("schools and others may ask for other dates"), default=True)
    evening_offer = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="packaged_with",
        verbose_name=_("evening that can be booked with it"),
    )
    """Package: a class session together with a whole evening at the school (DESIGN.md 5)."""

    allowed_domains = models.JSONField(
        _("e-mail domains that may sign up (none = all)"), default=list, blank=True
    )
    """V1: "kk.dk" lets anna@kk.dk and anna@buf.kk.dk sign up."""

    has_childcare = models.BooleanField(_("childcare can be had"), default=False)
    """F3: then those who sign up may say that they need it."""

    has_certificate = models.BooleanField(_("participants get a certificate"), default=False)
    """V3: whoever came may fetch one; not for visits to classes."""

    asks_occupations = models.BooleanField(_("ask for occupations"), default=False)
    max_classes_per_term = models.PositiveSmallIntegerField(
        _("most classes per school and term"), null=True, blank=True
    )
    new_schools_first_days = models.PositiveSmallIntegerField(
        _("days in which only schools not yet served may book"), default=0
    )
    """S22: counted from when a date is first opened."""

    asks_for_proof = models.BooleanField(_("the address must be confirmed by e-mail"), default=True)
    """F7: off = the sign-up counts at once."""

    is_open = models.BooleanField(_("can be booked"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade_from=None) | Q(grade_to=None) | Q(grade_to__gte=F("grade_from")),
                name="offer_grades_in_order",
                violation_error_message=_("The last grade must not be below the first."),
            ),
            models.CheckConstraint(
                condition=Q(min_group_size=None)
                | Q(max_group_size=None)
                | Q(max_group_size__gte=F("min_group_size")),
                name="offer_group_sizes_in_order",
                violation_error_message=_("The largest group must not be below the smallest."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def title_in(self, language: str) -> str:
        """Return the title in a language, Danish where there is no other."""
        return self.title_en or self.title if language == "en" else self.title
