"""The administration's lists of offers, subjects and topics."""

from typing import Any

import django_filters
from django.db.models import ProtectedError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from charter.models import Provider
from core.audit.log import Actor
from core.cms.viewsets import ReadOnlyInspectView
from workshops.editing.forms import OfferForm
from workshops.enums import Audience, SchoolProvides, SchoolType, TeachingLanguage
from workshops.models import Offer, Subject, Topic
from workshops.operations.offers import MANY, change_offer_rules, create_offer


class OfferFilterSet(WagtailFilterSet):
    """Audience, provider, open or closed."""

    audience = django_filters.ChoiceFilter(label=_("For whom"), choices=Audience.choices)
    provider = django_filters.ModelChoiceFilter(label=_("Provider"), queryset=Provider.objects.all())

    class Meta:
        model = Offer
        fields = ["audience", "provider", "is_open"]


WORDS: dict[str, Any] = {
    "school_types": SchoolType.choices,
    "teaching_languages": TeachingLanguage.choices,
    "school_provides": SchoolProvides.choices,
}
"""What the codes in an offer's lists are called."""


def _values(form: Any) -> dict[str, Any]:
    return {name: list(value) if name in MANY else value for name, value in form.cleaned_data.items()}


class OfferCreateView(generic.CreateView):
    """Makes an offer by its operation."""

    def save_instance(self) -> Offer:
        """Create what the form says."""
        return create_offer(values=_values(self.form), actor=Actor.of(self.request.user), now=timezone.now())


class OfferCopyView(generic.CopyView, OfferCreateView):
    """Makes an offer by the rules of another. It is closed for booking until its page is ready."""

    def get_initial_form_instance(self) -> Offer:
        """Return the rules of the other, as those of an offer that is not there yet."""
        offer: Offer = self.get_object()
        offer.pk = None
        offer._state.adding = True
        offer.title = _with_mark(offer.title, "kopi")
        offer.title_en = _with_mark(offer.title_en, "copy")
        offer.is_open = False
        return offer

    def get_initial(self) -> dict[str, Any]:
        """Choose the same subjects, topics and districts: a row that is not there has none."""
        original = self.get_object()
        return {**super().get_initial(), **{name: list(getattr(original, name).all()) for name in MANY}}


def _with_mark(title: str, mark: str) -> str:
    """Mark a title as a copy's, in its own language; an empty one stays empty."""
    longest = Offer._meta.get_field("title").max_length or 0
    return f"{title[: longest - len(mark) - 3]} ({mark})" if title else ""


class OfferEditView(generic.EditView):
    """Changes an offer's rules by their operation."""

    def save_instance(self) -> Offer:
        """Change what the form says."""
        return change_offer_rules(
            offer_id=self.object.pk,
            values=_values(self.form),
            actor=Actor.of(self.request.user),
            now=timezone.now(),
        )


class OfferInspectView(ReadOnlyInspectView):
    """An offer's rules, lists in words."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """Say lists in words; an empty one as a dash."""
        value = getattr(self.object, field_name, None)
        if isinstance(value, list):
            names = dict(WORDS.get(field_name, ()))
            return ", ".join(str(names.get(item, item)) for item in value) or "–"
        return super().get_field_display_value(field_name, field)


class ProtectedDeleteView(generic.DeleteView):
    """Refuses to delete what others need, and says what to do instead."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete, or tell why not."""
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(
                self.request,
                _(
                    "“%(name)s” is in use (pages, dates or bookings) and cannot be deleted. Close it for booking instead."
                )
                % {"name": self.object},
            )
            return HttpResponseRedirect(self.get_success_url())


class OfferViewSet(ModelViewSet):
    """«Tilbud (bookingregler)»."""

    model = Offer
    name = "offers"
    menu_label = _("Offers (booking rules)")
    icon = "calendar-check"
    add_view_class = OfferCreateView
    edit_view_class = OfferEditView
    delete_view_class = ProtectedDeleteView
    copy_view_class = OfferCopyView
    inspect_view_enabled = True
    inspect_view_fields_exclude = ["id"]
    list_display = [
        "title",
        "provider",
        Column("audience", label=_("For whom"), accessor="get_audience_display", sort_key="audience"),
        BooleanColumn("is_open", label=_("Can be booked")),
    ]
    inspect_view_class = OfferInspectView
    filterset_class = OfferFilterSet
    search_fields = ["title", "title_en"]
    search_backend_name = None
    ordering = ["title"]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "The rules hold for every language. The texts are on the offer's pages, under Pages. "
                    "Dates already made keep their own limits and deadlines."
                )
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("title"), FieldPanel("title_en")]),
                    FieldRowPanel([FieldPanel("provider"), FieldPanel("programme")]),
                    FieldPanel("is_open"),
                ],
                heading=_("What"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("audience"),
                    FieldRowPanel([FieldPanel("grade_from"), FieldPanel("grade_to")]),
                    FieldPanel("subjects"),
                    FieldPanel("topics"),
                    FieldPanel("school_types"),
                    FieldPanel("municipalities"),
                ],
                heading=_("For whom"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("place_kind"),
                    FieldPanel("districts"),
                    FieldRowPanel([FieldPanel("duration_minutes"), FieldPanel("lessons")]),
                    FieldPanel("teaching_languages"),
                    FieldPanel("school_provides"),
                ],
                heading=_("Where and how long"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("max_groups"), FieldPanel("max_people")]),
                    FieldRowPanel([FieldPanel("min_group_size"), FieldPanel("max_group_size")]),
                    FieldPanel("adults_count"),
                ],
                heading=_("How many"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("approval"),
                    FieldRowPanel([FieldPanel("approval_days"), FieldPanel("approval_if_silent")]),
                    FieldRowPanel([FieldPanel("booking_closes_days"), FieldPanel("withdrawal_closes_days")]),
                    FieldPanel("has_waiting_list"),
                    FieldPanel("takes_requests"),
                    FieldPanel("evening_offer"),
                    FieldPanel("asks_for_proof"),
                    FieldPanel("allowed_domains"),
                    FieldPanel("asks_occupations"),
                    FieldPanel("has_childcare"),
                    FieldPanel("has_certificate"),
                ],
                heading=_("Booking"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("max_classes_per_term"), FieldPanel("new_schools_first_days")])],
                heading=_("Fair shares among schools"),
            ),
        ],
        base_form_class=OfferForm,
    )


class WordViewSet(ModelViewSet):
    """Subjects and topics: a name in two languages."""

    delete_view_class = ProtectedDeleteView
    copy_view_enabled = False
    inspect_view_enabled = True
    form_fields = ["name", "name_en", "slug"]
    list_display = ["name", "name_en"]
    search_backend_name = None
    search_fields = ["name", "name_en"]
    ordering = ["name"]


class SubjectViewSet(WordViewSet):
    """«Fag»."""

    model = Subject
    name = "subjects"
    menu_label = _("Subjects")
    icon = "tag"


class TopicViewSet(WordViewSet):
    """«Emner»."""

    model = Topic
    name = "topics"
    menu_label = _("Topics")
    icon = "tag"


class OfferGroup(ViewSetGroup):
    """«Tilbud» in the menu."""

    menu_label = _("Offers")
    menu_icon = "calendar-check"
    menu_order = 150
    items = (OfferViewSet("offers"), SubjectViewSet("subjects"), TopicViewSet("topics"))
