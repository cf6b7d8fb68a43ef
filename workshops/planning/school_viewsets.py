"""The administration's lists of schools, their e-mail domains and days off."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup

from core.cms.viewsets import KeptViewSet, PlainViewSet, WagtailFilterSet
from workshops.models import Holiday, PublicHoliday, School, SchoolDomain, SchoolYear
from workshops.planning.forms import HolidayForm, SchoolForm
from workshops.planning.school_views import (
    HolidayCreateView,
    SchoolCloseView,
    SchoolEditView,
    SchoolMergeView,
    SchoolReopenView,
)


class SchoolFilterSet(WagtailFilterSet):
    """District, type, whether it can book."""

    class Meta:
        model = School
        fields = ["district", "school_type", "is_bookable"]


class SchoolIndexView(generic.IndexView):
    """«Skoler», found as people type them."""

    is_searchable = True

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return schools with their district in one query."""
        return super().get_base_queryset().select_related("district", "merged_into")

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Search as the booking form does."""
        if not self.search_query:
            return queryset
        found = School.objects.search(self.search_query, limit=100)
        return queryset.filter(pk__in=[school.pk for school in found])


SCHOOL_STEPS: dict[str, Any] = {
    "close": SchoolCloseView,
    "merge": SchoolMergeView,
    "reopen": SchoolReopenView,
}


class SchoolViewSet(KeptViewSet):
    """«Skoler»: closing and merging keep history, nothing is deleted (S29)."""

    model = School
    name = "schools"
    menu_label = _("Schools")
    icon = "group"
    menu_order = 200
    index_view_class = SchoolIndexView
    filterset_class = SchoolFilterSet
    list_display = [
        "name",
        "institution_number",
        "school_type",
        "district",
        BooleanColumn("is_bookable", label=_("Can book")),
        "closed_on",
        "merged_into",
    ]
    form_fields = SchoolForm._meta.fields
    edit_view_class = SchoolEditView

    def get_form_class(self, for_update: bool = False) -> type[SchoolForm]:
        """Return the form that keeps the search text."""
        return SchoolForm

    def get_edit_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Let the school's page lead to its steps."""
        names = {f"{step}_url_name": self.get_url_name(step) for step in SCHOOL_STEPS}
        return super().get_edit_view_kwargs(**names, **kwargs)

    def get_urlpatterns(self) -> list[Any]:
        """Add closing, merging and reopening."""
        names = {"index_url_name": self.get_url_name("index"), "inspect_url_name": self.get_url_name("edit")}
        return [
            *super().get_urlpatterns(),
            *(
                path(f"{step}/<int:pk>/", view.as_view(**names), name=step)
                for step, view in SCHOOL_STEPS.items()
            ),
        ]


class SchoolDomainViewSet(PlainViewSet):
    """«Skoledomæner»: from these addresses a booking is confirmed at once."""

    model = SchoolDomain
    name = "school-domains"
    menu_label = _("School e-mail domains")
    icon = "mail"
    menu_order = 210
    list_display = ["domain", "school"]
    search_fields = ["domain", "school__name"]
    search_backend_name = None
    form_fields = ["domain", "school"]


class SchoolYearViewSet(PlainViewSet):
    """«Skoleår»: a year stands here once its holiday plan is entered."""

    model = SchoolYear
    name = "school-years"
    menu_label = _("School years")
    icon = "calendar"
    menu_order = 220
    form_fields = ["start_year"]
    list_display = ["__str__"]


class HolidayFilterSet(WagtailFilterSet):
    """School year, one school's own, and whether they are school days after all.

    Only schools with days of their own are choices.
    """

    school = django_filters.ModelChoiceFilter(
        queryset=School.objects.filter(holidays__isnull=False).distinct(), label=_("School")
    )

    class Meta:
        model = Holiday
        fields = ["school_year", "school", "is_school_day"]


class HolidayViewSet(PlainViewSet):
    """«Ferier»: the municipal plan, and a school's own days."""

    model = Holiday
    name = "holidays"
    menu_label = _("School holidays")
    icon = "calendar-check"
    menu_order = 230
    filterset_class = HolidayFilterSet
    list_display = [
        "name",
        "first_day",
        "last_day",
        Column("school_year", label=_("School year"), sort_key="school_year"),
        Column("school", label=_("Only this school"), accessor=lambda row: row.school or "–"),
        Column(
            "is_school_day",
            label=_("School days after all"),
            accessor=lambda row: _("Yes") if row.is_school_day else "–",
        ),
    ]
    form_fields = HolidayForm._meta.fields
    add_view_class = HolidayCreateView

    def get_form_class(self, for_update: bool = False) -> type[HolidayForm]:
        """Return the form that checks the days."""
        return HolidayForm


class PublicHolidayViewSet(PlainViewSet):
    """«Helligdage»."""

    model = PublicHoliday
    name = "public-holidays"
    menu_label = _("Public holidays")
    icon = "calendar-alt"
    menu_order = 240
    list_display = ["name", "day"]
    form_fields = ["day", "name"]


class SchoolGroup(ViewSetGroup):
    """«Skoler og ferier» in the menu."""

    menu_label = _("Schools and holidays")
    menu_icon = "group"
    menu_order = 130
    items = (SchoolViewSet, SchoolDomainViewSet, SchoolYearViewSet, HolidayViewSet, PublicHolidayViewSet)
