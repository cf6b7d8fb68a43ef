"""Wagtail pages: offers and teaching material, one per language, and their index pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelsearch import index
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page

from core.cms.blocks import TEXT_FEATURES, BodyBlock
from core.cms.models import BasePage
from core.cms.search import words_of
from core.limits.limits import limited
from workshops.blocks import LessonPlanBlock
from workshops.enums import (
    Illustration,
    MaterialFileKind,
    MaterialLicence,
    MaterialState,
    VisitPhase,
)
from workshops.models.offers import Offer, Subject, Topic
from workshops.panels import MATERIAL_PAGE, OFFER_INDEX, OFFER_PAGE
from workshops.trials import approval_of

STATE_TAGS: dict[str, str] = {
    MaterialState.PUBLISHED: "success",
    MaterialState.PILOT: "info",
    MaterialState.EVALUATION: "info",
    MaterialState.RETIRED: "warning",
}


class SearchedPage(BasePage):
    """A list with a search box: a text searched for counts as on the search page (X4)."""

    class Meta:
        abstract = True

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 429 where an address searches too often; the list without a text is never counted."""
        view: Any = super().serve
        if words_of(request.GET.get("q", "")):
            view = limited("search_ip", methods=("GET", "HEAD"))(view)
        response: HttpResponseBase = view(request, *args, **kwargs)
        return response


class OfferIndexPage(SearchedPage):
    """The catalogue (P3, P4)."""

    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)

    edit_handler = OFFER_INDEX
    parent_page_types = ["home.HomePage"]
    subpage_types = ["workshops.OfferPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("offer catalogue")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the filters and the offers that fit."""
        from workshops.page_views import catalogue_context  # reads these models: only when called

        context = super().get_context(request, *args, **kwargs)
        return {**context, **catalogue_context(self, request.GET, now=timezone.now())}


class OfferPage(BasePage):
    """An offer's texts in one language; its booking rules are the Offer's.

    One live page per offer and language: `clean` refuses a second.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="pages", verbose_name=_("offer"))
    teaser = models.CharField(
        _("teaser"), max_length=220, help_text=_("One or two sentences for the catalogue's card.")
    )
    illustration = models.CharField(
        _("illustration"), max_length=20, choices=Illustration, default=Illustration.DIALOGUE
    )
    intro = RichTextField(_("introduction"), features=TEXT_FEATURES)
    body = StreamField(BodyBlock(), verbose_name=_("more about the offer"), blank=True)
    learning_goals = RichTextField(_("learning goals"), features=TEXT_FEATURES, blank=True)
    competence_goals = RichTextField(
        _("subjects and competence goals"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("In your own words: the wording of the national goals changes."),
    )
    before_visit = RichTextField(_("before the visit"), features=TEXT_FEATURES, blank=True)
    during_visit = RichTextField(_("during the visit"), features=TEXT_FEATURES, blank=True)
    after_visit = RichTextField(_("after the visit"), features=TEXT_FEATURES, blank=True)
    school_provides_extra = RichTextField(
        _("more that must be ready"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("Comes after the list that the offer's rules already give."),
    )
    practitioner_name = models.CharField(_("name"), max_length=120, blank=True)
    practitioner_role = models.CharField(_("title or role"), max_length=160, blank=True)
    practitioner_text = RichTextField(_("profile"), features=TEXT_FEATURES, blank=True)
    practitioner_image = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    content_accessibility = RichTextField(
        _("accessibility of the content"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("Subtitles, reading, noise, movement: what can be adapted, and how to ask."),
    )
    sensitive_note = RichTextField(
        _("sensitive topics and where to get help"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("What may be hard to talk about, how it is handled, and whom to call."),
    )
    price_text = models.CharField(_("price"), max_length=60, default="Gratis")
    price_for = models.CharField(_("for whom at that price"), max_length=160, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)

    edit_handler = OFFER_PAGE
    parent_page_types = ["workshops.OfferIndexPage"]
    subpage_types: list[str] = []
    search_fields = [
        *Page.search_fields,
        index.SearchField("teaser", boost=2),
        index.SearchField("intro"),
        index.SearchField("body"),
        index.SearchField("learning_goals"),
        index.AutocompleteField("teaser"),
        index.AutocompleteField("intro"),
        index.FilterField("offer_id"),
    ]

    class Meta:
        verbose_name = _("offer page")
        verbose_name_plural = _("offer pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the offer's rules, dates and charter."""
        from workshops.page_views import offer_context  # reads these models: only when called

        context = super().get_context(request, *args, **kwargs)
        if self.offer_id is None:
            return context
        return {**context, **offer_context(self, now=timezone.now())}

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Return the page's template; a preview before the offer is chosen asks for it."""
        if self.offer_id is None:
            return "workshops/offer_not_chosen.html"
        return str(super().get_template(request, *args, **kwargs))

    @property
    def illustration_path(self) -> str:
        """Return the drawing's path below static files."""
        return f"portal/img/{self.illustration}.svg"

    def clean(self) -> None:
        """Refuse a second live page for the same offer in the same language."""
        super().clean()
        if not self.offer_id or not self.locale_id:
            return
        others = OfferPage.objects.filter(offer_id=self.offer_id, locale_id=self.locale_id).exclude(
            pk=self.pk
        )
        # A page that waits for its hour is as good as live: publishing it later would run into this one.
        other = others.filter(Q(live=True) | Q(go_live_at__gt=timezone.now())).first()
        if other is not None:
            refusal = _(
                "“%(offer)s” already has a page in this language: “%(page)s”. Edit that page, or unpublish it first."
            )
            values = {"offer": self.offer, "page": other.title}
            raise ValidationError({"offer": ValidationError(refusal, code="offer_has_page", params=values)})


class OfferPageFile(Orderable):
    """A file for before, during or after the visit."""

    page = ParentalKey(OfferPage, on_delete=models.CASCADE, related_name="files")
    phase = models.CharField(_("when"), max_length=10, choices=VisitPhase, default=VisitPhase.BEFORE)
    title = models.CharField(_("title"), max_length=120)
    document = models.ForeignKey(
        "wagtaildocs.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.title


class MaterialIndexPage(SearchedPage):
    """The library of teaching material (P2)."""

    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)

    edit_handler = OFFER_INDEX
    parent_page_types = ["home.HomePage"]
    subpage_types = ["workshops.TeachingMaterialPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("material library")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the filters and the material that fits."""
        from workshops.page_views import library_context  # reads these models: only when called

        context = super().get_context(request, *args, **kwargs)
        return {**context, **library_context(self, request.GET)}


class TeachingMaterialPage(BasePage):
    """Teaching material: versions, grades, lessons, downloads, state (DOMAIN.md 7.3).

    Material is spread only after an evaluation and a named decision: `published` needs who, when and where
    it is filed.
    """

    teaser = models.CharField(
        _("teaser"), max_length=220, help_text=_("One or two sentences for the library's card.")
    )
    illustration = models.CharField(
        _("illustration"), max_length=20, choices=Illustration, default=Illustration.FEED
    )
    version = models.CharField(_("version"), max_length=20, default="0.1")
    state = models.CharField(_("state"), max_length=20, choices=MaterialState, default=MaterialState.DRAFT)
    state_note = models.CharField(
        _("about the state"),
        max_length=240,
        blank=True,
        help_text=_("Shown beside the state, e.g. how many classes are trying it out."),
    )
    grade_from = models.PositiveSmallIntegerField(
        _("from grade"), null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    grade_to = models.PositiveSmallIntegerField(
        _("to grade"), null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    subjects = ParentalManyToManyField(
        Subject, blank=True, related_name="materials", verbose_name=_("subjects")
    )
    topics = ParentalManyToManyField(Topic, blank=True, related_name="materials", verbose_name=_("topics"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes in all"), null=True, blank=True, validators=[MinValueValidator(5)]
    )
    lessons = models.PositiveSmallIntegerField(_("lessons"), null=True, blank=True)
    intro = RichTextField(_("introduction"), features=TEXT_FEATURES)
    learning_goals = RichTextField(_("learning goals"), features=TEXT_FEATURES, blank=True)
    learning_signs = RichTextField(_("signs of learning"), features=TEXT_FEATURES, blank=True)
    lesson_plan = StreamField(LessonPlanBlock(), verbose_name=_("lesson plan"), blank=True)
    licence = models.CharField(
        _("licence"), max_length=20, choices=MaterialLicence, default=MaterialLicence.CC_BY_SA
    )
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_reference = models.CharField(_("decision reference (F2/eDoc)"), max_length=60, blank=True)

    edit_handler = MATERIAL_PAGE
    parent_page_types = ["workshops.MaterialIndexPage"]
    subpage_types: list[str] = []
    search_fields = [
        *Page.search_fields,
        index.SearchField("teaser", boost=2),
        index.SearchField("intro"),
        index.SearchField("learning_goals"),
        index.SearchField("lesson_plan"),
        index.AutocompleteField("teaser"),
        index.AutocompleteField("intro"),
    ]

    class Meta:
        verbose_name = _("teaching material")
        verbose_name_plural = _("teaching material")
        constraints = [
            models.CheckConstraint(
                condition=Q(grade_from=None) | Q(grade_to=None) | Q(grade_to__gte=F("grade_from")),
                name="material_grades_in_order",
                violation_error_message=_("The last grade must not be below the first."),
            ),
        ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the facts and the downloads."""
        from workshops.page_views import material_context  # reads these models: only when called

        context = super().get_context(request, *args, **kwargs)
        return {**context, **material_context(self)}

    @property
    def illustration_path(self) -> str:
        """Return the drawing's path below static files."""
        return f"portal/img/{self.illustration}.svg"

    @property
    def state_kind(self) -> str:
        """Return the tag's colour; the words carry the meaning."""
        return STATE_TAGS.get(self.state, "neutral")

    def clean(self) -> None:
        """Refuse `published` without the decision to spread the material; with lessons, without a pilot (P7)."""
        super().clean()
        if self.state != MaterialState.PUBLISHED:
            return
        self._take_decision_of_pilot()
        asked = {
            "decided_by": _("Enter who decided that the material may be spread."),
            "decided_on": _("Enter the day of the decision."),
            "decision_reference": _("Enter the case or document number of the decision."),
        }
        missing = {
            name: ValidationError(text, code="decision_missing")
            for name, text in asked.items()
            if not getattr(self, name)
        }
        if missing:
            raise ValidationError(missing)

    def _take_decision_of_pilot(self) -> None:
        """Fill in the decision that a pilot led to; what has been published before needs none."""
        approval = approval_of(self.translation_key)
        if approval is not None:
            self.decided_by = self.decided_by or approval.decided_by
            self.decided_on = self.decided_on or approval.decided_on
            self.decision_reference = self.decision_reference or approval.reference
        elif self.lessons and not self._was_published():
            refusal = _(
                "Classes must try this material first, and somebody must decide that it may be spread. "
                "Begin a pilot under Evaluation, or choose another state."
            )
            raise ValidationError({"state": ValidationError(refusal, code="not_tried")})

    def _was_published(self) -> bool:
        earlier = TeachingMaterialPage.objects.live().filter(translation_key=self.translation_key)
        return bool(earlier.filter(state=MaterialState.PUBLISHED).exists())


class MaterialFile(Orderable):
    """A download of a material, for the teacher or for the pupils."""

    page = ParentalKey(TeachingMaterialPage, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(
        _("for"), max_length=10, choices=MaterialFileKind, default=MaterialFileKind.TEACHER
    )
    title = models.CharField(_("title"), max_length=120)
    document = models.ForeignKey(
        "wagtaildocs.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.title
